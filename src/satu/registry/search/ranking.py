"""From typed words to residents, best first."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satu.registry.search import likeness
from satu.registry.search.index import Index
from satu.registry.search.sought import SoughtWord, read_otherwise, sought
from satu.registry.search.spelling import TypedWord
from satu.registry.search.vocabulary import Int32

_FEW, _MANY = 4_000, 8_000
_DRIVEN_NAMES = 400_000
_SCORED_NAMES = 500
_GOOD = 12.0
_SHOWN_OF_A_CROWD = 1
_SHOWN_OF_AN_EXACT_CROWD = 5
_MOST_WORDS = 8

Float32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. ``born_from`` and ``born_until`` are numbers ``yyyymmdd``, both included."""

    words: tuple[TypedWord, ...]
    unfinished: bool = True
    born_from: int = 0
    born_until: int = 99_999_999
    kelurahan: str | None = None

    @property
    def filtered(self) -> bool:
        return self.born_from > 0 or self.kelurahan is not None


@dataclass(frozen=True, slots=True, order=True)
class Match:
    cost: float
    resident_id: int


def search(index: Index, wanted: Wanted, *, limit: int, without: AbstractSet[int] = frozenset()) -> list[Match]:
    """The best ``limit`` residents but those ``without``. How names become people: see ``_shown``."""
    if not len(index) or not wanted.words:
        return []
    words = sought(index, wanted.words[:_MOST_WORDS], unfinished=wanted.unfinished)
    names, costs = _ranked(index, wanted, words, thorough=True)
    for other in read_otherwise(index, words):
        more_names, more_costs = _ranked(index, wanted, other, thorough=False)
        names = np.concatenate((names, more_names))
        costs = np.concatenate((costs, more_costs + likeness.JOINED_OR_SPLIT))
    matches: list[Match] = []
    for people, cost in _holders(index, wanted, names, costs):
        others = [resident_id for resident_id in people if resident_id not in without]
        matches += [Match(cost, resident_id) for resident_id in others[: _shown(len(others), cost, limit)]]
        if len(matches) >= limit:
            break
    return matches[:limit]


def _shown(people: int, cost: float, limit: int) -> int:
    """How many of a name's people have a place on the list.

    Of a name that more people hold than the list has room for, some only: the list cannot hold the right one for sure
    anyway (a birth year or a kelurahan will), and a rarer name further down may be the right one.
    """
    if people <= limit:
        return people
    return _SHOWN_OF_A_CROWD if cost > 0 else _SHOWN_OF_AN_EXACT_CROWD


def _ranked(index: Index, wanted: Wanted, words: list[SoughtWord], *, thorough: bool) -> tuple[Int32, Float32]:
    """The names that fit best, with their costs. If not ``thorough``, a word that no name has is not forgiven."""
    found, costs = np.empty(0, np.int32), np.empty(0, np.float32)
    for names in _rounds(index, words):
        new = np.setdiff1d(names, found, assume_unique=True) if len(found) else names
        if wanted.filtered:
            new = _with_holders(index, wanted, new)
        new, new_costs = _scored(index, words, new)
        found, costs = np.concatenate((found, new)), np.concatenate((costs, new_costs))
        if not thorough or (len(costs) and costs.min() < _GOOD):
            break
    return found, costs


def _rounds(index: Index, words: list[SoughtWord]) -> Iterator[Int32]:
    """Sets of names to look through, until one has something good.

    A name without one of the words costs at least ``UNMATCHED`` more. So first the names that have all of them (worth
    the trouble when there are many), then all that have the rarest, then those that have the next rarest.
    """
    needed = sorted((w for w in words if not w.may_be_missing), key=lambda w: w.reach) or words[:1]
    rarest = _names_with(index, needed[0])
    if len(rarest) > _MANY:
        together = rarest
        for other in needed[1:]:
            if other.reach <= _DRIVEN_NAMES:
                together = together[_present(index, _names_with(index, other))[together]]
        if len(together) < len(rarest):
            yield together
    yield rarest
    if len(needed) > 1:
        yield _names_with(index, needed[1])


def _names_with(index: Index, word: SoughtWord) -> Int32:
    """The names that have a word which ``word`` may stand for; the cheapest words first when there are too many."""
    hit = word.hits
    if word.reach > _DRIVEN_NAMES:
        by_cost = np.argsort(word.costs[hit], kind="stable")
        reached = np.cumsum((index.posting_start[hit + 1] - index.posting_start[hit])[by_cost])
        hit = np.sort(hit[by_cost[: int(np.searchsorted(reached, _DRIVEN_NAMES)) + 1]])
    if not len(hit):
        return np.empty(0, np.int32)
    # Words that follow each other have their postings one after the other.
    breaks = np.flatnonzero(np.diff(hit) > 1)
    first, last = hit[np.concatenate(([0], breaks + 1))], hit[np.concatenate((breaks, [len(hit) - 1]))]
    begins, ends = index.posting_start[first].tolist(), index.posting_start[last + 1].tolist()
    postings = np.concatenate([index.postings[b:e] for b, e in zip(begins, ends, strict=True)])
    if len(postings) < _FEW:
        ordered = np.sort(postings)
        return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
    return np.flatnonzero(_present(index, postings)).astype(np.int32)


