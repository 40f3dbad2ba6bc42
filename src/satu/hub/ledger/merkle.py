"""The Merkle tree of RFC 6962, section 2.1, and its proofs. Pure: it reads and writes nothing.

A *node* is a perfect subtree, named ``(height, index)``: it stands over the leaves from ``index * 2**height`` up to
``(index + 1) * 2**height``. Any part of the tree that a proof needs is a run of a few such nodes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

Node = tuple[int, int]
Span = tuple[int, int]
"""Leaves from the first number up to, not including, the second."""

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree's right edge: all that is needed to make it grow and to know its root."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """``peaks`` are the hashes of ``span_nodes(0, size)``."""
        self.size = size
        self._peaks = list(peaks)

    def append(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add a leaf hash. Returns the nodes that it completed, lowest first, the leaf itself not among them."""
        completed, height, top = [], 0, leaf
        while self.size >> height & 1:
            top = node_hash(self._peaks.pop(), top)
            height += 1
            completed.append(((height, self.size >> height), top))
        self._peaks.append(top)
        self.size += 1
        return completed

    def root(self) -> bytes:
        return _fold(self._peaks) if self._peaks else EMPTY_ROOT


def _fold(peaks: Sequence[bytes]) -> bytes:
    top = peaks[-1]
    for peak in reversed(peaks[:-1]):
        top = node_hash(peak, top)
    return top


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes of one height."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def span_nodes(first: int, end: int) -> list[Node]:
    """The nodes whose run is the subtree over these leaves, left to right, as RFC 6962 divides a tree."""
    nodes = []
    while first < end:
        height = (end - first).bit_length() - 1
        nodes.append((height, first >> height))
        first += 1 << height
    return nodes


def span_root(span: Span, known: Mapping[Node, bytes]) -> bytes:
    """MTH of the leaves of a span, from the hashes of its nodes."""
    return _fold([known[node] for node in span_nodes(*span)])


def _split(first: int, end: int) -> int:
    """Where RFC 6962 divides: after the largest power of two of leaves that is smaller than all of them."""
    return first + (1 << (end - first - 1).bit_length() - 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proof, from the bottom up: the span whose root it is, and whether that lies to the left."""

    span: Span
    left: bool


def _descend(goal: int, size: int, stop: int) -> tuple[list[Step], Span]:
    """Go down from the root towards the leaf ``goal`` until the span ends at ``stop`` or is that leaf."""
    steps, first, end = [], 0, size
    while end != stop and end - first > 1:
        middle = _split(first, end)
        if goal < middle:
            steps.append(Step((middle, end), left=False))
            end = middle
        else:
            steps.append(Step((first, middle), left=True))
            first = middle
    return steps[::-1], (first, end)


def inclusion_steps(index: int, size: int) -> list[Step]:
    """The steps whose roots are PATH(index, D[size]), RFC 6962, 2.1.1; ``0 <= index < size``."""
    return _descend(index, size, stop=-1)[0]


def consistency_steps(old: int, new: int) -> list[Step]:
    """The steps whose roots are PROOF(old, D[new]), RFC 6962, 2.1.2; ``0 < old <= new``.

    When the old tree is no node of the new one, the first step is not a neighbour but where the two trees part.
    """
    steps, bottom = _descend(old - 1, new, stop=old)
    return steps if bottom[0] == 0 else [Step(bottom, left=False), *steps]


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` shows that the leaf hash stands at ``index`` in the tree with this size and root."""
    if not 0 <= index < size:
        return False
    steps = inclusion_steps(index, size)
    if len(steps) != len(path):
        return False
    top = leaf
    for step, neighbour in zip(steps, path, strict=True):
        top = node_hash(neighbour, top) if step.left else node_hash(top, neighbour)
    return top == root


def verify_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` shows that the new tree begins with the whole old one."""
    if not 0 < old <= new:
        return False
    steps = consistency_steps(old, new)
    if len(steps) != len(path):
        return False
    rest = list(zip(steps, path, strict=True))
    old_is_a_node = not steps or steps[0].span[0] == old
    old_top = new_top = old_root if old_is_a_node else rest.pop(0)[1]
    for step, neighbour in rest:
        if step.left:
            old_top = node_hash(neighbour, old_top)
        new_top = node_hash(neighbour, new_top) if step.left else node_hash(new_top, neighbour)
    return old_top == old_root and new_top == new_root
