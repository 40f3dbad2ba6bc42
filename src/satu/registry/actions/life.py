"""What happens in a life: birth, marriage, divorce, death."""

import re
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput
from satu.kernel.identifiers import Nik
from satu.registry import codes, events
from satu.registry.actions.holding import (
    Held,
    check_day,
    check_order,
    finish,
    hold,
    kin,
    members_of,
    place,
    save,
    succeed,
)
from satu.registry.models import Area, Membership, Resident
from satu.registry.numbers import new_nik
from satu.registry.policies import require_registrar
from satu.registry.types import Sex

#: Permendagri 73/2022: at least two words of Latin letters, no abbreviation, at most sixty letters with spaces.
_NEW_NAME = re.compile(r"[A-Za-z]{2,}( [A-Za-z]+)+\Z")
_LONGEST_NAME = 60
_CHILD_OF = {1: codes.CHILD, 2: codes.CHILD, 3: codes.CHILD, 4: codes.GRANDCHILD, 5: codes.GRANDCHILD}


@transaction.atomic
def register_birth(
    *,
    name: str,
    sex: Sex,
    birth_place: str,
    birth_date: date,
    mother: Nik,
    father: Nik | None = None,
    father_name: str = "",
    by: Actor,
) -> Nik:
    """Register a child in her mother's family, and give her a NIK of the mother's kecamatan.

    Raises ``InvalidInput`` (name, date), ``Missing`` (a parent) or ``Conflict`` (the mother lives in no family here).
    """
    require_registrar(by)
    _check_new_name(name)
    check_day(birth_date, "birth_date")
    held = hold([mother, *([father] if father else [])])
    mother_row = held.resident(mother)
    father_row = held.resident(father) if father else None
    home = held.membership(mother)
    if home.family is None or home.role is None:
        raise Conflict(_("The mother belongs to no family in this city."))
    if birth_date <= mother_row.birth_date:
        raise InvalidInput(_("A child is born after her mother."), field="birth_date")
    nik = new_nik(Area.objects.get(id=home.family.area_id).code, birth_date, sex)
    child = Resident.objects.create(
        nik=nik.value,
        name=name,
        sex=sex,
        birth_place=birth_place,
        birth_date=birth_date,
        religion=mother_row.religion,
        education=codes.NOT_AT_SCHOOL_YET,
        occupation=codes.NOT_WORKING_YET,
        marital_status=codes.NEVER_MARRIED,
        mother_name=mother_row.name,
        mother_nik=mother_row.nik,
        father_name=father_row.name if father_row else father_name,
        father_nik=father_row.nik if father_row else None,
        valid_from=birth_date,
    )
    role = _CHILD_OF.get(home.role, codes.OTHER_RELATIVE)
    Membership.objects.create(resident=child, family=home.family, role=role, valid_from=birth_date)
    finish(events.BORN, child, by)
    return nik


@transaction.atomic
def record_death(*, nik: Nik, death_date: date, by: Actor) -> None:
    """Record that a resident died. Her spouse becomes widowed; if she was the head, the family gets another.

    Raises ``Missing``, ``InvalidInput`` or ``Conflict`` (already dead, or something later is on record).
    """
    require_registrar(by)
    check_day(death_date, "death_date")
    held = hold([nik])
    resident, membership = held.resident(nik), held.membership(nik)
    if resident.life_status == codes.DEAD:
        raise Conflict(_("The death of this resident is on record already."))
    if death_date < resident.birth_date:
        raise InvalidInput(_("Nobody dies before birth."), field="death_date")
    check_order(resident.valid_from, death_date)
    spouse = _spouse(membership) if resident.marital_status == codes.MARRIED else None
    left, gone = membership.family_id, kin(membership)
    place(membership, None, None, death_date)
    resident.life_status, resident.death_date, resident.valid_from = codes.DEAD, death_date, death_date
    save(resident)
    if left is not None:
        succeed(left, [gone], death_date)
    if spouse is not None:
        spouse.marital_status, spouse.valid_from = codes.WIDOWED, max(death_date, spouse.valid_from)
        save(spouse)
    finish(events.DIED, resident, by)


@transaction.atomic
def record_marriage(*, husband: Nik, wife: Nik, married_on: date, by: Actor) -> None:
    """Record that two residents married. Who belongs to which family is another matter: ``join_family``.

    Raises ``Missing``, ``InvalidInput`` (the day) or ``Conflict`` (one of them is married, or no longer lives).
    """
    require_registrar(by)
    check_day(married_on, "married_on")
    held = hold([husband, wife])
    for nik, sex in ((husband, "male"), (wife, "female")):
        person = _living(held, nik)
        if person.sex != sex:
            raise InvalidInput(_("A marriage is between a man and a woman (UU 1/1974)."), field=sex)
        if person.marital_status == codes.MARRIED:
            raise Conflict(_("One of the two is married already, according to the register."))
        _set_marital_status(person, codes.MARRIED, married_on, events.MARRIED, by)


@transaction.atomic
def record_divorce(*, husband: Nik, wife: Nik, divorced_on: date, by: Actor) -> None:
    """Record that a marriage was dissolved. Raises ``Missing``, ``InvalidInput`` or ``Conflict`` (not married)."""
    require_registrar(by)
    check_day(divorced_on, "divorced_on")
    held = hold([husband, wife])
    for nik in (husband, wife):
        person = _living(held, nik)
        if person.marital_status != codes.MARRIED:
            raise Conflict(_("One of the two is not married, according to the register."))
        _set_marital_status(person, codes.DIVORCED, divorced_on, events.DIVORCED, by)


def _living(held: Held, nik: Nik) -> Resident:
    person = held.resident(nik)
    if person.life_status != codes.LIVING:
        raise Conflict(_("This resident does not live here any more."))
    return person


def _set_marital_status(person: Resident, status: int, since: date, event: str, by: Actor) -> None:
    check_order(person.valid_from, since)
    person.marital_status, person.valid_from = status, since
    save(person)
    finish(event, person, by)


def _spouse(membership: Membership) -> Resident | None:
    """The husband or wife of a head, or the head whose husband or wife this is."""
    of_couple = {codes.HEAD_OF_FAMILY, *codes.SPOUSES}
    if membership.family_id is None or membership.role not in of_couple:
        return None
    others = (one for one in members_of(membership.family_id) if one.pk != membership.pk and one.role in of_couple)
    return next((one.resident for one in others), None)


def _check_new_name(name: str) -> None:
    if len(name) > _LONGEST_NAME or not _NEW_NAME.match(name):
        raise InvalidInput(
            _("A new name has at least two words, only letters, no abbreviation, and at most 60 letters."),
            field="name",
        )
