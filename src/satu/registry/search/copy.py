"""The copy of the name index that this process holds, and how it is kept true.

A generation in the database is immutable: it is read once. Who was changed since stands in ``name_search_change``;
each search reads the rows it has not got yet, in one statement that also asks which generation is the newest. A row
is kept only once no transaction of its time is still open; until then it is read again each time, so that what is not
committed (or is rolled back) never stays, and what is committed late is never missed.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

from satu.registry.search.index import Entry, Index, IndexBuilder
from satu.registry.search.models import Part
from satu.registry.search.packing import unpack
from satu.registry.search.ranking import Match, Wanted, search

_READ_ON = """
    SELECT now.generation, now.first_change, now.oldest_open, change.id, change.transaction_id, change.resident_id,
           change.name, change.birth, change.kelurahan
    FROM (SELECT coalesce((SELECT max(id) FROM name_search_generation), 0) AS generation,
                 coalesce((SELECT min(id) FROM name_search_change), 0) AS first_change,
                 pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_open) AS now
    LEFT JOIN name_search_change AS change ON change.transaction_id >= %s
    ORDER BY change.id
"""
_ATTEMPTS = 5


class IndexIsMissing(Exception):
    """The newest generation cannot be read: it vanished each time (rebuilt again and again) or has an old format."""


@dataclass(frozen=True)
class NameIndex:
    """What one search sees: the generation, and over it those who were changed since."""

    whole: Index
    changed: Index
    replaced: frozenset[int]

    def search(self, wanted: Wanted, *, limit: int) -> list[Match]:
        found = search(self.whole, wanted, limit=limit, without=self.replaced)
        if len(self.changed):
            found = sorted(found + search(self.changed, wanted, limit=limit))
        return found[:limit]


@dataclass
class _Copy:
    """Guarded by ``_lock``."""

    generation: int = -1
    first_change: int = 0
    whole: Index = field(default_factory=lambda: IndexBuilder().build())
    settled: "dict[int, _Row]" = field(default_factory=dict)
    read_up_to: int = 0
    merged_for: tuple[int, ...] | None = None
    merged: NameIndex | None = None


_lock = threading.Lock()
_copy = _Copy()


@dataclass(frozen=True)
class _Row:
    id: int
    transaction_id: int
    resident_id: int
    entry: Entry | None


def name_index() -> NameIndex:
    """The index as the current transaction sees the register."""
    for _ in range(_ATTEMPTS):
        read_up_to = _copy.read_up_to
        generation, first_change, oldest_open, rows = _read_on(read_up_to)
        with _lock:
            if generation != _copy.generation and not _load(generation):
                continue
            if first_change != _copy.first_change or generation != _copy.generation:
                _forget_changes(first_change)
                continue
            if read_up_to > _copy.read_up_to:  # another thread began anew meanwhile
                continue
            return _merged(oldest_open, rows)
    raise IndexIsMissing


def _read_on(read_up_to: int) -> tuple[int, int, int, list[_Row]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ_ON, [read_up_to])
        found = cursor.fetchall()
    rows = [
        _Row(id_, tx, resident, None if name is None else Entry(resident, birth, kelurahan, name))
        for *_, id_, tx, resident, name, birth, kelurahan in found
        if id_ is not None
    ]
    return (*found[0][:3], rows)


def _load(generation: int) -> bool:
    parts = {p.name: bytes(p.data) for p in _parts(generation)}
    index = unpack(parts) if generation else IndexBuilder().build()
    if index is None:
        return False
    _copy.generation, _copy.whole = generation, index
    _copy.first_change = -1
    return True


def _parts(generation: int) -> Iterator[Part]:
    return Part.objects.filter(generation=generation).iterator(chunk_size=1)


def _forget_changes(first_change: int) -> None:
    _copy.first_change, _copy.read_up_to, _copy.settled = first_change, 0, {}
    _copy.merged_for = None


def _merged(oldest_open: int, rows: list[_Row]) -> NameIndex:
    open_rows = tuple(row.id for row in rows if row.transaction_id >= oldest_open)
    newly_settled = [row for row in rows if row.transaction_id < oldest_open]
    _put_newest(_copy.settled, newly_settled)
    _copy.read_up_to = max(_copy.read_up_to, oldest_open)
    if newly_settled or _copy.merged is None or _copy.merged_for != open_rows:
        changes = dict(_copy.settled)
        _put_newest(changes, rows)
        changed = IndexBuilder().add_all(row.entry for row in changes.values() if row.entry is not None).build()
        _copy.merged = NameIndex(_copy.whole, changed, frozenset(changes))
        _copy.merged_for = open_rows
    return _copy.merged


def _put_newest(changes: "dict[int, _Row]", rows: list[_Row]) -> None:
    for row in rows:
        if row.resident_id not in changes or changes[row.resident_id].id < row.id:
            changes[row.resident_id] = row