def _present(index: Index, names: Int32) -> Bools:
    present = np.zeros(len(index), bool)
    present[names] = True
    return present


def _spread(index: Index, names: Int32) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each holder of the names: which of the names (by place), and the holder's place."""
    starts = index.holder_start[names].astype(np.int64)
    counts = index.holder_start[names + 1] - starts
    which = np.repeat(np.arange(len(names)), counts)
    first = np.cumsum(counts) - counts
    return which, np.arange(len(which)) - first[which] + starts[which]


def _fits(index: Index, wanted: Wanted, holders: npt.NDArray[np.int64]) -> Bools:
    births = index.births[holders]
    fits = (births >= wanted.born_from) & (births <= wanted.born_until)
    if wanted.kelurahan is not None:
        codes = index.kelurahan_codes
        fits &= index.kelurahans[holders] == (codes.index(wanted.kelurahan) if wanted.kelurahan in codes else -1)
    return fits


def _with_holders(index: Index, wanted: Wanted, names: Int32) -> Int32:
    which, holders = _spread(index, names)
    fits = which[_fits(index, wanted, holders)]
    return names[fits[np.concatenate(([True], fits[1:] != fits[:-1]))]] if len(fits) else names[:0]


def _scored(index: Index, words: list[SoughtWord], names: Int32) -> tuple[Int32, Float32]:
    """Costs of the best names: first a lower bound for all, then the exact cost for the most promising."""
    if not len(names):
        return names, np.empty(0, np.float32)
    table = np.stack([w.costs for w in words], axis=1)
    least = np.tile(np.array([w.unmatched for w in words], np.float32), (len(names), 1))
    for column in index.columns:
        having = int(np.searchsorted(names, len(column)))
        if not having:
            break
        np.minimum(least[:having], table[column[names[:having]]], out=least[:having])
    bound = least.sum(axis=1)
    bound += likeness.MISSING_MIDDLE * np.maximum(index.plain_words[names].astype(np.float32) - len(words), 0)
    if len(names) > _SCORED_NAMES:
        best = np.sort(np.argpartition(bound, _SCORED_NAMES)[:_SCORED_NAMES])
        names = names[best]
    return names, _exact(index, words, table, names)


def _exact(index: Index, words: list[SoughtWord], table: Float32, names: Int32) -> Float32:
    """Each typed word takes one word of the name; left-over words and a changed order cost."""
    none = len(index.vocabulary)
    grid = np.full((len(names), max(len(index.columns), 1)), none, np.int32)
    for c, column in enumerate(index.columns):
        having = int(np.searchsorted(names, len(column)))
        grid[:having, c] = column[names[:having]]
    lengths = (grid != none).sum(axis=1)
    rows = np.arange(len(names))
    total = np.zeros(len(names), np.float32)
    taken = grid == none
    swapped = np.zeros(len(names), bool)
    before = np.full(len(names), -1)
    for i, word in enumerate(words):
        costs = np.where(taken, np.float32(99), table[grid, i])
        place = costs.argmin(axis=1)
        cost = costs[rows, place]
        matched = cost < word.unmatched
        total += np.where(matched, cost, np.float32(word.unmatched))
        taken[rows[matched], place[matched]] = True
        swapped |= matched & (place < before)
        before = np.where(matched, place, before)
    missing = np.full(grid.shape, np.float32(likeness.MISSING_MIDDLE))
    missing[:, 0] = likeness.MISSING_FIRST
    missing[rows, np.maximum(lengths - 1, 0)] = likeness.MISSING_LAST
    missing[index.titles[grid]] = likeness.MISSING_TITLE
    missing[taken] = 0
    total += missing.sum(axis=1)
    total[swapped] += likeness.SWAPPED
    return total


def _holders(index: Index, wanted: Wanted, names: Int32, costs: Float32) -> Iterator[tuple[list[int], float]]:
    """For each name, best first, the people who hold it and its cost."""
    seen: set[int] = set()
    for place in np.lexsort((names, costs)).tolist():
        name, cost = int(names[place]), float(costs[place])
        if cost > likeness.WORST:
            return
        if name not in seen:
            seen.add(name)
            holders = np.arange(index.holder_start[name], index.holder_start[name + 1])
            if wanted.filtered:
                holders = holders[_fits(index, wanted, holders)]
            yield index.resident_ids[holders].tolist(), cost
