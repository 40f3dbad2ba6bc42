"""Who may act for whom, as the records say it: the family card for people, the business register for businesses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from satu.hub.types import Found, Outcome, Subject, SubjectKind
from satu.kernel.errors import SatuError
from satu.kernel.identifiers import Nik

Relation = Literal["child", "spouse", "parent", "business"]

#: The fact about herself that says for whom she may act.
RECORDS: Mapping[SubjectKind, str] = {"person": "family.members", "business": "person.businesses"}
FAMILY: tuple[Relation, ...] = ("child", "spouse", "parent")
OF_AGE = 18
"""Until then her parents act for her, and she for nobody (UU 1/1974 article 47; article 50 for guardians)."""

_MARRIED = frozenset({"husband", "wife"})
_COUPLE = _MARRIED | {"head"}


class ActingUnchecked(SatuError):
    """The record that says for whom she may act cannot be looked at now. Nothing was released."""

    code = "acting-unchecked"
    status = 503

    def __init__(self, system: str) -> None:
        super().__init__(
            _("%(system)s does not answer at the moment, so we cannot check for whom you may act. Try again later.")
            % {"system": system}
        )


@dataclass(frozen=True, slots=True)
class Acting:
    """That a resident may act for ``subject``, and the record that says so."""

    subject: Subject
    relation: Relation
    """What the subject is to her."""
    name: str = field(repr=False)
    of_age_on: date | None
    """When a person comes of age; ``None`` for a business."""
    fact: str
    system: str
    record: str
    as_of: str


def fact_for(relation: Relation) -> str:
    """The fact about herself that shows this relation."""
    return RECORDS["business" if relation == "business" else "person"]


def acting_in(outcome: Outcome, *, by: Nik, today: date) -> tuple[Acting, ...]:
    """For whom she may act by what one of ``RECORDS`` says about her."""
    if not isinstance(outcome, Found):
        return ()
    if outcome.fact == RECORDS["business"]:
        return tuple(_owner(outcome))
    return tuple(_relatives(outcome, by, today))


def _owner(outcome: Found) -> Iterator[Acting]:
    for business in outcome.value:
        if business["nib"]:
            subject = Subject("business", business["nib"])
            yield _acting(outcome, subject, "business", business["name"] or business["nib"], None)


def _relatives(outcome: Found, by: Nik, today: date) -> Iterator[Acting]:
    members = outcome.value
    mine = next((one for one in members if one["nik"] == by.value), None)
    if mine is None or (mine["role"] not in _COUPLE and of_age_on(date.fromisoformat(mine["birth_date"])) > today):
        return
    for other in members:
        if other is not mine and (relation := _relation(mine["role"], other, today)):
            yield _acting(
                outcome,
                Subject("person", other["nik"]),
                relation,
                other["name"],
                of_age_on(date.fromisoformat(other["birth_date"])),
            )


def _relation(mine: str, other: Mapping[str, Any], today: date) -> Relation | None:
    """What somebody on a card is to another on it, by their places, which say what each is to its head.

    Where the places leave it open (is the grandchild this child's or that one's?), nobody acts.
    """
    role = other["role"]
    if "head" in {mine, role} and {mine, role} & _MARRIED:
        return "spouse"
    if mine in _COUPLE and role == "child":
        return "child" if of_age_on(date.fromisoformat(other["birth_date"])) > today else None
    if (mine, role) in {("head", "parent"), *((one, "parent-in-law") for one in _MARRIED)}:
        return "parent"
    return "parent" if mine == "child" and role in _COUPLE else None


def of_age_on(born: date) -> date:
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:  # 29 February
        return date(born.year + OF_AGE, 3, 1)


def _acting(outcome: Found, subject: Subject, relation: Relation, name: str, of_age_on: date | None) -> Acting:
    source = outcome.provenance
    return Acting(
        subject, relation, name, of_age_on, outcome.fact, source.system, source.record, source.as_of.isoformat()
    )
