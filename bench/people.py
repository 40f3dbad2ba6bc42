"""Residents of a region that no city has, for benches; and the tax office's simulated storage."""

import os
from pathlib import Path

KELURAHAN = "99.71.01.1001"
_AREAS = [
    (1, "99.71.01", "Contoh"),
    (2, KELURAHAN, "Contoh"),
    (3, f"{KELURAHAN}.001", "001"),
    (4, f"{KELURAHAN}.001.001", "001"),
]
_RESIDENTS = """
INSERT INTO registry_resident (nik, name, sex, birth_place, birth_date, religion, blood_type, education, occupation,
    marital_status, citizenship, life_status, mother_name, father_name, valid_from)
SELECT n.nik, 'Siti Aminah', 'female', 'Tangerang', '1990-01-01', 1, 13, 5, 15, 1, 1, 1, 'Nur', 'Budi', '1990-01-01'
  FROM unnest(%(niks)s::text[]) n(nik) ON CONFLICT DO NOTHING"""
_FAMILIES = """
INSERT INTO registry_family (number, address, area_id, valid_from)
SELECT n.number, 'Jl. Melati No. 5', (SELECT id FROM registry_area WHERE code = '99.71.01.1001.001.001'), '1990-01-01'
  FROM unnest(%(cards)s::text[]) n(number) ON CONFLICT DO NOTHING"""
_MEMBERS = """
INSERT INTO registry_membership (resident_id, family_id, role, valid_from)
SELECT r.id, f.id, 1, '1990-01-01'
  FROM unnest(%(niks)s::text[], %(cards)s::text[]) n(nik, number)
  JOIN registry_resident r ON r.nik = n.nik JOIN registry_family f ON f.number = n.number ON CONFLICT DO NOTHING"""


def residents(count: int) -> list[str]:
    """The NIKs of so many residents, each the head of her own family."""
    from django.db import connection, transaction

    niks = [f"9971{i // 9999 + 1:02d}410190{i % 9999 + 1:04d}" for i in range(count)]
    cards = [f"9971{i // 9999 + 1:02d}010120{i % 9999 + 1:04d}" for i in range(count)]
    with transaction.atomic(), connection.cursor() as cursor:
        for level, code, name in _AREAS:
            parent = code.rpartition(".")[0] if level > 1 else None
            cursor.execute(
                "INSERT INTO registry_area (code, level, name, parent_id, postcode) SELECT %s, %s, %s, "
                "(SELECT id FROM registry_area WHERE code = %s), '15111' ON CONFLICT DO NOTHING",
                [code, level, name, parent],
            )
        for statement in (_RESIDENTS, _FAMILIES, _MEMBERS):
            cursor.execute(statement, {"niks": niks, "cards": cards})
    return niks


def simulate_the_tax_office(folder: Path) -> None:
    """Fill the simulated systems' storages, and let the hub ask the tax office's, which is a file of SQLite."""
    from django.utils.timezone import localdate

    from satu.demo.systems import storage
    from satu.demo.systems.tests.town import families

    storage.fill(folder, families(1_000), seed=7, today=localdate())
    os.environ["SATU_BAPENDA_DATABASE"] = f"sqlite:///{(folder / 'pbb.sqlite').as_uri()}?mode=ro&uri=true"
