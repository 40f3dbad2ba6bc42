"""What finance announces. Payloads hold ids only: a listener asks ``queries`` for the rest."""

BILL_PAID = "finance.bill_paid"
"""``{"bill": uuid, "case_reference": …}``"""

BILL_EXPIRED = "finance.bill_expired"
"""``{"bill": uuid, "case_reference": …}``"""

BILL_REFUNDED = "finance.bill_refunded"
"""``{"bill": uuid, "case_reference": …}``"""
