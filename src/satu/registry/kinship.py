"""Who heads a family and what the others are to the head, when people leave, join or found one.

The register knows parents by NIK and couples by their places in a family; the rest follows from the places that
people had around the earlier head. What does not follow is *other relative*, which an officer may correct.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from satu.registry import codes

ADULT_AT = 17  # UU 23/2006 art. 63: an identity card at 17, or at the first marriage
_AROUND_THE_SPOUSE = {
    codes.CHILD: codes.CHILD,
    codes.CHILD_IN_LAW: codes.CHILD_IN_LAW,
    codes.GRANDCHILD: codes.GRANDCHILD,
    codes.PARENT: codes.PARENT_IN_LAW,
    codes.PARENT_IN_LAW: codes.PARENT,
    codes.HELPER: codes.HELPER,
}


@dataclass(frozen=True, slots=True, repr=False)
class Kin:
    """Somebody as far as kinship goes. ``family`` and ``role``: where she was until now."""

    id: int
    nik: str
    sex: str
    birth_date: date
    marital_status: int
    parents: frozenset[str]
    family: int
    role: int

    def __repr__(self) -> str:
        return f"Kin({self.id})"

    def is_adult(self, on: date) -> bool:
        age = on.year - self.birth_date.year - ((on.month, on.day) < (self.birth_date.month, self.birth_date.day))
        return age >= ADULT_AT or self.marital_status != codes.NEVER_MARRIED


def head_among(people: Iterable[Kin], on: date) -> Kin:
    """Who heads these people of one family: the head, else the spouse, else the eldest adult, else the eldest."""
    by_age = sorted(people, key=lambda one: (one.birth_date, one.id))
    for fits in (
        lambda one: one.role == codes.HEAD_OF_FAMILY,
        lambda one: one.role in codes.SPOUSES,
        lambda one: one.is_adult(on),
    ):
        if found := next((one for one in by_age if fits(one)), None):
            return found
    return by_age[0]


def role_around(head: Kin, person: Kin, household: Sequence[Kin]) -> int:
    """What ``person`` is to ``head``, with ``household`` (both among them) under one roof."""
    if person.id == head.id:
        return codes.HEAD_OF_FAMILY
    if are_a_couple(person, head, household):
        return codes.HUSBAND if person.sex == "male" else codes.WIFE
    if person.family == head.family:
        if head.role == codes.HEAD_OF_FAMILY:
            return person.role
        if head.role in codes.SPOUSES and person.role in _AROUND_THE_SPOUSE:
            return _AROUND_THE_SPOUSE[person.role]
    return _by_descent(head, person, household)


def _by_descent(head: Kin, person: Kin, household: Sequence[Kin]) -> int:
    spouse = next((one for one in household if one.id != head.id and are_a_couple(one, head, household)), None)
    couple = {head.nik, *([spouse.nik] if spouse else [])}
    children = [one for one in household if one.parents & couple]
    if person.parents & couple:
        return codes.CHILD
    if person.nik in head.parents:
        return codes.PARENT
    if spouse and person.nik in spouse.parents:
        return codes.PARENT_IN_LAW
    if person.parents & {child.nik for child in children}:
        return codes.GRANDCHILD
    if any(are_a_couple(person, child, household) for child in children):
        return codes.CHILD_IN_LAW
    return codes.HELPER if person.role == codes.HELPER else codes.OTHER_RELATIVE


def are_a_couple(one: Kin, other: Kin, household: Sequence[Kin]) -> bool:
    """Whether two are husband and wife: as head and spouse, by a child of both, or as the only such pair."""
    if one.sex == other.sex or {one.marital_status, other.marital_status} != {codes.MARRIED}:
        return False
    if any({one.nik, other.nik} <= somebody.parents for somebody in household):
        return True
    if one.family != other.family:
        return False
    roles = {one.role, other.role}
    if codes.HEAD_OF_FAMILY in roles and roles & set(codes.SPOUSES):
        return True
    return roles == {codes.CHILD, codes.CHILD_IN_LAW} and _are_the_only_pair(one.family, household)


def _are_the_only_pair(family: int, household: Sequence[Kin]) -> bool:
    married = [p for p in household if p.family == family and p.marital_status == codes.MARRIED]
    return all(sum(p.role == role for p in married) == 1 for role in (codes.CHILD, codes.CHILD_IN_LAW))
