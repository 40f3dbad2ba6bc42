"""What a package's steps may call: ``- operation: permits.grant_licence``."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation

from satu.hub.actions import tell
from satu.hub.types import Subject
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.permits import actions
from satu.permits.kinds import LicenceKind, PlaceChoice, kind_of
from satu.permits.models import Licence
from satu.services.answers import shown
from satu.services.fees import fee_of
from satu.services.operations import OperationContext, Refused, operation
from satu.services.standard_operations import valid_until
from satu.services.types import Question


@operation(
    "permits.grant_licence",
    label=Label(id="Catat di register izin", en="Enter in the register of licences"),
    done=Label(id="Izin dicatat di register", en="The licence was entered in the register"),
)
def grant_licence(context: OperationContext) -> Mapping[str, object]:
    """Enter the licence that the service grants, for as long as its document will hold."""
    case, package = context.case, context.package
    kind = kind_of(package.slug)
    until = valid_until(package, timezone.localdate(), answers=context.answers)
    if until is None:
        raise ValueError(f"{package.slug} grants a licence, so its document needs a validity")
    code, name = where(kind, context)
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


@operation(
    "permits.tell_tax_office",
    label=Label(id="Kabari Bapenda", en="Tell the tax office of the advertisement"),
    done=Label(id="Bapenda sudah dikabari", en="The tax office was told of the advertisement"),
)
def tell_tax_office(context: OperationContext) -> Mapping[str, object]:
    """Pass on to the systems that take such news that an advertisement may stand, and what was paid for it."""
    licence = Licence.objects.get(case_id=context.case.pk)
    kept = next(question for question in context.package.questions if question.key == "kind")
    told = tell(
        news="advertisement-permitted",
        about=Subject("business", licence.business),
        parts={
            "number": licence.number,
            "name": str(licence.detail.get("business.name", "")),
            "kind": shown_in(kept, context.answers.get("kind", "")),
            "place": licence.place,
            "since": licence.valid_from.isoformat(),
            "until": licence.valid_until.isoformat(),
            "tax": str(fee_of(context.case, context.package).amount),
        },
        change=f"licence:{licence.pk}",
    )
    return {"systems": told}


def shown_in(question: Question, answer: str) -> str:
    """An answer in Indonesian, which other offices read."""
    with translation.override("id"):
        return shown(question, answer)


def where(kind: LicenceKind, context: OperationContext) -> tuple[str, str]:
    """Code and name of the place that the licence is for; no code where only an address says it."""
    if kind.place:
        return chosen_place(kind.place, context.facts, context.answers)
    if not kind.address:
        return "", ""
    question = next(one for one in context.package.questions if one.key == kind.address)
    return "", shown_in(question, context.answers.get(kind.address, ""))


def chosen_place(place: PlaceChoice, facts: Mapping[str, Any], answers: Mapping[str, str]) -> tuple[str, str]:
    """Code and name of the place that was chosen; the only one where there is only one. Raises ``ValueError``."""
    entries = facts.get(place.fact) or []
    answer = answers.get(place.question, "")
    chosen = json.loads(answer) if answer else (entries[0] if len(entries) == 1 else {})
    if not isinstance(chosen, Mapping) or not chosen.get(place.code):
        raise ValueError(f"no place was chosen among {place.fact}")
    return str(chosen[place.code]), str(chosen[place.name])
