"""The storages are filled from the register as it is."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from satu.demo.systems import storage
from satu.demo.systems.families import Family, Home
from satu.demo.systems.tests.town import TODAY, families

pytestmark = pytest.mark.django_db


def _register(town: Iterable[Family]) -> None:
    """Put plain families into the register's tables."""
    with connection.cursor() as cursor:
        areas: dict[str, int] = {}

        def area(home: Home) -> int:
            parent: int | None = None
            parts = [*home.kelurahan_code.split("."), home.rw, home.rt]
            names = {1: home.kecamatan, 2: home.kelurahan, 3: f"RW {home.rw}", 4: f"RT {home.rt}"}
            for level, name in names.items():
                code = ".".join(parts[: level + 2])
                if code not in areas:
                    cursor.execute(
                        "INSERT INTO registry_area (code, level, name, parent_id, postcode)"
                        " VALUES (%s, %s, %s, %s, %s) RETURNING id",
                        (code, level, name, parent, home.postcode if level == 2 else ""),
                    )
                    areas[code] = int(cursor.fetchone()[0])
                parent = areas[code]
            assert parent is not None
            return parent

        for family in town:
            cursor.execute(
                "INSERT INTO registry_family (number, address, area_id, valid_from)"
                " VALUES (%s, %s, %s, '2020-01-01') RETURNING id",
                (family.number, family.home.line, area(family.home)),
            )
            ((family_id,),) = cursor.fetchall()
            for place, person in enumerate(family.members):
                cursor.execute(
                    "INSERT INTO registry_resident (nik, name, sex, birth_place, birth_date, religion, blood_type,"
                    " education, occupation, marital_status, citizenship, life_status, mother_name, mother_nik,"
                    " father_name, valid_from)"
                    " VALUES (%s, %s, %s, 'Tangerang', %s, 1, 13, 5, %s, 1, 1, 1, 'Ibu', %s, 'Ayah', %s)"
                    " RETURNING id",
                    (
                        person.nik,
                        person.name,
                        person.sex,
                        person.birth_date,
                        person.occupation,
                        person.mother_nik,
                        person.birth_date,
                    ),
                )
                role = 1 if place == 0 else 3 if place == 1 else 4
                cursor.execute(
                    "INSERT INTO registry_membership (resident_id, family_id, role, valid_from)"
                    " VALUES (%s, %s, %s, %s)",
                    (cursor.fetchone()[0], family_id, role, person.birth_date),
                )


def _content(folder: Path) -> dict[str, set[str]]:
    contents = {}
    for code, one in storage.STORAGES.items():
        with closing(sqlite3.connect(folder / one.file)) as opened:
            contents[code] = set(opened.iterdump())
    return contents


def test_the_systems_know_exactly_the_families_of_the_register(tmp_path):
    town = list(families(80))
    _register(town)
    counts = storage.build_all(tmp_path / "register", 7, today=TODAY)
    storage.fill(tmp_path / "plain", town, seed=7, today=TODAY)
    assert counts["bpjs"] > 150
    assert _content(tmp_path / "register") == _content(tmp_path / "plain")


def test_the_register_is_read_in_one_stream_however_large(tmp_path, django_assert_num_queries):
    _register(families(30))
    with django_assert_num_queries(3):  # a savepoint, the cursor, the savepoint again
        list(storage.families_of_the_register())


def test_an_empty_register_gives_empty_systems(tmp_path):
    assert set(storage.build_all(tmp_path, 7).values()) == {0}


def test_neither_a_person_nor_her_home_is_printed():
    family = next(families(1))
    printed = repr(family) + repr(family.head) + repr(family.home)
    for private in (family.number, family.head.nik, family.head.name, family.home.line):
        assert private not in printed
