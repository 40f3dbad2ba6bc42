"""All names of the city in compact arrays: which name has which words, and who holds it."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from satu.registry.search.spelling import short_forms, words
from satu.registry.search.vocabulary import Int32, Vocabulary

Int64 = npt.NDArray[np.int64]
Int16 = npt.NDArray[np.int16]
UInt8 = npt.NDArray[np.uint8]

_MOST_WORDS = 12
_DAYS_IN_THE_NUMBER = 10_000


class Entry(NamedTuple):
    """One resident. ``birth`` is the number ``yyyymmdd``; ``kelurahan`` a code, empty when there is none."""

    resident_id: int
    birth: int
    kelurahan: str
    name: str


@dataclass(frozen=True)
class Index:
    """Names are numbered so that those with more words come first; holders are ordered by their name's number.

    ``columns[c]`` is the word at place ``c`` of each name that has so many. ``postings`` lists, for each word, the
    names that have it. Nothing here is changed after it is made.
    """

    vocabulary: Vocabulary
    columns: list[Int32]
    plain_words: UInt8
    posting_start: Int64
    postings: Int32
    holder_start: Int32
    resident_ids: Int64
    births: Int32
    kelurahans: Int16
    kelurahan_codes: list[str]
    titles: npt.NDArray[np.bool_]

    @property
    def years(self) -> Int32:
        return self.births // _DAYS_IN_THE_NUMBER

    def __len__(self) -> int:
        return len(self.holder_start) - 1


class IndexBuilder:
    """Takes residents one by one and makes an ``Index``. Two million take some 6 s and half a GiB."""

    def __init__(self) -> None:
        self._by_text: dict[str, int] = {}
        self._by_words: dict[tuple[int, ...], int] = {}
        self._word_numbers: dict[str, int] = {}
        self._kelurahans: dict[str, int] = {}
        self._ids, self._births = array("q"), array("i")
        self._places, self._names = array("h"), array("i")

    def add(self, resident_id: int, birth: int, kelurahan: str, name: str) -> None:
        number = self._by_text.get(name)
        if number is None:
            number = self._by_text[name] = self._name_number(name)
        self._names.append(number)
        self._ids.append(resident_id)
        self._births.append(birth)
        self._places.append(self._kelurahans.setdefault(kelurahan, len(self._kelurahans)))

    def add_all(self, entries: Iterable[Entry]) -> "IndexBuilder":
        for entry in entries:
            self.add(*entry)
        return self

    def _name_number(self, name: str) -> int:
        numbers = self._word_numbers
        key = tuple([numbers.setdefault(word, len(numbers)) for word in words(name)[:_MOST_WORDS]])
        return self._by_words.setdefault(key, len(self._by_words))

    def build(self) -> Index:
        """Call once: the builder forgets as it builds, to save memory."""
        self._by_text.clear()
        vocabulary = Vocabulary.of(self._word_numbers)
        renumber = np.zeros(len(self._word_numbers), dtype=np.int32)
        for word, old in self._word_numbers.items():
            renumber[old] = vocabulary.number[word]
        lengths = np.fromiter(map(len, self._by_words), np.int64, len(self._by_words))
        flat = renumber[np.fromiter((w for key in self._by_words for w in key), np.int32, int(lengths.sum()))]
        self._by_words.clear()
        return self._arranged(vocabulary, lengths, flat)

    def _arranged(self, vocabulary: Vocabulary, lengths: Int64, flat: Int32) -> Index:
        starts = np.concatenate(([0], np.cumsum(lengths)))
        order = np.argsort(-lengths, kind="stable")
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        longest = int(lengths.max(initial=0))
        columns = [flat[starts[order[lengths[order] > c]] + c] for c in range(longest)]
        titles = np.array([short_forms().adorns(w) for w in vocabulary.words] + [False])
        plain = np.zeros(len(order), np.uint8)
        for column in columns:
            plain[: len(column)] += ~titles[column]
        posting_start, postings = _postings(columns, len(vocabulary))
        names = place[np.frombuffer(self._names, np.int32)] if len(self._names) else np.empty(0, np.int32)
        by_name = np.argsort(names, kind="stable")
        holder_start = np.searchsorted(names[by_name], np.arange(len(order) + 1)).astype(np.int32)
        return Index(
            vocabulary=vocabulary,
            columns=columns,
            plain_words=plain,
            posting_start=posting_start,
            postings=postings,
            holder_start=holder_start,
            resident_ids=np.array(self._ids, np.int64)[by_name],
            births=np.array(self._births, np.int32)[by_name],
            kelurahans=np.array(self._places, np.int16)[by_name],
            kelurahan_codes=list(self._kelurahans),
            titles=titles,
        )


def _postings(columns: list[Int32], n_words: int) -> tuple[Int64, Int32]:
    if not columns:
        return np.zeros(n_words + 1, np.int64), np.empty(0, np.int32)
    all_words = np.concatenate(columns)
    names = np.concatenate([np.arange(len(column), dtype=np.int32) for column in columns])
    by_word = np.lexsort((names, all_words))
    start = np.concatenate(([0], np.cumsum(np.bincount(all_words, minlength=n_words))))
    return start.astype(np.int64), names[by_word]
