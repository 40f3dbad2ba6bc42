"""What a package's steps may call: ``- operation: permits.grant_licence``."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.permits import actions
from satu.permits.kinds import PlaceChoice, kind_of
from satu.services.operations import OperationContext, Refused, operation
from satu.services.standard_operations import valid_until


@operation("permits.grant_licence", label=Label(id="Catat di register izin", en="Enter in the register of licences"))
def grant_licence(context: OperationContext) -> Mapping[str, object]:
    """Enter the licence that the service grants, for as long as its document will hold."""
    case, package = context.case, context.package
    kind = kind_of(package.slug)
    until = valid_until(package, timezone.localdate())
    if until is None:
        raise ValueError(f"{package.slug} grants a licence, so its document needs a validity")
    code, name = chosen_place(kind.place, context.facts, context.answers) if kind.place else ("", "")
    try:
        number = actions.grant_licence(
            kind=kind.code,
            holder=context.subject,
            holder_name=str(context.facts["person.name"]),
            business=case.business if kind.holder == "business" else "",
            place_code=code,
            place=name,
            detail={fact: context.facts[fact] for fact in kind.keeps if fact in context.facts},
            valid_until=until,
            case_id=case.pk,
            case_number=case.number or "",
            by=SYSTEM,
        )
    except actions.TooManyLicences as error:
        most = kind.most(timezone.localdate())
        raise Refused(
            Label(
                id=f"Sudah ada {most} izin jenis ini yang berlaku, dan itu paling banyak.",
                en=f"There are {most} licences of this kind in force already, which is the most there may be.",
            )
        ) from error
    return {"licence": number}


def chosen_place(place: PlaceChoice, facts: Mapping[str, Any], answers: Mapping[str, str]) -> tuple[str, str]:
    """Code and name of the place that was chosen; the only one where there is only one. Raises ``ValueError``."""
    entries = facts.get(place.fact) or []
    answer = answers.get(place.question, "")
    chosen = json.loads(answer) if answer else (entries[0] if len(entries) == 1 else {})
    if not isinstance(chosen, Mapping) or not chosen.get(place.code):
        raise ValueError(f"no place was chosen among {place.fact}")
    return str(chosen[place.code]), str(chosen[place.name])
