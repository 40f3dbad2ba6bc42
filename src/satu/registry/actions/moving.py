"""Who lives where: a family moves, some of it founds another, or joins another."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.errors import Conflict, InvalidInput, Missing
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.kernel.outbox import announce
from satu.registry import codes, events
from satu.registry.actions.holding import Held, check_day, check_order, hold, kin, members_of, place, succeed
from satu.registry.kinship import Kin, head_among, role_around
from satu.registry.models import Area, Code, Family, Membership
from satu.registry.numbers import new_family_card_number
from satu.registry.policies import require_registrar
from satu.registry.search.actions import reindex

_RT = 4


@transaction.atomic
def move_family(*, number: FamilyCardNumber, address: str, area_code: str, since: date, by: Actor) -> None:
    """Record that a family, all of it, lives elsewhere in the city since a day. ``area_code`` is an RT's.

    Raises ``Missing``, ``InvalidInput`` or ``Conflict`` (a later move is on record).
    """
    require_registrar(by)
    check_day(since, "since")
    line, area = _destination(address, area_code)
    family = hold([], [number]).family(number)
    check_order(family.valid_from, since)
    family.address, family.area, family.valid_from = line, area, since
    family.save(update_fields=["address", "area", "valid_from"])
    audit(actor=by.reference, action=events.FAMILY_MOVED, thing=f"family:{family.id}")
    residents = [member.resident_id for member in members_of(family.id)]
    announce(events.FAMILY_MOVED, {"family": family.id, "residents": residents, "change": str(uuid.uuid4())})
    reindex(residents)


@transaction.atomic
def split_family(
    *, members: Collection[Nik], address: str, area_code: str, since: date, by: Actor
) -> FamilyCardNumber:
    """Record that some of a family's members live at an address of their own since a day: a new family, a new card.

    Who heads the new family, and the one that stays where its head goes, follows from ``kinship``. Raises
    ``Missing``, ``InvalidInput`` or ``Conflict`` (they are of several families, or all of one, which keeps its card;
    only children would go or stay; something later is on record).
    """
    require_registrar(by)
    check_day(since, "since")
    line, area = _destination(address, area_code)
    held = hold(members)
    going = [_ready_to_go(held, nik, since) for nik in members]
    homes = {member.family_id for member in going}
    if len(homes) != 1:
        raise Conflict(_("A new family card is for members of one family."), field="members")
    staying = [one for one in members_of(going[0].family_id) if one.pk not in {member.pk for member in going}]
    if not staying:
        raise Conflict(_("This is the whole family: it moves with its card."), field="members")
    people, behind = [kin(one) for one in going], [kin(one) for one in staying]
    _check_an_adult(people, since, _("Only children would move. At least one adult moves with them."))
    _check_an_adult(behind, since, _("Only children would stay. At least one adult stays with them."))
    number = new_family_card_number(area.code, timezone.localdate())
    family = Family.objects.create(number=number.value, address=line, area=area, valid_from=since)
    head = head_among(people, since)
    # The head first: a family is never without one.
    for member, person in sorted(zip(going, people, strict=True), key=lambda pair: pair[1].id != head.id):
        place(member, family, role_around(head, person, [*people, *behind]), since)
    _leave_behind(people, since)
    _finish(family, going, by)
    return number


@transaction.atomic
def join_family(
    *,
    members: Collection[Nik],
    number: FamilyCardNumber,
    since: date,
    roles: Mapping[Nik, int] | None = None,
    by: Actor,
) -> None:
    """Record that residents of one family joined another, which lives elsewhere, since a day.

    ``roles`` says what somebody is to the head there, where ``kinship`` can't know; a family without members takes
    its head from those who come. Raises ``Missing``, ``InvalidInput`` or ``Conflict`` (they are in it already; it
    would have a second head; only children would stay; something later is on record).
    """
    require_registrar(by)
    check_day(since, "since")
    held = hold(members, [number])
    family = held.family(number)
    check_order(family.valid_from, since)
    going = [_ready_to_go(held, nik, since) for nik in members]
    if any(member.family_id == family.id for member in going):
        raise Conflict(_("This resident belongs to that family already."))
    people, there = [kin(one) for one in going], [kin(one) for one in members_of(family.id)]
    household = [*there, *people]
    head = next((one for one in there if one.role == codes.HEAD_OF_FAMILY), None) or head_among(people, since)
    given = {held.resident(nik).id: role for nik, role in (roles or {}).items()}
    _check_roles(given, head)
    _check_an_adult(household, since, _("Only children would live there. At least one adult lives with them."))
    for home in {member.family_id for member in going} - {None}:
        behind = [kin(one) for one in members_of(home) if one.pk not in {member.pk for member in going}]
        if behind:
            _check_an_adult(behind, since, _("Only children would stay. At least one adult stays with them."))
    for member, person in sorted(zip(going, people, strict=True), key=lambda pair: pair[1].id != head.id):
        place(member, family, given.get(person.id, role_around(head, person, household)), since)
    _leave_behind(people, since)
    _finish(family, going, by)


def _destination(address: str, area_code: str) -> tuple[str, Area]:
    if not address.strip():
        raise InvalidInput(_("An address is needed."), field="address")
    area = Area.objects.filter(code=area_code, level=_RT).first()
    if area is None:
        raise Missing(_("There is no such RT in this city."), field="area_code")
    return address.strip(), area


def _ready_to_go(held: Held, nik: Nik, since: date) -> Membership:
    resident, membership = held.resident(nik), held.membership(nik)
    if resident.life_status != codes.LIVING:
        raise Conflict(_("This resident does not live here any more."))
    check_order(membership.valid_from, since)
    membership.resident = resident
    return membership


def _check_an_adult(people: Sequence[Kin], since: date, sentence: str | Promise) -> None:
    if not any(person.is_adult(since) for person in people):
        raise Conflict(sentence, field="members")


def _check_roles(given: Mapping[int, int], head: Kin) -> None:
    known = set(Code.objects.filter(kind="family_role").values_list("code", flat=True))
    for person, role in given.items():
        if role not in known:
            raise InvalidInput(_("There is no such place in a family."), field="role")
        if (role == codes.HEAD_OF_FAMILY) != (person == head.id):
            raise Conflict(_("That family has its head already."))


def _leave_behind(gone: Sequence[Kin], since: date) -> None:
    for family in sorted({person.family for person in gone if person.family}):
        succeed(family, gone, since)


def _finish(family: Family, moved: Sequence[Membership], by: Actor) -> None:
    """One change, told of each who moved."""
    change = str(uuid.uuid4())
    for member in moved:
        audit(actor=by.reference, action=events.RESIDENT_MOVED, thing=f"resident:{member.resident_id}")
        announce(events.RESIDENT_MOVED, {"resident": member.resident_id, "family": family.id, "change": change})
    reindex(member.resident_id for member in moved)
