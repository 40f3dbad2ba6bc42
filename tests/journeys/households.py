"""Families for civil registration, and what the hospitals know of their newborn."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from satu.identity.types import Actor
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.registry.models import Area, Family, Membership, Resident
from tests.journeys.conftest import Town

HEAD, HUSBAND, WIFE, CHILD, PARENT = 1, 2, 3, 4, 7
NEVER_MARRIED, MARRIED = 1, 2
_serials = count(7001)
_letters = count(1)
_TWELVE = ", ".join("?" * 12)

REGISTRAR = Actor(
    "account:910", "officer", "Hendra Saputra", agency="dukcapil", duties=frozenset({"civil-registrar"})
)
HEAD_OF_OFFICE = Actor(
    "account:911", "officer", "Ratna Dewi", agency="dukcapil", duties=frozenset({"head-of-office"})
)
CLERK = Actor(
    "account:912",
    "officer",
    "Rina Marlina",
    agency="kelurahan",
    duties=frozenset({"front-office"}),
    areas=frozenset({"36.71.01.1001"}),
)


@dataclass(frozen=True)
class Household:
    card: FamilyCardNumber
    people: tuple[Actor, ...]

    def __iter__(self) -> Any:
        return iter(self.people)


def household(*people: tuple[str, str, date, int, int], area: str = "36.71.01.1001.007.003") -> Household:
    """A family of (name, sex, birth date, marital status, place in the family), head first."""
    number = FamilyCardNumber(f"367101010120{next(_serials):04d}")
    joined = date(2020, 1, 1)
    actors = []
    with transaction.atomic():
        family = Family.objects.create(
            number=number.value, address="Jl. Melati No. 5", area=Area.objects.get(code=area), valid_from=joined
        )
        for name, sex, born, marital_status, role in people:
            serial = next(_serials)
            nik = f"367101{born.day + (40 if sex == 'female' else 0):02d}{born:%m%y}{serial:04d}"
            person = Resident.objects.create(
                nik=nik, name=name, sex=sex, birth_place="Tangerang", birth_date=born, religion=1, education=5,
                occupation=15, marital_status=marital_status, mother_name="Nur Hasanah", father_name="Budi Santoso",
                valid_from=born,
            )  # fmt: skip
            Membership.objects.create(resident=person, family=family, role=role, valid_from=max(born, joined))
            actors.append(Actor(f"account:{serial}", "resident", name, nik=Nik(nik)))
    return Household(number, tuple(actors))


def couple(*, married: bool = True) -> Household:
    status = MARRIED if married else NEVER_MARRIED
    return household(
        ("Asep Hidayat", "male", date(1990, 3, 12), status, HEAD),
        ("Euis Komariah", "female", date(1992, 6, 15), status, WIFE),
        ("Rizky Hidayat", "male", date(2018, 8, 14), NEVER_MARRIED, CHILD),
    )


def letter(town: Town, mother: Actor, *, days_ago: int = 5, sex: str = "P") -> str:
    """The hospital has a birth letter of this mother's child. Returns its number."""
    assert mother.nik is not None
    born = timezone.localdate() - timedelta(days=days_ago)
    number = f"SKL/{next(_letters):05d}/{born:%m/%Y}"
    with closing(sqlite3.connect(town.folder / "bpjs.sqlite")) as connection, connection:
        connection.execute(
            f"INSERT INTO kelahiran VALUES ({_TWELVE})",
            (number, mother.nik.value, mother.name, f"BY. NY. {mother.name}", born.isoformat(), "04:35", sex, 2,
             3_200, 49, "RSUD Kota Tangerang", "Bidan"),
        )  # fmt: skip
    return number


def new_area() -> str:
    """Another RT of the neighbourhood, to move to."""
    rw = Area.objects.get(code="36.71.01.1001.007")
    Area.objects.create(code="36.71.01.1001.007.004", level=4, name="004", parent=rw)
    return "36.71.01.1001.007.004"
