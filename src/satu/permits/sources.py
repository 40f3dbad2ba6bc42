"""The register as a source of facts. Reached through the hub's pull only, which writes down who looked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from satu.hub.local_sources import answers
from satu.hub.types import Subject
from satu.permits.kinds import the_kinds
from satu.permits.models import Licence
from satu.permits.queries import may_be_renewed, state_today


@answers("permits.licences")
def licences(about: Subject) -> Sequence[Mapping[str, Any]]:
    """The licences of a person (those in her own name), or of a business by its NIB; the newest first."""
    if about.kind == "business":
        rows = Licence.objects.filter(business=about.key).exclude(business="")
    else:
        rows = Licence.objects.filter(holder_nik=about.key, business="")
    today = timezone.localdate()
    found = list(rows.order_by("-granted_at", "number"))
    held = Counter(licence.kind for licence in found if state_today(licence) == "active")
    return [
        {
            "number": licence.number,
            "kind": licence.kind,
            "place_code": licence.place_code,
            "place": licence.place,
            "valid_from": licence.valid_from.isoformat(),
            "valid_until": licence.valid_until.isoformat(),
            "renewable": may_be_renewed(licence),
            "full": (most := the_kinds()[licence.kind].most(today)) is not None and held[licence.kind] >= most,
            "state": state_today(licence),
        }
        for licence in found
    ]
