"""The readers of the register. Other packages ask here and get frozen dataclasses; nothing here writes.

Every question may be asked about another day (``as_of``: how was it then?) and of another moment of belief
(``believed_at``: what did the register say then?). Left out, they mean today and now.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils import timezone

from satu.kernel.city import Label
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.registry.models import Code
from satu.registry.types import Address, AreaName, Coded, Family, FamilyMember, Resident

_Row = Mapping[str, Any]
_ADDRESS = """
       f.family_id, f.number, f.address, f.valid_from AS address_since, f.recorded_at AS family_recorded_at,
       a.code AS area_code, k.code AS kelurahan_code, k.name AS kelurahan_name, k.postcode,
       c.code AS kecamatan_code, c.name AS kecamatan_name"""
_AREAS = """
  LEFT JOIN registry_area a ON a.id = f.area_id
  LEFT JOIN registry_area k ON k.code = left(a.code, 13)
  LEFT JOIN registry_area c ON c.code = left(a.code, 8)"""
_THEN = """valid @> %(as_of)s::date AND recorded_at <= %(believed_at)s::timestamptz
                      ORDER BY recorded_at DESC, valid_from DESC LIMIT 1"""
_RESIDENTS = (
    "SELECT i.id, i.nik, r.*, m.role, m.valid_from AS member_since,"  # noqa: S608 - constants only
    + _ADDRESS
    + """
  FROM registry_resident i
  JOIN LATERAL (SELECT * FROM registry_resident_statement WHERE resident_id = i.id AND """
    + _THEN
    + """) r ON true
  LEFT JOIN LATERAL (SELECT * FROM registry_membership_statement WHERE resident_id = i.id AND """
    + _THEN
    + """) m ON true
  LEFT JOIN LATERAL (SELECT * FROM registry_family_statement WHERE family_id = m.family_id AND """
    + _THEN
    + ") f ON true"
    + _AREAS
    + " WHERE (i.id = ANY(%(ids)s::bigint[]) OR i.nik = ANY(%(niks)s::text[]))"
    + " AND r.birth_date <= %(as_of)s::date ORDER BY i.id"
)
_MEMBERS = (
    """
WITH candidate AS (
    SELECT resident_id FROM registry_membership WHERE family_id = ANY(%(families)s::bigint[])
    UNION SELECT resident_id FROM registry_membershippast WHERE family_id = ANY(%(families)s::bigint[])
)
SELECT m.family_id, m.role, i.id, i.nik, r.name, r.sex, r.birth_date
  FROM candidate
  JOIN registry_resident i ON i.id = candidate.resident_id
  JOIN LATERAL (SELECT * FROM registry_membership_statement WHERE resident_id = i.id AND """  # noqa: S608
    + _THEN
    + """) m ON m.family_id = ANY(%(families)s::bigint[])
  JOIN LATERAL (SELECT * FROM registry_resident_statement WHERE resident_id = i.id AND """
    + _THEN
    + ") r ON true ORDER BY m.family_id, m.role, r.birth_date, i.id"
)
_FAMILY = (
    "SELECT"  # noqa: S608
    + _ADDRESS
    + """
  FROM registry_family i
  JOIN LATERAL (SELECT * FROM registry_family_statement WHERE family_id = i.id AND """
    + _THEN
    + ") f ON true"
    + _AREAS
    + " WHERE i.number = %(number)s"
)


def resident_by_nik(nik: Nik, *, as_of: date | None = None, believed_at: datetime | None = None) -> Resident | None:
    """The resident with this NIK, or ``None``: nobody, or not yet born or not yet recorded at that time."""
    found = _residents([], [nik.value], as_of, believed_at)
    return found[0] if found else None


def residents(
    ids: Iterable[int], *, as_of: date | None = None, believed_at: datetime | None = None
) -> list[Resident]:
    """The residents with these record numbers, in order of record number; unknown ones are left out."""
    return _residents(list(ids), [], as_of, believed_at)


def sweep(*, batch: int = 2000) -> Iterator[list[Resident]]:
    """Everybody in the register as believed now, the dead too, in lists of at most ``batch``. Flat memory."""
    last = 0
    while ids := _ids_after(last, batch):
        yield residents(ids)
        last = ids[-1]


def family_by_number(
    number: FamilyCardNumber, *, as_of: date | None = None, believed_at: datetime | None = None
) -> Family | None:
    """The family with this card, its address and members (head first), or ``None``."""
    times = _times(as_of, believed_at)
    rows = _fetch(_FAMILY, {"number": number.value, **times})
    if not rows:
        return None
    row = rows[0]
    members = _members([row["family_id"]], times, as_of or timezone.localdate()).get(row["family_id"], ())
    return Family(
        id=row["family_id"],
        number=FamilyCardNumber(row["number"]),
        address=_address(row),
        address_since=row["address_since"],
        head_name=_head_name(members),
        members=members,
        recorded_at=row["family_recorded_at"],
    )


def code(kind: str, number: int, *, on: date | None = None) -> Coded:
    """A value of a code list with the label that holds ``on`` that day (today). Raises ``KeyError``.

    Code lists are read once a process; after a change of the lists, restart.
    """
    day = on or timezone.localdate()
    for valid_from, valid_until, label in _codes()[kind, number]:
        if valid_from <= day and (valid_until is None or day < valid_until):
            return Coded(number, label)
    raise KeyError((kind, number, day))


@cache
def _codes() -> Mapping[tuple[str, int], list[tuple[date, date | None, Label]]]:
    lists: dict[tuple[str, int], list[tuple[date, date | None, Label]]] = {}
    for entry in Code.objects.order_by("kind", "code", "valid_from"):
        label = Label(id=entry.label_id, en=entry.label_en)
        lists.setdefault((entry.kind, entry.code), []).append((entry.valid_from, entry.valid_until, label))
    return lists


def _residents(ids: list[int], niks: list[str], as_of: date | None, believed_at: datetime | None) -> list[Resident]:
    times = _times(as_of, believed_at)
    rows = _fetch(_RESIDENTS, {"ids": ids, "niks": niks, **times})
    day = as_of or timezone.localdate()
    families = _members(sorted({row["family_id"] for row in rows if row["family_id"]}), times, day)
    return [_resident(row, families.get(row["family_id"], ()), day) for row in rows]


def _times(as_of: date | None, believed_at: datetime | None) -> dict[str, Any]:
    # Unasked, "now" is what goes on and on: right also where the clock stands before the register's latest day.
    return {"as_of": as_of or "infinity", "believed_at": believed_at or "infinity"}


def _fetch(sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(parameters))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _ids_after(last: int, batch: int) -> list[int]:
    sql = "SELECT id FROM registry_resident WHERE id > %(last)s ORDER BY id LIMIT %(batch)s"
    return [row["id"] for row in _fetch(sql, {"last": last, "batch": batch})]


def _members(families: list[int], times: Mapping[str, Any], day: date) -> dict[int, tuple[FamilyMember, ...]]:
    if not families:
        return {}
    rows = _fetch(_MEMBERS, {"families": families, **times})
    return {
        family: tuple(_member(row, day) for row in group)
        for family, group in groupby(rows, key=lambda row: int(row["family_id"]))
    }


def _member(row: _Row, day: date) -> FamilyMember:
    return FamilyMember(
        resident_id=row["id"],
        nik=Nik(row["nik"]),
        name=row["name"],
        sex=row["sex"],
        birth_date=row["birth_date"],
        role=code("family_role", row["role"], on=day),
    )


def _head_name(members: tuple[FamilyMember, ...]) -> str:
    return members[0].name if members else ""


def _address(row: _Row) -> Address:
    rw, rt = row["area_code"].split(".")[4:6]
    return Address(
        line=row["address"],
        rt=rt,
        rw=rw,
        area_code=row["area_code"],
        kelurahan=AreaName(row["kelurahan_code"], row["kelurahan_name"]),
        kecamatan=AreaName(row["kecamatan_code"], row["kecamatan_name"]),
        postcode=row["postcode"],
    )


def _resident(row: _Row, members: tuple[FamilyMember, ...], day: date) -> Resident:
    at_home = row["family_id"] is not None
    return Resident(
        record_id=row["id"],
        nik=Nik(row["nik"]),
        name=row["name"],
        sex=row["sex"],
        birth_place=row["birth_place"],
        birth_date=row["birth_date"],
        death_date=row["death_date"],
        religion=code("religion", row["religion"], on=day),
        blood_type=code("blood_type", row["blood_type"], on=day),
        education=code("education", row["education"], on=day),
        occupation=code("occupation", row["occupation"], on=day),
        marital_status=code("marital_status", row["marital_status"], on=day),
        citizenship=code("citizenship", row["citizenship"], on=day),
        life_status=code("life_status", row["life_status"], on=day),
        mother_name=row["mother_name"],
        mother_nik=_nik(row["mother_nik"]),
        father_name=row["father_name"],
        father_nik=_nik(row["father_nik"]),
        address=_address(row) if at_home else None,
        residence_since=max(row["address_since"], row["member_since"]) if at_home else None,
        family_card_number=FamilyCardNumber(row["number"]) if at_home else None,
        family_role=code("family_role", row["role"], on=day) if at_home else None,
        family_head_name=_head_name(members),
        family_members=members,
        valid_from=row["valid_from"],
        recorded_at=row["recorded_at"],
    )


def _nik(value: str | None) -> Nik | None:
    return Nik(value) if value else None
