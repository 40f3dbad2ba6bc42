"""Finding people by what an officer types.

Who may ask, and why, is the hub's business (``hub.actions.find_people``).
"""

from dataclasses import dataclass, field
from datetime import date
from math import exp
from typing import Literal, cast

from django.db import connection

from satu.kernel.identifiers import Nik
from satu.registry.search import likeness, question
from satu.registry.search.copy import name_index
from satu.registry.search.ranking import Match, Wanted

_HYDRATE = """
    SELECT resident.id, resident.nik, resident.name, resident.birth_date, resident.sex, kelurahan.code, kelurahan.name
    FROM registry_resident AS resident
    LEFT JOIN registry_membership AS membership ON membership.resident_id = resident.id
    LEFT JOIN registry_family AS family ON family.id = membership.family_id
    LEFT JOIN registry_area AS rt ON rt.id = family.area_id
    LEFT JOIN registry_area AS kelurahan ON kelurahan.code = left(rt.code, 13)
    WHERE resident.id = ANY(%s)
"""
_BY_NIK = "SELECT id FROM registry_resident WHERE nik BETWEEN %s AND %s ORDER BY nik LIMIT %s"
_BY_FAMILY_CARD = """
    SELECT membership.resident_id FROM registry_family AS family
    JOIN registry_membership AS membership ON membership.family_id = family.id
    WHERE family.number BETWEEN %s AND %s
    ORDER BY family.number, membership.role, membership.resident_id LIMIT %s
"""
_DIGITS = 16
_LARGEST_FAMILY = 50
_SPREAD = 6.0


@dataclass(frozen=True, slots=True)
class NameHit:
    """One resident found. ``score`` is 1 for what was typed exactly and falls towards 0; it ranks, nothing more."""

    resident_id: int
    nik: Nik
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Literal["male", "female"]
    kelurahan_code: str
    kelurahan_name: str
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """Those who were found; ``more`` when the words may mean others besides, whom the limit left out."""

    hits: list[NameHit] = field(repr=False)
    more: bool


def find(text: str, *, birth_year: int | None = None, kelurahan: str | None = None, limit: int = 10) -> list[NameHit]:
    """The hits of ``search``."""
    return search(text, birth_year=birth_year, kelurahan=kelurahan, limit=limit).hits


def search(text: str, *, birth_year: int | None = None, kelurahan: str | None = None, limit: int = 10) -> Search:
    """The people that ``text`` most probably means, best first; an empty list when nobody is meant.

    ``text`` is a name as somebody types it (the last word may be unfinished), perhaps with a birth year (``1991``) or
    date (``14-03-1991``); or a NIK or KK number, whole or its first six or more digits, and a KK gives the family.
    ``birth_year`` goes before a year in the text; with a year that nobody fits, people of other years are shown with
    a low score. ``kelurahan`` is an area code: only who lives there. Sees the current transaction's own changes.
    """
    asked = question.read(text)
    if asked.number is not None:
        most = max(limit, _LARGEST_FAMILY) if len(asked.number) == _DIGITS else limit
        found = [Match(0.0, i) for i in _by_number(asked.number, most + 1)]
        return Search(_people(found[:most], kelurahan), more=len(found) > most)
    if not asked.words:
        return Search([], more=False)
    found = _by_name(asked, birth_year, kelurahan, limit + 1)
    return Search(_people(found[:limit]), more=len(found) > limit)


def warm() -> None:
    """Read the index into this process's memory, so that the first search need not wait for it."""
    name_index()


def _by_name(asked: question.Question, birth_year: int | None, kelurahan: str | None, limit: int) -> list[Match]:
    index = name_index()
    anybody = Wanted(words=asked.words, unfinished=not asked.finished, kelurahan=kelurahan)
    for born_from, born_until in _birth_ranges(asked, birth_year):
        born_then = Wanted(
            words=anybody.words,
            unfinished=anybody.unfinished,
            kelurahan=kelurahan,
            born_from=born_from,
            born_until=born_until,
        )
        if found := index.search(born_then, limit=limit):
            return found
    other_year = likeness.OTHER_YEAR if birth_year or asked.birth_year else 0.0
    return [Match(m.cost + other_year, m.resident_id) for m in index.search(anybody, limit=limit)]


def _birth_ranges(asked: question.Question, birth_year: int | None) -> list[tuple[int, int]]:
    ranges = []
    if asked.birth_date and birth_year in {None, asked.birth_date.year}:
        day = int(f"{asked.birth_date:%Y%m%d}")
        ranges.append((day, day))
    if year := birth_year or asked.birth_year:
        ranges.append((year * 10_000, year * 10_000 + 9_999))
    return ranges


def _by_number(digits: str, limit: int) -> list[int]:
    first, last = digits.ljust(_DIGITS, "0"), digits.ljust(_DIGITS, "9")
    with connection.cursor() as cursor:
        cursor.execute(_BY_NIK, [first, last, limit])
        people = [row[0] for row in cursor.fetchall()]
        cursor.execute(_BY_FAMILY_CARD, [first, last, limit])
        return list(dict.fromkeys(people + [row[0] for row in cursor.fetchall()]))[:limit]


def _people(matches: list[Match], kelurahan: str | None = None) -> list[NameHit]:
    if not matches:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HYDRATE, [[m.resident_id for m in matches]])
        rows = {row[0]: row for row in cursor.fetchall()}
    hits = [_hit(rows[m.resident_id], m.cost) for m in matches if m.resident_id in rows]
    return [hit for hit in hits if kelurahan is None or hit.kelurahan_code == kelurahan]


def _hit(row: tuple[object, ...], cost: float) -> NameHit:
    resident_id, nik, name, birth_date, sex, kelurahan_code, kelurahan_name = row
    return NameHit(
        resident_id=cast("int", resident_id),
        nik=Nik(str(nik)),
        name=str(name),
        birth_date=cast("date", birth_date),
        sex="female" if sex == "female" else "male",
        kelurahan_code=str(kelurahan_code or ""),
        kelurahan_name=str(kelurahan_name or ""),
        score=round(exp(-cost / _SPREAD), 4),
    )
