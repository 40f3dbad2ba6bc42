"""Typed words, each with what it may stand for in this index; and the other ways to divide them into words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

import numpy as np
import numpy.typing as npt

from satu.registry.search import likeness
from satu.registry.search.index import Index
from satu.registry.search.spelling import TypedWord, readings, short_forms
from satu.registry.search.vocabulary import Costs

_SHORTEST_PART = 3
_MOST_SPLITS = 2
_LONGEST_UNSURE_DEGREE = 2


@dataclass(frozen=True, slots=True)
class SoughtWord:
    """A typed word: the cost of each word of the vocabulary for it, and of a name that has none of them.

    ``hits`` are the words it may stand for, ``reach`` how many times names have one of them.
    """

    typed: TypedWord
    costs: Costs
    unmatched: float
    hits: npt.NDArray[np.int64]
    reach: int

    @property
    def may_be_missing(self) -> bool:
        return self.unmatched < likeness.UNMATCHED_INITIAL


def sought(index: Index, typed: Sequence[TypedWord], *, unfinished: bool) -> list[SoughtWord]:
    """``unfinished``: the last word is still being typed."""
    titles = len(list(takewhile(lambda word: word.word in short_forms().titles, typed)))
    return [
        _word(index, word, first=place <= titles, unfinished=unfinished and place == len(typed) - 1)
        for place, word in enumerate(typed)
    ]


def read_otherwise(index: Index, words: list[SoughtWord]) -> Iterator[list[SoughtWord]]:
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


def _word(index: Index, typed: TypedWord, *, first: bool, unfinished: bool) -> SoughtWord:
    costs = index.vocabulary.costs(typed, unfinished=unfinished)
    hits = np.flatnonzero(costs[:-1] < likeness.UNMATCHED)
    reach = int((index.posting_start[hits + 1] - index.posting_start[hits]).sum())
    return SoughtWord(typed, costs, _unmatched(typed, first=first), hits, reach)


def _unmatched(typed: TypedWord, *, first: bool) -> float:
    """The cost of a typed word that the name does not have."""
    word = typed.word
    if word in short_forms().titles and first:
        return likeness.UNMATCHED_TITLE if len(word) > 1 else likeness.UNMATCHED_TITLE_LETTER
    if not first and _is_surely_a_degree(typed):
        return likeness.UNMATCHED_TITLE
    if short_forms().adorns(word):
        return likeness.UNMATCHED_LATE_TITLE
    return likeness.UNMATCHED_INITIAL if len(word) == 1 else likeness.UNMATCHED


def _is_surely_a_degree(typed: TypedWord) -> bool:
    forms, word = short_forms(), typed.word
    if word not in forms.degrees or word in forms.whole_word:
        return False
    return typed.dotted or len(word) > _LONGEST_UNSURE_DEGREE


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
