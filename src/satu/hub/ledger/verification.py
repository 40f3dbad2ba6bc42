"""Recomputing the whole ledger from its entries, to show that what is kept is what was sealed.

It streams: memory stays flat however long the ledger is, and the sealer goes on meanwhile. What it cannot see is a
forger who rewrote everything (entries, leaves, nodes and every head): for that, give it a head remembered elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from satu.hub.ledger import models
from satu.hub.ledger.canonical import COLUMNS, EntryRow, leaf_data
from satu.hub.ledger.merkle import Frontier, Node, leaf_hash
from satu.hub.ledger.tiles import TILE_HEIGHT

_CHUNK = 4_096
_NAMED_AT_MOST = 20

_LEAVES = f"""
    SELECT leaf.index, leaf.hash, leaf.entry_id, {COLUMNS} FROM ledger_leaf leaf
    LEFT JOIN ledger_entry entry ON entry.id = leaf.entry_id
    WHERE leaf.index >= %s AND leaf.index < %s ORDER BY leaf.index"""  # noqa: S608 - constants
_NODES = """
    SELECT node.level, node.index, node.hash FROM unnest(%s::int[], %s::bigint[]) AS wanted (level, index)
    JOIN ledger_node node USING (level, index)"""
_WITHOUT_HEAD = """
    SELECT count(*) FROM ledger_leaf WHERE index >= (SELECT coalesce(max(size), 0) FROM ledger_treehead)"""
_OVERDUE = """
    WITH here AS (SELECT (pg_control_system()).system_identifier AS cluster),
    head AS (SELECT cluster, horizon FROM ledger_treehead ORDER BY size DESC LIMIT 1)
    SELECT entry.id FROM ledger_entry entry CROSS JOIN here LEFT JOIN head ON head.cluster = entry.cluster
    WHERE NOT EXISTS (SELECT FROM ledger_leaf leaf WHERE leaf.entry_id = entry.id)
        AND CASE WHEN entry.cluster = here.cluster
            THEN entry.transaction_id < head.horizon
            ELSE EXISTS (SELECT FROM ledger_cluster known WHERE known.cluster = here.cluster) END
    LIMIT %s"""


@dataclass(slots=True)
class Report:
    """What a verification found. ``findings`` are sentences, the first ones only; ``wrong`` counts them all."""

    leaves: int = 0
    heads: int = 0
    root: bytes = b""
    wrong: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.wrong == 0

    def find(self, sentence: str) -> None:
        self.wrong += 1
        if len(self.findings) < _NAMED_AT_MOST:
            self.findings.append(sentence)


def verify(
    *, remembered: Sequence[tuple[int, bytes]] = (), progress: Callable[[int, int], None] | None = None
) -> Report:
    """Recompute every leaf, node and head up to the newest head. ``progress`` is called with leaves done and size.

    ``remembered`` are sizes and roots that somebody noted elsewhere; they are held against the recomputed tree too.
    """
    newest = models.TreeHead.objects.order_by("-size").first()
    walk = _Walk(Report(), newest.size if newest else 0, dict(remembered))
    while walk.place < walk.size:
        walk.chunk(walk.place, min(walk.place + _CHUNK, walk.size))
        if progress:
            progress(walk.place, walk.size)
    walk.finish()
    return walk.report


class _Walk:
    def __init__(self, report: Report, size: int, remembered: dict[int, bytes]) -> None:
        self.report, self.size, self.remembered = report, size, remembered
        self.place = 0
        self._frontier = Frontier()
        self._tree_holds = True
        """Once the recomputed and the kept tree have parted, every later node differs: only the first is told."""

    def chunk(self, first: int, end: int) -> None:
        rows = {row[0]: row[1:] for row in _rows(_LEAVES, [first, end])}
        heads = dict(
            models.TreeHead.objects.filter(size__gt=first, size__lte=end).order_by("size").values_list("size", "root")
        )
        completed: dict[Node, bytes] = {}
        for index in range(first, end):
            hash_ = self._leaf(index, rows.get(index))
            completed.update(self._frontier.append(hash_))
            if root := heads.get(index + 1):
                self._head(index + 1, bytes(root), "kept")
                self.report.heads += 1
            if root := self.remembered.pop(index + 1, None):
                self._head(index + 1, root, "remembered")
        self._nodes({node: hash_ for node, hash_ in completed.items() if node[0] % TILE_HEIGHT == 0})
        self.place = end

    def _leaf(self, index: int, row: Sequence[Any] | None) -> bytes:
        """The kept leaf hash, held against the entry: so a changed entry is told apart from a changed tree."""
        self.report.leaves += 1
        if row is None:
            self.report.find(f"Leaf {index} is missing: an entry and its place in the tree are gone.")
            return b""
        kept, entry_id, *columns = bytes(row[0]), *row[1:]
        if columns[0] is None:
            self.report.find(f"Entry {entry_id} (leaf {index}) is missing.")
        elif _hash_of(entry := EntryRow(*columns)) != kept:
            self.report.find(
                f"Entry {entry_id} (leaf {index}, recorded at {entry.recorded_at:%Y-%m-%d %H:%M:%S} UTC, "
                f"by {entry.actor}) is not what was sealed."
            )
        return kept

    def _head(self, size: int, root: bytes, which: str) -> None:
        if root != self._frontier.root() and (self._tree_holds or which == "remembered"):
            self.report.find(f"The {which} head of size {size} is not the root of the first {size} leaves.")
            self._tree_holds = False

    def _nodes(self, completed: dict[Node, bytes]) -> None:
        wanted = [(height // TILE_HEIGHT, index) for height, index in completed]
        levels, indexes = [level for level, _ in wanted], [index for _, index in wanted]
        kept = {
            (level * TILE_HEIGHT, index): bytes(hash_) for level, index, hash_ in _rows(_NODES, [levels, indexes])
        }
        for (height, index), hash_ in sorted(completed.items()):
            if kept.get((height, index)) != hash_ and self._tree_holds:
                first, end = index << height, (index + 1) << height
                self.report.find(f"The kept node over leaves {first} to {end - 1} is wrong or missing.")

    def finish(self) -> None:
        self.report.root = self._frontier.root()
        for size in sorted(self.remembered):
            self.report.find(f"The remembered head of size {size} is beyond the kept tree of {self.size} leaves.")
        [(headless,)] = _rows(_WITHOUT_HEAD)
        if headless:
            self.report.find(f"The newest {headless} leaves stand under no head.")
        for (entry_id,) in _rows(_OVERDUE, [_NAMED_AT_MOST]):
            self.report.find(f"Entry {entry_id} should have been sealed and is not: it was put in past the ledger.")


def _hash_of(entry: EntryRow) -> bytes | None:
    try:
        return leaf_hash(leaf_data(entry))
    except (ValueError, TypeError, AttributeError):  # a forger need not have kept the columns' rules
        return None


def _rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
