"""Filling the storages of the simulated systems from the register: they know the same people, more or less."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from satu.demo.systems import bpjs, dapodik, dtsen, nakes, oss, pbb
from satu.demo.systems.families import Family, Home, Person
from satu.demo.systems.rows import Row

_FAMILIES_AT_ONCE = 2_000
_LINES_AT_ONCE = 5_000
_Rows = Callable[..., Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Storage:
    """Where one system keeps its rows, and how they are made from a family."""

    file: str
    tables: tuple[str, ...]
    rows: _Rows


STORAGES: Mapping[str, Storage] = {
    "pbb": Storage(pbb.FILE, pbb.TABLES, pbb.rows),
    "oss": Storage(oss.FILE, oss.TABLES, oss.rows),
    "dtsen": Storage(dtsen.FILE, dtsen.TABLES, dtsen.rows),
    "bpjs": Storage(bpjs.FILE, bpjs.TABLES, bpjs.rows),
    "nakes": Storage(nakes.FILE, nakes.TABLES, nakes.rows),
    "dapodik": Storage(dapodik.FILE, dapodik.TABLES, dapodik.rows),
}


def build_all(folder: Path, seed: int, *, today: date | None = None) -> dict[str, int]:
    """Fill every storage anew from the register. Returns how many rows each system holds.

    The same register, seed and day give the same rows. A running process shows the new rows from its next call on
    (the school register: from its next file on).
    """
    from django.utils.timezone import localdate

    return fill(folder, families_of_the_register(), seed=seed, today=today or localdate())


def fill(folder: Path, families: Iterable[Family], *, seed: int, today: date) -> dict[str, int]:
    """Like ``build_all``, from any families. Each storage changes in one transaction; readers see old or new."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(STORAGES, 0)
    with ExitStack() as stack:
        connections = {
            code: stack.enter_context(closing(_begin_anew(folder / storage.file, storage.tables)))
            for code, storage in STORAGES.items()
        }
        for some in _batches(families, _FAMILIES_AT_ONCE):
            for code, storage in STORAGES.items():
                rows = [row for family in some for row in storage.rows(family, seed=seed, today=today)]
                counts[code] += _insert(connections[code], rows)
        for connection in connections.values():
            connection.execute("COMMIT")
    return counts


def _batches(families: Iterable[Family], size: int) -> Iterator[list[Family]]:
    iterator = iter(families)
    while some := list(islice(iterator, size)):
        yield some


def _begin_anew(path: Path, tables: Iterable[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    path.chmod(0o600)
    connection.execute("BEGIN IMMEDIATE")
    old = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in old:
        connection.execute(f'DROP TABLE "{name}"')
    for statement in tables:
        connection.execute(statement)
    return connection


def _insert(connection: sqlite3.Connection, rows: list[Row]) -> int:
    """Insert rows, those of one table together. A number that is taken already is left out (see ``pbb``)."""
    before = connection.total_changes
    for table, group in groupby(sorted(rows, key=itemgetter(0)), key=itemgetter(0)):
        values = [row.values for row in group]
        places = ", ".join("?" * len(values[0]))
        connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({places})", values)  # noqa: S608 - our own names
    return connection.total_changes - before


_FAMILIES = """
SELECT f.number, f.address, rt.code, kelurahan.name, kecamatan.name, kelurahan.postcode,
       r.nik, r.name, r.sex, r.birth_date, r.occupation, r.mother_nik
FROM registry_family f
JOIN registry_membership m ON m.family_id = f.id
JOIN registry_resident r ON r.id = m.resident_id
JOIN registry_area rt ON rt.id = f.area_id
JOIN registry_area kelurahan ON kelurahan.code = left(rt.code, 13)
JOIN registry_area kecamatan ON kecamatan.code = left(rt.code, 8)
ORDER BY f.number, m.role, r.id
"""


def families_of_the_register() -> Iterator[Family]:
    """Every family with its members, in the order of the card's number, through a server-side cursor."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_FAMILIES)
        lines = chain.from_iterable(iter(lambda: cursor.fetchmany(_LINES_AT_ONCE), []))
        for _number, of_family in groupby(lines, key=itemgetter(0)):
            yield _family(list(of_family))


def _family(lines: list[tuple[Any, ...]]) -> Family:
    number, line, code, kelurahan, kecamatan, postcode = lines[0][:6]
    rw, rt = code.split(".")[4:6]
    home = Home(line, rt, rw, code[:13], kelurahan, kecamatan, postcode)
    return Family(number, home, tuple(Person(*fields[6:]) for fields in lines))
