"""A family in the population register, written as rows: the hub only reads it."""

from datetime import date

from django.db import connection

from satu.registry.search.actions import rebuild

SITI_NIK, ADI_NIK, CARD = "3671014506910003", "3671010101150001", "3671011203150007"


def register_sitis_family() -> None:
    """Siti (head, widowed, born 5 June 1991) and her son Adi, in RT 003/RW 007 of Sukarasa."""
    with connection.cursor() as cursor:
        parent = None
        for level, (code, name, postcode) in enumerate(
            [
                ("36.71.01", "Tangerang", ""),
                ("36.71.01.1001", "Sukarasa", "15111"),
                ("36.71.01.1001.007", "RW 007", ""),
                ("36.71.01.1001.007.003", "RT 003", ""),
            ],
            start=1,
        ):
            cursor.execute(
                "INSERT INTO registry_area (code, level, name, parent_id, postcode) VALUES (%s, %s, %s, %s, %s) "
                "RETURNING id",
                [code, level, name, parent, postcode],
            )
            parent = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO registry_family (number, address, area_id, valid_from) VALUES (%s, %s, %s, %s) RETURNING id",
            [CARD, "Jl. Melati No. 5", parent, date(2015, 3, 12)],
        )
        family = cursor.fetchone()[0]
        siti = _resident(cursor, SITI_NIK, "Siti Aminah", "female", date(1991, 6, 5), marital_status=4, occupation=15)
        adi = _resident(cursor, ADI_NIK, "Adi Putra", "male", date(2015, 1, 1), marital_status=1, occupation=1)
        cursor.execute(
            "INSERT INTO registry_membership (resident_id, family_id, role, valid_from) "
            "VALUES (%s, %s, 1, '2015-03-12'), (%s, %s, 4, '2015-03-12')",
            [siti, family, adi, family],
        )


def make_findable() -> None:
    """Let the name box find who is in the register."""
    rebuild()


def _resident(cursor, nik: str, name: str, sex: str, born: date, **codes: int) -> int:
    cursor.execute(
        "INSERT INTO registry_resident (nik, name, sex, birth_place, birth_date, valid_from, religion, blood_type,"
        " education, occupation, marital_status, citizenship, life_status, mother_name, father_name)"
        " VALUES (%s, %s, %s, 'Tangerang', %s, %s, 1, 13, 5, %s, %s, 1, 1, 'Ibu', 'Bapak') RETURNING id",
        [nik, name, sex, born, born, codes["occupation"], codes["marital_status"]],
    )
    return int(cursor.fetchone()[0])
