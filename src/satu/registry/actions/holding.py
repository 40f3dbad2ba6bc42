"""Holding people and families while they are changed, and what every change ends with."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.errors import Conflict, InvalidInput, Missing, TryAgain
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.kernel.outbox import announce
from satu.registry import codes
from satu.registry.kinship import Kin, head_among, role_around
from satu.registry.models import Family, Membership, Resident, ResidentState
from satu.registry.search.actions import reindex

FIELDS = tuple(field.name for field in ResidentState._meta.get_fields())  # noqa: SLF001 - documented by Django
_TRIES = 3


class _MovedMeanwhile(Exception):
    """Between looking where somebody lives and holding that family, she was moved to another."""


@dataclass(frozen=True, slots=True)
class Held:
    """People by NIK, where each belongs, and their families by id. Nobody else changes them until the commit."""

    residents: Mapping[str, Resident]
    memberships: Mapping[int, Membership]
    families: Mapping[int, Family]

    def resident(self, nik: Nik) -> Resident:
        """Raises ``Missing``."""
        if nik.value not in self.residents:
            raise Missing(_("There is no resident with this NIK."), field="nik")
        return self.residents[nik.value]

    def membership(self, nik: Nik) -> Membership:
        """Raises ``Missing``, or ``Conflict`` for somebody who has never been in a family of this city."""
        membership = self.memberships.get(self.resident(nik).id)
        if membership is None:
            raise Conflict(_("This resident has never belonged to a family here."))
        return membership

    def family(self, number: FamilyCardNumber) -> Family:
        """Raises ``Missing``."""
        found = next((family for family in self.families.values() if family.number == number.value), None)
        if found is None:
            raise Missing(_("There is no family with this card number."), field="family_card_number")
        return found


def hold(niks: Collection[Nik], cards: Collection[FamilyCardNumber] = ()) -> Held:
    """Lock people and their families, and the families with these cards. Unknown ones are left out."""
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():  # so that what was locked in vain is let go of
                return _hold({nik.value for nik in niks}, {card.value for card in cards})
        except _MovedMeanwhile:
            if attempt == _TRIES - 1:
                raise TryAgain(_("Somebody else is changing this family. Try again.")) from None
    raise AssertionError("unreachable")


def _hold(niks: set[str], cards: set[str]) -> Held:
    homes = set(Membership.objects.filter(resident__nik__in=niks).values_list("family_id", flat=True))
    of_cards = set(Family.objects.filter(number__in=cards).values_list("id", flat=True))
    families = Family.objects.select_for_update().filter(id__in=(homes | of_cards) - {None}).order_by("id")
    held_families = {family.id: family for family in families}
    residents = list(Resident.objects.select_for_update().filter(nik__in=niks).order_by("id"))
    memberships = {m.resident_id: m for m in Membership.objects.filter(resident__in=residents).order_by("pk")}
    if any(m.family_id is not None and m.family_id not in held_families for m in memberships.values()):
        raise _MovedMeanwhile
    return Held({one.nik: one for one in residents}, memberships, held_families)


def members_of(family_id: int | None) -> list[Membership]:
    """Everybody in a family that is held, head first; nobody in none."""
    if family_id is None:
        return []
    found = Membership.objects.filter(family=family_id).select_related("resident")
    return list(found.order_by("role", "resident__birth_date", "pk"))


def kin(membership: Membership) -> Kin:
    person = membership.resident
    return Kin(
        id=person.id,
        nik=person.nik,
        sex=person.sex,
        birth_date=person.birth_date,
        marital_status=person.marital_status,
        parents=frozenset(nik for nik in (person.mother_nik, person.father_nik) if nik),
        family=membership.family_id or 0,
        role=membership.role or codes.OTHER,
    )


def place(membership: Membership, family: Family | None, role: int | None, since: date) -> None:
    """Put somebody in a family, or in none."""
    membership.family, membership.role = family, role
    membership.valid_from = max(since, membership.valid_from)
    membership.save(update_fields=["family", "role", "valid_from"])


def succeed(family_id: int, left: Collection[Kin], since: date) -> None:
    """Give a family whose head has gone another, and tell the others' places anew."""
    staying = members_of(family_id)
    people = [kin(member) for member in staying]
    if not people or any(one.role == codes.HEAD_OF_FAMILY for one in people):
        return
    heir = head_among(people, since)
    for member, person in zip(staying, people, strict=True):
        role = role_around(heir, person, [*people, *left])
        if role != member.role:
            place(member, member.family, role, since)


def save(resident: Resident) -> None:
    """Save what is true of somebody. The recorded time is not sent: it is the database's clock's."""
    resident.save(update_fields=[*FIELDS, "valid_from"])


def finish(event: str, resident: Resident, by: Actor, **detail: object) -> None:
    """Audit a change of one person, announce it, and let name search know."""
    audit(actor=by.reference, action=event, thing=f"resident:{resident.id}", detail=detail)
    announce(event, {"resident": resident.id, "change": str(uuid.uuid4())})
    reindex([resident.id])


def check_day(day: date, field: str) -> None:
    if day > timezone.localdate():
        raise InvalidInput(_("This day has not come yet."), field=field)


def check_order(on_record: date, day: date) -> None:
    if day < on_record:
        raise Conflict(_("Something later is on record already. Correct that first."))
