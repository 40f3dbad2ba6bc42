from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from satu.identity import actions as identity
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.messaging import actions

NIK = Nik("3671014506910003")
CASE = "0b3f0b7e-54bd-4c57-9d7b-0a3c1f6f2c11"
VALUES = {
    "service": Label("Surat keterangan domisili", "Certificate of residence"),
    "number": "DOM-2026-000001",
    "case": CASE,
}


@pytest.fixture
def siti(db):
    """Siti, who can be reached by e-mail and on her phone."""
    account = identity.open_resident_account(nik=NIK, name="Siti Aminah", password="x")
    for channel, address in (("email", "siti@warga.example"), ("sms", "+6281000000001")):
        identity.keep_verified_contact_point(account_id=account.pk, channel=channel, address=address, by=SYSTEM)
    return account.actor


@pytest.fixture
def tell(siti) -> Callable[..., Any]:
    """Tell Siti that her letter is there."""

    def notify(key: str = "case:1:issued", **otherwise: Any) -> Any:
        with transaction.atomic():
            return actions.notify(
                **{
                    "kind": "letter-issued",
                    "values": VALUES,
                    "reference": f"case:{CASE}",
                    "idempotency_key": key,
                    "nik": NIK,
                    "by": SYSTEM,
                    **otherwise,
                }
            )

    return notify
