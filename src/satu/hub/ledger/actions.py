"""The only writers of the ledger: entries by ``record`` or ``append``, the tree over them by ``seal``."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from satu.hub.ledger.canonical import COLUMNS, EntryRow, leaf_data
from satu.hub.ledger.merkle import Frontier, Node, leaf_hash, span_nodes
from satu.hub.ledger.tiles import TILE_HEIGHT, read_nodes
from satu.hub.ledger.types import LedgerDamaged, NewEntry, Sealed, TreeHead

_INSERT = (
    "INSERT INTO ledger_entry (id, dossier_id, salt, subject_kind, subject_key, kind, actor, actor_kind, actor_name, "
    "actor_agency, purpose_kind, purpose_reference, purpose_id, purpose_en, legal_basis, facts, systems, outcomes) "
    "VALUES "
)
# One text, split by the server, costs a fifth less of an append's time here than an array of quoted texts.
_ROW = "(" + ", ".join(["%s"] * 15 + [r"string_to_array(%s, E'\n')"] * 3) + ")"

SEAL_AT_MOST = 10_000
"""Entries sealed in one transaction; bounds its time and memory when the sealer has been away."""
_SEALER_LOCK = int.from_bytes(b"satuseal")

_STATE = """
    SELECT here.cluster, EXISTS (SELECT FROM ledger_cluster known WHERE known.cluster = here.cluster),
        last.index + 1, entry.id, head.cluster, head.horizon
    FROM (SELECT (pg_control_system()).system_identifier AS cluster) here
    LEFT JOIN (SELECT index, entry_id FROM ledger_leaf ORDER BY index DESC LIMIT 1) last ON true
    LEFT JOIN ledger_entry entry ON entry.id = last.entry_id
    LEFT JOIN (SELECT cluster, horizon FROM ledger_treehead ORDER BY size DESC LIMIT 1) head ON true"""
_NEXT = f"""
    SELECT {COLUMNS}, entry.transaction_id, pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    FROM ledger_entry entry
    WHERE entry.transaction_id >= %s AND entry.cluster = %s
        AND NOT EXISTS (SELECT FROM ledger_leaf leaf WHERE leaf.entry_id = entry.id)
    ORDER BY entry.transaction_id, entry.id LIMIT %s"""  # noqa: S608 - constants
_LEFT_OVER = f"""
    SELECT {COLUMNS} FROM ledger_entry entry
    WHERE entry.cluster <> %s AND NOT EXISTS (SELECT FROM ledger_leaf leaf WHERE leaf.entry_id = entry.id)
    ORDER BY entry.cluster, entry.transaction_id, entry.id LIMIT %s"""  # noqa: S608 - constants


def append(entries: Sequence[NewEntry]) -> list[UUID]:
    """Write entries in the caller's transaction, in one statement, and return their ids.

    They stand or fall with that transaction, so release nothing before it has committed. Takes no lock that another
    appender waits for. ``RuntimeError`` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("append() belongs inside the transaction after which the facts are released")
    return _insert(entries)


def record(entries: Sequence[NewEntry]) -> list[UUID]:
    """Write entries in a transaction of their own; when this returns, they are durable, and facts may be released.

    That transaction is the one statement, so it costs one round trip. ``RuntimeError`` inside an open transaction,
    whose rollback would take the entries with it.
    """
    with transaction.atomic(durable=True):
        pass  # raises inside an open transaction; sends nothing
    return _insert(entries)


def _insert(entries: Sequence[NewEntry]) -> list[UUID]:
    if not entries:
        return []
    rows = [_row(entry) for entry in entries]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ", ".join([_ROW] * len(rows)), [value for row in rows for value in row])
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
        "\n".join([released.fact for released in entry.facts]),
        "\n".join([released.system for released in entry.facts]),
        "\n".join([released.outcome for released in entry.facts]),
    )


def _uuid7() -> UUID:
    """RFC 9562, 5.7: 48 bits of Unix milliseconds, then random. (The standard library has it from Python 3.14.)"""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high, low = random >> 68, random & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)


