"""A few residents of a small town."""

from collections.abc import Callable
from datetime import date

import pytest

from satu.registry.models import Area, Code, Family, Membership, Resident
from satu.registry.search.actions import reindex

Register = Callable[..., Resident]
_KINDS = ("religion", "blood_type", "education", "occupation", "marital_status", "citizenship", "life_status")
_LONG_AGO = date(1945, 8, 17)


@pytest.fixture
def register() -> Register:
    """Register somebody; families are made as they are named, by number and kelurahan."""
    for kind, number in [*((kind, 1) for kind in _KINDS), ("blood_type", 13), ("family_role", 1), ("family_role", 4)]:
        Code.objects.get_or_create(kind=kind, code=number, defaults={"valid_from": _LONG_AGO})
    count = 0

    def resident(
        name: str,
        born: date = date(1991, 3, 14),
        *,
        family: str | None = None,
        kelurahan: str = "36.71.01.1001",
        indexed: bool = True,
    ) -> Resident:
        nonlocal count
        count += 1
        person = Resident.objects.create(
            nik=f"367101{born:%d%m%y}{count:04d}",
            name=name,
            sex="male",
            birth_place="Tangerang",
            birth_date=born,
            religion=1,
            education=1,
            occupation=1,
            marital_status=1,
            mother_name="Aminah",
            father_name="Saman",
            valid_from=born,
        )
        card = family or f"367101170845{count:04d}"
        home, new = Family.objects.get_or_create(
            number=card, defaults={"address": "Jalan Satu", "area": _rt(kelurahan), "valid_from": born}
        )
        Membership.objects.create(resident=person, family=home, role=1 if new else 4, valid_from=born)
        if indexed:
            reindex([person.pk])
        return person

    return resident


def _rt(kelurahan: str) -> Area:
    parent = None
    for level, code in enumerate([kelurahan[:8], kelurahan, f"{kelurahan}.001", f"{kelurahan}.001.001"], start=1):
        parent, _ = Area.objects.get_or_create(
            code=code, defaults={"level": level, "name": f"Area {code}", "parent": parent}
        )
    assert parent is not None
    return parent
