"""The only writer of entries."""

import os
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from satu.hub.ledger.types import NewEntry

_COLUMNS = (
    "id, dossier_id, salt, subject_kind, subject_key, kind, actor, actor_kind, actor_name, actor_agency, "
    "purpose_kind, purpose_reference, purpose_id, purpose_en, legal_basis, facts, systems, outcomes"
)
_ROW = "(" + ", ".join(["%s"] * 15 + ["%s::text[]"] * 3) + ")"


def append(entries: Sequence[NewEntry]) -> list[UUID]:
    """Write entries in the caller's transaction, in one statement, and return their ids.

    They stand or fall with that transaction, so release nothing before it has committed. It must be short: no
    entry anywhere is sealed while an older transaction that writes is still open. Takes no lock that another
    appender waits for. ``RuntimeError`` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("append() belongs inside the transaction after which the facts are released")
    if not entries:
        return []
    rows = [_row(entry) for entry in entries]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_entry ({_COLUMNS}) VALUES " + ", ".join([_ROW] * len(rows)),  # noqa: S608 - constants
            [value for row in rows for value in row],
        )
    return [row[0] for row in rows]


def _row(entry: NewEntry) -> tuple[Any, ...]:
    purpose, by = entry.purpose, entry.by
    return (
        _uuid7(),
        entry.dossier_id,
        os.urandom(32),
        entry.subject.kind,
        entry.subject.key,
        entry.kind,
        by.reference,
        by.kind,
        by.name,
        by.agency,
        purpose.kind,
        purpose.reference,
        purpose.label.id,
        purpose.label.en,
        purpose.legal_basis,
        [released.fact for released in entry.facts],
        [released.system for released in entry.facts],
        [released.outcome for released in entry.facts],
    )


def _uuid7() -> UUID:
    """RFC 9562, 5.7: 48 bits of Unix milliseconds, then random. (The standard library has it from Python 3.14.)"""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high, low = random >> 68, random & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)
