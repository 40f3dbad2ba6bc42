"""A small town in the register, so that each journey knows whom it is about."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from satu.identity.types import Actor
from satu.kernel.identifiers import Nik
from satu.registry.models import Area, Family, Membership, Resident

LIVING, DECEASED, MOVED = 1, 2, 3
HEAD, WIFE, CHILD = 1, 3, 4
NEVER_MARRIED, MARRIED = 1, 2
_serials: Iterator[int] = count(1)


def found() -> None:
    """One neighbourhood. The code lists are there since the migrations, and no test empties them."""
    kecamatan = Area.objects.create(code="36.71.01", level=1, name="Tangerang")
    kelurahan = Area.objects.create(
        code="36.71.01.1001", level=2, name="Sukarasa", parent=kecamatan, postcode="15111"
    )
    rw = Area.objects.create(code="36.71.01.1001.007", level=3, name="007", parent=kelurahan)
    Area.objects.create(code="36.71.01.1001.007.003", level=4, name="003", parent=rw)


def years_ago(years: int) -> date:
    today = timezone.localdate()
    return date(today.year - years, 1, 1)


def resident(
    *,
    name: str = "Siti Aminah",
    born: date | None = None,
    married: bool = False,
    life_status: int = LIVING,
    nik: str | None = None,
) -> Actor:
    """A woman of the town, head of her own family, as she signs in."""
    born = born or years_ago(35)
    serial = next(_serials)
    nik = nik or f"367101{born.day + 40:02d}{born:%m%y}{serial:04d}"
    with transaction.atomic():
        here = life_status == LIVING
        person = Resident.objects.create(
            nik=nik,
            name=name,
            sex="female",
            birth_place="Tangerang",
            birth_date=born,
            death_date=timezone.localdate() if life_status == DECEASED else None,
            religion=1,
            education=5,
            occupation=15,
            marital_status=MARRIED if married else NEVER_MARRIED,
            life_status=life_status,
            mother_name="Nur Hasanah",
            father_name="Budi Santoso",
            valid_from=born,
        )
        family: Any = None
        if here:
            family = Family.objects.create(
                number=f"367101010120{serial:04d}",
                address="Jl. Melati No. 5",
                area=Area.objects.get(level=4),
                valid_from=born,
            )
        Membership.objects.create(resident=person, family=family, role=HEAD if here else None, valid_from=born)
    return Actor(reference=f"account:{serial}", kind="resident", name=name, nik=Nik(nik))


def correct_name(who: Actor, name: str) -> None:
    """The register corrects her name behind an open draft."""
    assert who.nik is not None
    row = Resident.objects.get(nik=who.nik.value)
    row.name = name
    row.save()


def died(who: Actor) -> None:
    """Her death is recorded behind an open request."""
    from satu.registry.actions import record_death

    registrar = Actor(
        reference="account:999", kind="officer", name="", agency="dukcapil", duties=frozenset({"civil-registrar"})
    )
    assert who.nik is not None
    record_death(nik=who.nik, death_date=timezone.localdate(), by=registrar)


def relative(of: Actor, *, name: str, born: date, role: int = CHILD, sex: str = "male") -> Actor:
    """Somebody on the same family card, as she or he would sign in."""
    assert of.nik is not None
    serial = next(_serials)
    nik = f"367101{born.day + (40 if sex == 'female' else 0):02d}{born:%m%y}{serial:04d}"
    with transaction.atomic():
        person = Resident.objects.create(
            nik=nik, name=name, sex=sex, birth_place="Tangerang", birth_date=born, religion=1, education=5,
            occupation=3, marital_status=NEVER_MARRIED, life_status=LIVING, mother_name=of.name,
            father_name="Budi Santoso", valid_from=born,
        )  # fmt: skip
        family = Membership.objects.get(resident__nik=of.nik.value).family
        Membership.objects.create(resident=person, family=family, role=role, valid_from=born)
    return Actor(reference=f"account:{serial}", kind="resident", name=name, nik=Nik(nik))


def leave_family(who: Actor) -> None:
    """She has a family card of her own from now on."""
    assert who.nik is not None
    membership = Membership.objects.get(resident__nik=who.nik.value)
    serial = next(_serials)
    with transaction.atomic():
        membership.family = Family.objects.create(
            number=f"367101010120{serial:04d}",
            address="Jl. Kenanga No. 1",
            area=Area.objects.get(level=4),
            valid_from=timezone.localdate(),
        )
        membership.role, membership.valid_from = HEAD, timezone.localdate()
        membership.save()
