"""From typed words to residents, best first."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise, takewhile

import numpy as np
import numpy.typing as npt

from satu.registry.search import likeness
from satu.registry.search.index import Index
from satu.registry.search.spelling import TypedWord, readings, short_forms
from satu.registry.search.vocabulary import Costs, Int32

_FEW = 4_000
_DRIVEN_NAMES = 150_000
_SCORED_NAMES = 500
_GOOD = 8.0
_SHOWN_OF_A_CROWD = 1
_SHOWN_OF_AN_EXACT_CROWD = 5
_MOST_WORDS = 8
_SHORTEST_PART = 3
_MOST_SPLITS = 2
_LONGEST_UNSURE_DEGREE = 2

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


@dataclass(frozen=True, slots=True)
class _Word:
    """A typed word and the cost of each word of the vocabulary for it."""

    typed: TypedWord
    costs: Costs
    unmatched: float

    @property
    def may_be_missing(self) -> bool:
        return self.unmatched < likeness.UNMATCHED_INITIAL


def search(index: Index, wanted: Wanted, *, limit: int, without: AbstractSet[int] = frozenset()) -> list[Match]:
    """The best ``limit`` residents but those ``without``. How names become people: see ``_shown``."""
    if not len(index) or not wanted.words:
        return []
    titles = len(list(takewhile(lambda typed: typed.word in short_forms().titles, wanted.words)))
    words = [
        _word(index, typed, first=place <= titles, unfinished=wanted.unfinished and place == len(wanted.words) - 1)
        for place, typed in enumerate(wanted.words[:_MOST_WORDS])
    ]
    names, costs = _ranked(index, wanted, words)
    for other in _read_otherwise(index, words):
        more_names, more_costs = _ranked(index, wanted, other)
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


def _word(index: Index, typed: TypedWord, *, first: bool, unfinished: bool) -> _Word:
    return _Word(typed, index.vocabulary.costs(typed, unfinished=unfinished), _unmatched(typed, first=first))


def _unmatched(typed: TypedWord, *, first: bool) -> float:
    """The cost of a typed word that the name does not have."""
    word = typed.word
    if word in short_forms().titles and first:
        return likeness.UNMATCHED_TITLE if len(word) > 1 else likeness.UNMATCHED_TITLE_LETTER
    if word in short_forms().degrees and not first and (typed.dotted or len(word) > _LONGEST_UNSURE_DEGREE):
        return likeness.UNMATCHED_TITLE
    if short_forms().adorns(word):
        return likeness.UNMATCHED_LATE_TITLE
    return likeness.UNMATCHED_INITIAL if len(word) == 1 else likeness.UNMATCHED


def _read_otherwise(index: Index, words: list[_Word]) -> Iterator[list[_Word]]:
    """Two words written as one, and one as two: *Nur Aini*, *Nuraini*."""
    for place, (first, second) in enumerate(pairwise(words)):
        joined = TypedWord(first.typed.word + second.typed.word)
        if len(first.typed.word) > 1 and len(second.typed.word) > 1 and _known(index, joined.word):
            last = place == len(words) - 2
            yield [*words[:place], _word(index, joined, first=False, unfinished=last), *words[place + 2 :]]
    for place, word in enumerate(words):
        for left, right in _splits(index, word.typed.word):
            parts = [_word(index, TypedWord(part), first=False, unfinished=False) for part in (left, right)]
            yield [*words[:place], *parts, *words[place + 1 :]]


def _known(index: Index, word: str) -> bool:
    return word in index.vocabulary.number or index.vocabulary.sounds_known(readings(word))


def _splits(index: Index, word: str) -> list[tuple[str, str]]:
    number, start = index.vocabulary.number, index.posting_start
    found = []
    for place in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        left, right = word[:place], word[place:]
        if left in number and right in number:
            names = min(start[number[w] + 1] - start[number[w]] for w in (left, right))
            found.append((int(names), left, right))
    return [(left, right) for _, left, right in sorted(found, reverse=True)[:_MOST_SPLITS]]


def _ranked(index: Index, wanted: Wanted, words: list[_Word]) -> tuple[Int32, Float32]:
    """The names that fit best, with their costs.

    A name is reached through the rarest typed word; a name without that word costs at least ``UNMATCHED``, so the
    next rarest is tried only when the first gave nothing good.
    """
    drivers = sorted((w for w in words if not w.may_be_missing), key=lambda w: _reach(index, w)) or words[:1]
    all_names, all_costs = np.empty(0, np.int32), np.empty(0, np.float32)
    for driver in drivers[:2]:
        names = np.setdiff1d(_names_with(index, driver), all_names, assume_unique=True)
        if wanted.filtered:
            names = _with_holders(index, wanted, names)
        names, costs = _scored(index, words, names)
        all_names, all_costs = np.concatenate((all_names, names)), np.concatenate((all_costs, costs))
        if len(all_costs) and all_costs.min() < _GOOD:
            break
    return all_names, all_costs


def _reach(index: Index, word: _Word) -> int:
    hit = np.flatnonzero(word.costs[:-1] < likeness.UNMATCHED)
    return int((index.posting_start[hit + 1] - index.posting_start[hit]).sum())


def _names_with(index: Index, word: _Word) -> Int32:
    """The names that have a word which ``word`` may stand for; the cheapest first when there are too many."""
    hit = np.flatnonzero(word.costs[:-1] < likeness.UNMATCHED)
    sizes = index.posting_start[hit + 1] - index.posting_start[hit]
    if sizes.sum() > _DRIVEN_NAMES:
        by_cost = np.argsort(word.costs[hit], kind="stable")
        enough = int(np.searchsorted(np.cumsum(sizes[by_cost]), _DRIVEN_NAMES)) + 1
        hit = np.sort(hit[by_cost[:enough]])
    slices = [index.postings[index.posting_start[n] : index.posting_start[n + 1]] for n in hit.tolist()]
    return _each_once(np.concatenate(slices), len(index)) if slices else np.empty(0, np.int32)


def _each_once(names: Int32, largest: int) -> Int32:
    """Sorted and each once; for many names faster than ``numpy.unique``."""
    if len(names) < _FEW:
        ordered = np.sort(names)
        return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
    present = np.zeros(largest, bool)
    present[names] = True
    return np.flatnonzero(present).astype(np.int32)


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


def _scored(index: Index, words: list[_Word], names: Int32) -> tuple[Int32, Float32]:
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


def _exact(index: Index, words: list[_Word], table: Float32, names: Int32) -> Float32:
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
