"""The city's areas: kelurahan, RW and RT by their names and numbers. Nothing here is about a person."""

from dataclasses import dataclass

from django.db import connection

_RT = """
SELECT a.code, k.code, k.name, c.name, k.postcode FROM registry_area k
JOIN registry_area c ON c.code = left(k.code, 8)
JOIN registry_area a ON a.code = k.code || '.' || %(rw)s || '.' || %(rt)s
WHERE k.level = 2 AND (lower(k.name) = lower(%(kelurahan)s) OR k.code = %(kelurahan)s)
    AND (%(kecamatan)s = '' OR lower(c.name) = lower(%(kecamatan)s))
ORDER BY k.code
"""
_KELURAHAN = """
SELECT k.code, k.name, c.name FROM registry_area k JOIN registry_area c ON c.code = left(k.code, 8)
WHERE k.level = 2 ORDER BY k.name, c.name
"""


@dataclass(frozen=True, slots=True)
class RtArea:
    """One RT, and in what it lies."""

    code: str
    kelurahan_code: str
    kelurahan: str
    kecamatan: str
    postcode: str


@dataclass(frozen=True, slots=True)
class KelurahanArea:
    code: str
    name: str
    kecamatan: str


def find_rt(*, kelurahan: str, rw: str, rt: str, kecamatan: str = "") -> list[RtArea]:
    """The RTs with these numbers (three digits) in a kelurahan of this name or code; several where names are."""
    with connection.cursor() as cursor:
        cursor.execute(_RT, {"kelurahan": kelurahan, "kecamatan": kecamatan, "rw": rw, "rt": rt})
        return [RtArea(*row) for row in cursor.fetchall()]


def every_kelurahan() -> list[KelurahanArea]:
    """By name."""
    with connection.cursor() as cursor:
        cursor.execute(_KELURAHAN)
        return [KelurahanArea(*row) for row in cursor.fetchall()]
