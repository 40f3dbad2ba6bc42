"""The register as a source of facts. Reached through the hub's pull only, which writes down who looked."""

from collections.abc import Mapping, Sequence
from typing import Any

from satu.hub.local_sources import answers
from satu.hub.types import Subject
from satu.permits.models import Licence
from satu.permits.queries import may_be_renewed, state_today


@answers("permits.licences")
def licences(about: Subject) -> Sequence[Mapping[str, Any]]:
    """The licences of a person (those in her own name), or of a business by its NIB; the newest first."""
    if about.kind == "business":
        rows = Licence.objects.filter(business=about.key).exclude(business="")
    else:
        rows = Licence.objects.filter(holder_nik=about.key, business="")
    return [
        {
            "number": licence.number,
            "kind": licence.kind,
            "place_code": licence.place_code,
            "place": licence.place,
            "valid_from": licence.valid_from.isoformat(),
            "valid_until": licence.valid_until.isoformat(),
            "renewable": may_be_renewed(licence),
            "state": state_today(licence),
        }
        for licence in rows.order_by("-granted_at", "number")
    ]
