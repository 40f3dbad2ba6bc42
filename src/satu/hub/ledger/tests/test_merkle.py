"""Against RFC 6962's own recursive definitions, written here as the RFC has them, and the vectors of its authors."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.hub.ledger import merkle

# The eight leaves and roots of certificate-transparency's merkle_tree_test.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def half(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = half(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = half(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """RFC 6962, 2.1.2."""
    n = len(leaves)
    if m == n:
        return [] if known else [mth(leaves)]
    k = half(n)
    if m <= k:
        return [*subproof(m, leaves[:k], known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def grown(leaves: list[bytes]):
    """A frontier grown leaf by leaf, and every node it made on the way."""
    frontier, known = merkle.Frontier(), {}
    for index, leaf in enumerate(leaves):
        known[0, index] = merkle.leaf_hash(leaf)
        known.update(frontier.append(known[0, index]))
    return frontier, known


some_leaves = st.integers(1, 300).map(lambda n: [n.to_bytes(2, "big") + bytes([i % 251]) for i in range(n)])


@pytest.mark.parametrize("size", range(9))
def test_the_tree_of_the_rfc_s_authors_is_ours(size):
    frontier, _ = grown(LEAVES[:size])
    assert frontier.root().hex() == ROOTS[size] == mth(LEAVES[:size]).hex()


@given(some_leaves)
def test_a_tree_grown_leaf_by_leaf_has_the_root_that_the_rfc_defines(leaves):
    frontier, known = grown(leaves)
    assert frontier.root() == mth(leaves) == merkle.span_root((0, len(leaves)), known)
    for (height, index), node in known.items():
        assert node == mth(leaves[index << height : index + 1 << height])


@given(some_leaves, st.data())
def test_a_tree_goes_on_growing_from_its_kept_peaks(leaves, data):
    size = data.draw(st.integers(0, len(leaves)))
    _, known = grown(leaves)
    frontier = merkle.Frontier(size, [known[node] for node in merkle.span_nodes(0, size)])
    for leaf in leaves[size:]:
        frontier.append(merkle.leaf_hash(leaf))
    assert frontier.root() == mth(leaves)


@given(some_leaves, st.data())
def test_an_inclusion_proof_is_the_rfc_s_and_proves_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(-1, len(leaves) + 1).filter(lambda i: i != index))
    _, known = grown(leaves)
    proof = [merkle.span_root(step.span, known) for step in merkle.inclusion_steps(index, len(leaves))]
    assert proof == path(index, leaves)

    claim: dict[str, Any] = {
        "leaf": merkle.leaf_hash(leaves[index]), "index": index, "size": len(leaves), "path": proof,
        "root": mth(leaves),
    }  # fmt: skip
    assert merkle.verify_inclusion(**claim)
    forgeries: list[dict[str, Any]] = [
        {"index": other},
        {"leaf": merkle.leaf_hash(b"another")},
        {"root": merkle.EMPTY_ROOT},
        {"path": [*proof, merkle.EMPTY_ROOT]},
        {"size": 0},
    ]
    if proof:
        step = data.draw(st.integers(0, len(proof) - 1))
        forgeries += [{"path": proof[:step] + proof[step + 1 :]}, {"path": proof[:-1]}]
        forgeries += [{"path": [*proof[:step], merkle.EMPTY_ROOT, *proof[step + 1 :]]}]
    for forgery in forgeries:
        assert not merkle.verify_inclusion(**claim | forgery), forgery


@given(some_leaves, st.data())
def test_a_consistency_proof_is_the_rfc_s_and_proves_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    new = len(leaves)
    old = data.draw(st.integers(1, new))
    _, known = grown(leaves)
    proof = [merkle.span_root(step.span, known) for step in merkle.consistency_steps(old, new)]
    assert proof == subproof(old, leaves, True)

    claim: dict[str, Any] = {
        "old": old,
        "new": new,
        "old_root": mth(leaves[:old]),
        "new_root": mth(leaves),
        "path": proof,
    }
    assert merkle.verify_consistency(**claim)
    rewritten = [b"rewritten", *leaves[1:]]
    forgeries: list[dict[str, Any]] = [
        {"old_root": mth(rewritten[:old])},
        {"new_root": mth(rewritten)},
        {"path": [*proof, merkle.EMPTY_ROOT]},
        {"old": 0},
        {"old": new + 1},
    ]
    if proof:
        step = data.draw(st.integers(0, len(proof) - 1))
        forgeries += [{"path": [*proof[:step], merkle.EMPTY_ROOT, *proof[step + 1 :]]}, {"path": []}]
    for forgery in forgeries:
        assert not merkle.verify_consistency(**claim | forgery), forgery