@transaction.atomic(durable=True)
def seal() -> Sealed | None:
    """Put the oldest unsealed entries, at most ``SEAL_AT_MOST``, into the tree. ``None``: nothing to do.

    What has committed is sealed, a sealing's entries in the order of their transactions' numbers. Each head keeps a
    horizon: the oldest transaction that was still open. Everything before it is in the tree, and the next sealing
    looks from there on for what is not: a transaction that commits late is sealed late, and holds nobody back.
    One sealer works at a time; another that comes meanwhile has nothing to do. A crash leaves all or nothing.
    Raises ``LedgerDamaged``, and seals nothing, when the kept tree cannot be continued.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return None
    # Its own statement, because a statement sees what was committed when it began: the last sealer's work.
    waiting = _unsealed()
    if not waiting.entries:
        return None
    size, entries = waiting.size, waiting.entries
    frontier = _frontier(size)
    hashes = [leaf_hash(leaf_data(entry)) for entry in entries]
    completed = [node for hash_ in hashes for node in frontier.append(hash_) if node[0][0] % TILE_HEIGHT == 0]
    _keep_leaves(size, entries, hashes)
    _keep_nodes(completed)
    return Sealed(head=_keep_head(frontier, waiting), entries=len(entries))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The tree's size, the next entries for it, and the horizon (of which cluster) once they are sealed."""

    size: int
    entries: list[EntryRow]
    cluster: int
    horizon: int


def _unsealed() -> _Waiting:
    """What is to be sealed next.

    In a cluster where this database has not been before (it was restored from a dump, or upgraded), transaction
    numbers start anew. Whatever is left of the earlier clusters has committed long ago and is sealed first.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        here, known, size, last_id, cluster, horizon = cursor.fetchone()
        if size is not None and last_id is None:
            raise LedgerDamaged("the last sealed entry is gone; run: satu ledger verify")
        if not known:
            cursor.execute(_LEFT_OVER, [here, SEAL_AT_MOST])
            if left_over := cursor.fetchall():
                return _Waiting(size or 0, [EntryRow(*row) for row in left_over], here, 0)
            cursor.execute("INSERT INTO ledger_cluster (cluster) VALUES (%s)", [here])
        cursor.execute(_NEXT, [horizon if cluster == here else 0, here, SEAL_AT_MOST])
        rows = cursor.fetchall()
    if not rows:
        return _Waiting(size or 0, [], here, 0)
    # After a full batch there may be more from the last one's transaction on.
    horizon = min(rows[-1][-1], rows[-1][-2]) if len(rows) == SEAL_AT_MOST else rows[-1][-1]
    return _Waiting(size or 0, [EntryRow(*row[:-2]) for row in rows], here, horizon)


def _frontier(size: int) -> Frontier:
    nodes = span_nodes(0, size)
    try:
        known = read_nodes(nodes)
    except LookupError as error:
        raise LedgerDamaged(f"{error}; run: satu ledger verify") from error
    return Frontier(size, [known[node] for node in nodes])


def _keep_leaves(size: int, entries: Sequence[EntryRow], hashes: Sequence[bytes]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY ledger_leaf (index, entry_id, hash) FROM STDIN") as copy,
    ):
        for index, (entry, hash_) in enumerate(zip(entries, hashes, strict=True), size):
            copy.write_row((index, entry.id, hash_))


def _keep_nodes(completed: Sequence[tuple[Node, bytes]]) -> None:
    if not completed:
        return
    rows = [(height // TILE_HEIGHT, index, hash_) for (height, index), hash_ in completed]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO ledger_node (level, index, hash) VALUES (%s, %s, %s)", rows)


def _keep_head(frontier: Frontier, sealed: _Waiting) -> TreeHead:
    root = frontier.root()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_treehead (size, root, cluster, horizon) VALUES (%s, %s, %s, %s) RETURNING sealed_at",
            [frontier.size, root, sealed.cluster, sealed.horizon],
        )
        return TreeHead(size=frontier.size, root=root, sealed_at=cursor.fetchone()[0])
