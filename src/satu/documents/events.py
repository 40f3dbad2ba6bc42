"""What documents announce. Payloads hold ids only: a listener asks ``queries`` for the rest."""

ISSUED = "documents.issued"
"""``{"document": uuid, "service": slug, "case_reference": …}``"""

REVOKED = "documents.revoked"
"""``{"document": uuid, "service": slug, "case_reference": …}``"""
