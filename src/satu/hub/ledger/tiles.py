"""Where the tree's nodes are kept, so that any of them costs one short index range.

Kept are the leaf hashes (``ledger_leaf``) and the nodes of every eighth height (``ledger_node``, where ``level`` is
the height divided by eight). 256 neighbours of one level are exactly a C2SP tlog-tiles tile, ``tile/<level>/<N>``;
the nodes between are hashed from them when wanted.
"""

from collections.abc import Collection

from django.db import connection

from satu.hub.ledger.merkle import Node, perfect_root

TILE_HEIGHT = 8

_READ = """
    SELECT wanted.node, {table}.hash
    FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS wanted (node, first, last)
    JOIN {table} ON {table}.index BETWEEN wanted.first AND wanted.last {level}
    ORDER BY wanted.node, {table}.index"""
_READ_LEAVES = _READ.format(table="ledger_leaf", level="")
_READ_LEVEL = _READ.format(table="ledger_node", level="AND ledger_node.level = %s")


def read_nodes(nodes: Collection[Node]) -> dict[Node, bytes]:
    """The hashes of these nodes, one statement a level. ``LookupError`` names one that the tree doesn't have yet."""
    known = {}
    for level in {height // TILE_HEIGHT for height, _ in nodes}:
        wanted = [node for node in nodes if node[0] // TILE_HEIGHT == level]
        for node, hashes in zip(wanted, _read_level(level, wanted), strict=True):
            if len(hashes) != 1 << node[0] % TILE_HEIGHT:
                raise LookupError(f"the kept tree has no node {node}")
            known[node] = perfect_root(hashes)
    return known


def _read_level(level: int, nodes: list[Node]) -> list[list[bytes]]:
    rises = [height % TILE_HEIGHT for height, _ in nodes]
    firsts = [index << rise for (_, index), rise in zip(nodes, rises, strict=True)]
    lasts = [(index + 1 << rise) - 1 for (_, index), rise in zip(nodes, rises, strict=True)]
    found: list[list[bytes]] = [[] for _ in nodes]
    with connection.cursor() as cursor:
        wanted = [list(range(len(nodes))), firsts, lasts]
        if level == 0:
            cursor.execute(_READ_LEAVES, wanted)
        else:
            cursor.execute(_READ_LEVEL, [*wanted, level])
        for node, hash_ in cursor.fetchall():
            found[node].append(bytes(hash_))
    return found
