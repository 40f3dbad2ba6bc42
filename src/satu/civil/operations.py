"""What processes may do in the register: weigh and register a birth, move people, give out the cards that follow.

Each runs in the transaction of its step. What the case goes on with (facts, answers) was pulled and checked when it
was sent; the register is asked again, because an officer may have taken days.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.civil import cards
from satu.civil.births import BirthReport
from satu.civil.figures import the_figures
from satu.civil.models import Birth, Move
from satu.civil.numbers import certificate_number, move_letter_number
from satu.identity.types import Actor
from satu.kernel.city import Label, the_city
from satu.kernel.errors import Missing
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.registry import actions as register
from satu.registry import queries
from satu.registry.policies import REGISTRAR
from satu.registry.types import Family
from satu.services.answers import answer_values
from satu.services.operations import OperationContext, operation


def _answers(context: OperationContext) -> dict[str, Any]:
    values = answer_values(context.package.questions, context.answers)
    return {name.removeprefix("answers."): value for name, value in values.items()}


def _registrar(context: OperationContext) -> Actor:
    """The officer who decided last: the register's audit names her."""
    last = list(context.decisions.values())[-1]
    return Actor(last.by, "officer", last.by_name, agency=last.agency, duties=frozenset({REGISTRAR}))


@operation(
    "civil.weigh_birth",
    label=Label("Timbang laporan kelahiran", "Weigh the report of a birth"),
    done=Label("Laporan kelahiran sudah ditimbang", "The report of the birth was weighed"),
    looks_only=True,
)
def weigh_birth(context: OperationContext) -> Mapping[str, object]:
    """Whether a report is late and what was declared in place of papers: then the head of the office decides, too."""
    report = BirthReport.of(context.facts, _answers(context))
    reported_on = timezone.localdate(context.case.submitted_at)
    is_late = the_figures().is_late(report.born_on, reported_on)
    return {
        "is_late": is_late,
        "days": (reported_on - report.born_on).days,
        "declared": list(report.declared),
        "needs_head": is_late or bool(report.declared),
    }


@operation(
    "civil.register_birth",
    label=Label("Catat kelahiran, beri NIK", "Register the birth, give a NIK"),
    done=Label("Kelahiran dicatat, NIK diberikan", "The birth was registered and a NIK given"),
)
def register_birth(context: OperationContext) -> Mapping[str, object]:
    """Add the child to her mother's family with a new NIK, and give the certificate its number."""
    report = BirthReport.of(context.facts, _answers(context))
    mother = context.subject
    weighed = context.results["civil.weigh_birth"]
    nik = register.register_birth(
        name=report.name,
        sex=report.sex,
        birth_place=report.birth_place,
        birth_date=report.born_on,
        mother=mother,
        father=Nik(report.father_nik) if report.father_nik else None,
        by=_registrar(context),
    )
    child = queries.resident_by_nik(nik)
    assert child is not None  # noqa: S101 - just registered
    assert child.family_card_number is not None  # noqa: S101 - in her mother's family
    today = timezone.localdate()
    number = certificate_number(the_city().code.replace(".", ""), today, is_late=bool(weighed["is_late"]))
    Birth.objects.create(
        case_id=context.case.pk,
        number=number,
        child_nik=nik.value,
        mother_nik=mother.value,
        letter=report.letter,
        is_late=weighed["is_late"],
        declared=list(report.declared),
        registered_on=today,
    )
    return {
        "nik": nik.value,
        "name": child.name,
        "number": number,
        "sex": child.sex,
        "birth_place": child.birth_place,
        "born_on": child.birth_date.isoformat(),
        "born_at": report.born_at,
        "order": report.order,
        "mother": child.mother_name,
        "father": child.father_name,
        "marriage_is_recorded": report.parents_are_married,
        "cards": [child.family_card_number.value],
    }


@operation(
    "civil.move",
    label=Label("Pindahkan alamat, terbitkan nomor KK", "Move the address, number the card"),
    done=Label("Alamat dipindahkan, nomor KK diterbitkan", "The address was moved and the card numbered"),
)
def move(context: OperationContext) -> Mapping[str, object]:
    """Move those who go, with their card, with a new one or into another family; the past stays on record."""
    answers = _answers(context)
    destination, by, today = answers["destination"], _registrar(context), timezone.localdate()
    home = _family(queries.resident_by_nik(context.subject))
    going = [Nik(member["nik"]) for member in answers["movers"]]
    staying = [member for member in home.members if member.nik not in set(going)]
    host = answers.get("host_card") or ""
    if host:
        card = FamilyCardNumber.parse(host)
        register.join_family(members=going, number=card, since=today, by=by)
    elif staying:
        card = register.split_family(
            members=going, address=destination["line"], area_code=destination["area_code"], since=today, by=by
        )
    else:
        card = home.number
        register.move_family(
            number=card, address=destination["line"], area_code=destination["area_code"], since=today, by=by
        )
    number = move_letter_number(the_city().code.replace(".", ""), today)
    Move.objects.create(case_id=context.case.pk, number=number, registered_on=today)
    return {
        "number": number,
        "kind": "joined" if host else "new" if staying else "whole",
        "card": card.value,
        "cards": [card.value, *([home.number.value] if staying else [])],
        "movers": _people(queries.family_by_number(card), set(going)),
        "left_card": home.number.value,
        "since": today.isoformat(),
    }


@operation(
    "civil.issue_family_card",
    label=Label("Terbitkan KK", "Issue the family card"),
    done=Label("KK sudah terbit", "The family card was issued"),
)
def issue_family_card(context: OperationContext) -> Mapping[str, object]:
    """A new family card for every family that a step before has changed, in its head's name."""
    changed = dict.fromkeys(card for result in context.results.values() for card in result.get("cards", ()))
    return {"documents": [cards.issue_family_card(context, FamilyCardNumber(card)) for card in changed]}


def _family(resident: Any) -> Family:
    number = resident.family_card_number if resident else None
    family = queries.family_by_number(number) if number else None
    if family is None:
        raise Missing(_("This resident belongs to no family here any more."))
    return family


def _people(family: Family | None, going: set[Nik]) -> Sequence[Mapping[str, str]]:
    members = family.members if family else ()
    return [{"nik": one.nik.value, "name": one.name, "role": str(one.role)} for one in members if one.nik in going]
