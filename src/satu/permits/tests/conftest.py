from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from satu.identity.types import SYSTEM, Actor
from satu.kernel.identifiers import Nik
from satu.permits import actions

SITI = Nik("3671014506910003")
AGUS = Actor(
    reference="account:900", kind="officer", name="Agus Wibowo", agency="dpmptsp", duties=frozenset({"licensing"})
)


@pytest.fixture
def grant(db: None) -> Callable[..., str]:
    """Grant a licence to practise at a place, for five years."""

    def at(place: str, **other: Any) -> str:
        given: dict[str, Any] = {
            "kind": "sip",
            "holder": SITI,
            "holder_name": "Siti Aminah",
            "place_code": place,
            "place": f"Klinik {place}",
            "detail": {"person.health_profession": "doctor"},
            "valid_until": timezone.localdate() + timedelta(days=1826),
            "case_id": uuid4(),
            "case_number": f"SIP-2026-{uuid4().int % 1_000_000:06d}",
            "by": SYSTEM,
        }
        return actions.grant_licence(**(given | other))

    return at
