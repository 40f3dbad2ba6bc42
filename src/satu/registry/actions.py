"""The only writers of the register. Each is one transaction: checked, audited, announced, and found by name search.

Nothing is overwritten: the database keeps what a row said before (migration 0002).
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.errors import Conflict, InvalidInput, Missing
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.kernel.outbox import announce
from satu.registry import codes, events
from satu.registry.history import Statement, believed
from satu.registry.models import Area, Code, Family, Membership, Resident, ResidentPast, ResidentState
from satu.registry.policies import require_registrar
from satu.registry.search.actions import reindex
from satu.registry.types import Sex

#: Permendagri 73/2022: at least two words of Latin letters, no abbreviation, at most sixty letters with spaces.
_NEW_NAME = re.compile(r"[A-Za-z]{2,}( [A-Za-z]+)+\Z")
_LONGEST_NAME = 60
#: Serials below this one are given to the newborn; the demonstration's generator uses those above.
_FIRST_FOREIGN_SERIAL = 5001
_RT = 4
_FIELDS = tuple(field.name for field in ResidentState._meta.get_fields())  # noqa: SLF001 - documented by Django
_CORRECTABLE = frozenset(_FIELDS) - {"death_date", "life_status"}


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
    _check_day(birth_date, "birth_date")
    mother_row = _resident(mother)
    father_row = _resident(father) if father else None
    home = _membership(mother_row)
    if home.family is None or home.role is None:
        raise Conflict(_("The mother belongs to no family in this city."))
    if birth_date <= mother_row.birth_date:
        raise InvalidInput(_("A child is born after her mother."), field="birth_date")
    area = Area.objects.get(id=home.family.area_id)
    nik = _new_nik(area.code[:8].replace(".", ""), birth_date, sex)
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
    role = {1: codes.CHILD, 2: codes.CHILD, 3: codes.CHILD, 4: codes.GRANDCHILD, 5: codes.GRANDCHILD}
    Membership.objects.create(
        resident=child, family=home.family, role=role.get(home.role, codes.OTHER_RELATIVE), valid_from=birth_date
    )
    _finish(events.BORN, child, by)
    return nik


@transaction.atomic
def record_death(*, nik: Nik, death_date: date, by: Actor) -> None:
    """Record that a resident died. Her spouse becomes widowed; if she was the head, the family gets another.

    Raises ``Missing``, ``InvalidInput`` or ``Conflict`` (already dead, or something later is on record).
    """
    require_registrar(by)
    _check_day(death_date, "death_date")
    resident = _resident(nik)
    if resident.life_status == codes.DEAD:
        raise Conflict(_("The death of this resident is on record already."))
    if death_date < resident.birth_date:
        raise InvalidInput(_("Nobody dies before birth."), field="death_date")
    _check_order(resident.valid_from, death_date)
    membership = _membership(resident)
    spouse = _spouse(membership) if resident.marital_status == codes.MARRIED else None
    _leave(membership, death_date)
    resident.life_status, resident.death_date, resident.valid_from = codes.DEAD, death_date, death_date
    _save(resident)
    if spouse is not None:
        spouse.marital_status, spouse.valid_from = codes.WIDOWED, max(death_date, spouse.valid_from)
        _save(spouse)
    _finish(events.DIED, resident, by)


@transaction.atomic
def move_family(*, number: FamilyCardNumber, address: str, area_code: str, since: date, by: Actor) -> None:
    """Record that a family lives elsewhere in the city since a day. ``area_code`` is an RT's.

    Raises ``Missing``, ``InvalidInput`` or ``Conflict`` (a later move is on record).
    """
    require_registrar(by)
    _check_day(since, "since")
    if not address.strip():
        raise InvalidInput(_("An address is needed."), field="address")
    family = Family.objects.select_for_update().filter(number=number.value).first()
    if family is None:
        raise Missing(_("There is no family with this card number."), field="family_card_number")
    area = Area.objects.filter(code=area_code, level=_RT).first()
    if area is None:
        raise Missing(_("There is no such RT in this city."), field="area_code")
    _check_order(family.valid_from, since)
    family.address, family.area, family.valid_from = address.strip(), area, since
    family.save(update_fields=["address", "area", "valid_from"])
    audit(actor=by.reference, action=events.FAMILY_MOVED, thing=f"family:{family.id}")
    announce(events.FAMILY_MOVED, {"family": family.id})
    reindex(Membership.objects.filter(family=family).order_by("resident_id").values_list("resident_id", flat=True))


@transaction.atomic
def move_resident(*, nik: Nik, number: FamilyCardNumber, role: int, since: date, by: Actor) -> None:
    """Record that a resident joined another family. A family left without its head gets another.

    Raises ``Missing``, ``InvalidInput`` or ``Conflict`` (she is in it already, or the family has its head).
    """
    require_registrar(by)
    _check_day(since, "since")
    resident = _resident(nik)
    family = Family.objects.select_for_update().filter(number=number.value).first()
    if family is None:
        raise Missing(_("There is no family with this card number."), field="family_card_number")
    if resident.life_status != codes.LIVING:
        raise Conflict(_("This resident does not live here any more."))
    membership = _membership(resident)
    if membership.family_id == family.id:
        raise Conflict(_("This resident belongs to that family already."))
    _check_order(membership.valid_from, since)
    if not Code.objects.filter(kind="family_role", code=role).exists():
        raise InvalidInput(_("There is no such place in a family."), field="role")
    if role == codes.HEAD_OF_FAMILY and Membership.objects.filter(family=family).exists():
        raise Conflict(_("That family has its head already."))
    _leave(membership, since, family=family, role=role)
    _finish(events.RESIDENT_MOVED, resident, by)


@transaction.atomic
def correct_resident(*, nik: Nik, changes: Mapping[str, Any], by: Actor) -> None:
    """Correct what was wrong all along: every period in which the wrong value is believed gets the right one.

    ``changes`` are fields of a resident by name (codes as numbers). What was believed before stays on record.
    Raises ``Missing`` or ``InvalidInput`` (a field that is not corrected so, or a value the register refuses).
    """
    require_registrar(by)
    unknown = sorted(set(changes) - _CORRECTABLE)
    if unknown or not changes:
        raise InvalidInput(
            _("This cannot be corrected so: %(fields)s.") % {"fields": ", ".join(unknown)}, field="changes"
        )
    resident = _resident(nik)
    wrong = {field: getattr(resident, field) for field in changes}
    first_day = changes.get("birth_date", resident.birth_date)
    periods = believed(_statements(resident))
    try:
        with transaction.atomic():
            for period in periods:
                if all(period.state[field] == wrong[field] for field in changes):
                    _restate(resident, period, changes, first_day)
            _correct_membership(resident, wrong.get("birth_date"), first_day)
    except IntegrityError as error:
        raise InvalidInput(
            _("The register cannot hold this: %(fields)s.") % {"fields": ", ".join(sorted(changes))}
        ) from error
    _finish(events.CORRECTED, resident, by, fields=sorted(changes))


def _restate(
    resident: Resident, period: Statement[dict[str, Any]], changes: Mapping[str, Any], first_day: date
) -> None:
    valid_from = period.valid_from
    if valid_from == period.state["birth_date"]:
        valid_from = min(valid_from, first_day)
    if period.valid_until is None:
        for field, value in changes.items():
            setattr(resident, field, value)
        resident.valid_from = max(valid_from, first_day)
        _save(resident)
    until = period.valid_until or (resident.valid_from if resident.valid_from > valid_from else None)
    if until is not None:
        state = {**period.state, **changes}
        ResidentPast.objects.create(resident=resident, valid=DateRange(valid_from, until), recorded_at=Now(), **state)


def _correct_membership(resident: Resident, old_birth: date | None, birth: date) -> None:
    membership = _membership(resident)
    if membership.valid_from < birth or membership.valid_from == old_birth:
        membership.valid_from = birth
        membership.save(update_fields=["valid_from"])


def _statements(resident: Resident) -> list[Statement[dict[str, Any]]]:
    now: Statement[dict[str, Any]] = Statement(resident.valid_from, None, resident.recorded_at, _state(resident))
    past = [
        Statement(row.valid.lower, row.valid.upper, row.recorded_at, _state(row))
        for row in ResidentPast.objects.filter(resident=resident).order_by("id")
    ]
    return [*past, now]


def _state(row: ResidentState) -> dict[str, Any]:
    return {field: getattr(row, field) for field in _FIELDS}


def _resident(nik: Nik) -> Resident:
    resident = Resident.objects.select_for_update().filter(nik=nik.value).first()
    if resident is None:
        raise Missing(_("There is no resident with this NIK."), field="nik")
    return resident


def _membership(resident: Resident) -> Membership:
    membership = Membership.objects.select_related("family").filter(resident=resident).first()
    if membership is None:
        raise Conflict(_("This resident has never belonged to a family here."))
    if membership.family_id is not None:
        Family.objects.select_for_update().get(id=membership.family_id)
    return membership


def _spouse(membership: Membership) -> Resident | None:
    """The husband or wife of a head, or the head whose husband or wife this is."""
    of_couple = {codes.HEAD_OF_FAMILY, *codes.SPOUSES}
    if membership.family_id is None or membership.role not in of_couple:
        return None
    others = Membership.objects.filter(family=membership.family_id, role__in=of_couple).exclude(pk=membership.pk)
    found = others.order_by("role", "resident_id").first()
    return Resident.objects.select_for_update().get(id=found.resident_id) if found else None


def _leave(membership: Membership, since: date, *, family: Family | None = None, role: int | None = None) -> None:
    """Take somebody out of her family (into another, if one is given) and see that the family has a head."""
    left, was_head = membership.family_id, membership.role == codes.HEAD_OF_FAMILY
    membership.family, membership.role = family, role
    membership.valid_from = max(since, membership.valid_from)
    membership.save(update_fields=["family", "role", "valid_from"])
    if left is not None and was_head:
        _succeed(left, since)


def _succeed(family_id: int, since: date) -> None:
    """The spouse, or else the eldest, becomes the head; the others' places are told anew."""
    members = list(
        Membership.objects.filter(family=family_id).select_related("resident").order_by("resident__birth_date", "pk")
    )
    if not members:
        return
    heir = next((member for member in members if member.role in codes.SPOUSES), members[0])
    stays = heir.role in codes.SPOUSES
    for member in [heir, *(member for member in members if member.pk != heir.pk and not stays)]:
        member.role = codes.HEAD_OF_FAMILY if member is heir else codes.OTHER_RELATIVE
        member.valid_from = max(since, member.valid_from)
        member.save(update_fields=["role", "valid_from"])


