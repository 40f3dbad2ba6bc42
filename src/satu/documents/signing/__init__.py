"""The seal of an agency, behind a port: ``seals.signer_for(agency)`` is the one that is set up here."""