def _save(resident: Resident) -> None:
    # What the database itself fills in is not sent: the recorded time is its clock's.
    resident.save(update_fields=[*_FIELDS, "valid_from"])


def _finish(event: str, resident: Resident, by: Actor, **detail: object) -> None:
    audit(actor=by.reference, action=event, thing=f"resident:{resident.id}", detail=detail)
    announce(event, {"resident": resident.id})
    reindex([resident.id])


def _check_new_name(name: str) -> None:
    if len(name) > _LONGEST_NAME or not _NEW_NAME.match(name):
        raise InvalidInput(
            _("A new name has at least two words, only letters, no abbreviation, and at most 60 letters."),
            field="name",
        )


def _check_day(day: date, field: str) -> None:
    if day > timezone.localdate():
        raise InvalidInput(_("This day has not come yet."), field=field)


def _check_order(on_record: date, day: date) -> None:
    if day < on_record:
        raise Conflict(_("Something later is on record already. Correct that first."))


def _new_nik(district: str, birth_date: date, sex: Sex) -> Nik:
    day = birth_date.day + (40 if sex == "female" else 0)
    prefix = f"{district}{day:02d}{birth_date:%m%y}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"registry.nik.{prefix}"])
    taken = Resident.objects.filter(nik__gt=prefix, nik__lt=f"{prefix}{_FIRST_FOREIGN_SERIAL}").order_by("-nik")
    last = taken.values_list("nik", flat=True).first()
    serial = int(last[-4:]) + 1 if last else 1
    if serial >= _FIRST_FOREIGN_SERIAL:
        raise Conflict(_("All NIKs of this day are given out."))
    return Nik(f"{prefix}{serial:04d}")
