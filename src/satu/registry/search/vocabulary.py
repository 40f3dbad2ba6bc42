"""The distinct words of all names, and which of them a typed word may stand for."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain, combinations
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from satu.registry.search import likeness
from satu.registry.search.spelling import TypedWord, readings, short_forms

Int32 = npt.NDArray[np.int32]
Costs = npt.NDArray[np.float32]

_TWO_DELETIONS_FROM = 6
_SHORT_FORM_LENGTH = 4
_LONG_ENOUGH_TO_BE_WRONG = 4
_AFTER_EVERY_LETTER = "{"


def _shortened(text: str, deletions: int) -> Iterator[str]:
    """The text, and what is left of it after up to so many letters are taken away."""
    yield text
    for gone in range(1, min(deletions, len(text) - 1) + 1):
        for places in combinations(range(len(text)), gone):
            left, start = "", 0
            for place in places:
                left += text[start:place]
                start = place + 1
            yield left + text[start:]


def _hashes(word: str, sounds: Iterable[str]) -> set[int]:
    """Two words within an edit or two of each other share one of these (a deletion neighbourhood, as in SymSpell)."""
    spoken = (_shortened(s, 2 if len(s) >= _TWO_DELETIONS_FROM else 1) for s in sounds)
    return {crc32(text.encode()) for text in chain(_shortened(word, 1), *spoken)}


@lru_cache(maxsize=5_000)
def _prepared(word: str) -> tuple[tuple[str, ...], npt.NDArray[np.uint32]]:
    """A word's readings and hashes. Kept, because the small index of changes is made again with each change."""
    sounds = readings(word)
    return sounds, np.fromiter(_hashes(word, sounds), dtype=np.uint32)


class Vocabulary:
    """Words are numbered in alphabetical order, so that a prefix is a range of numbers."""

    def __init__(
        self, words: list[str], sounds: list[tuple[str, ...]], hashes: npt.NDArray[np.uint32], hash_words: Int32
    ) -> None:
        self.words, self.sounds = words, sounds
        self.hashes, self.hash_words = hashes, hash_words
        self._lengths = np.fromiter(map(len, words), np.float32, len(words))
        self.number = {word: number for number, word in enumerate(words)}
        spoken = sorted((sound, number) for number, several in enumerate(sounds) for sound in several)
        self._spoken = [sound for sound, _ in spoken]
        self._spoken_words = np.array([number for _, number in spoken], dtype=np.int32)

    @classmethod
    def of(cls, words: Iterable[str]) -> "Vocabulary":
        ordered = sorted(words)
        prepared = [_prepared(word) for word in ordered]
        sounds, each = [sounds for sounds, _ in prepared], [hashes for _, hashes in prepared]
        hashes = np.concatenate([*each, np.empty(0, np.uint32)])
        numbers = np.repeat(np.arange(len(ordered), dtype=np.int32), [len(e) for e in each])
        order = np.argsort(hashes, kind="stable")
        return cls(ordered, sounds, hashes[order], numbers[order])

    def __len__(self) -> int:
        return len(self.words)

    def costs(self, typed: TypedWord, *, unfinished: bool) -> Costs:
        """For each word, the cost of ``typed`` standing for it; one more place at the end, for no word."""
        costs = np.full(len(self.words) + 1, likeness.UNMATCHED, dtype=np.float32)
        word = typed.word
        if len(word) == 1:
            self._lower(costs, self._beginning(word), likeness.INITIAL)
        else:
            self._like(costs, word)
            self._shortened_words(costs, typed)
        if word in short_forms().whole_word:
            self._stand_for(costs, short_forms().whole_word[word])
        if unfinished:
            self._completions(costs, word)
            if len(word) >= _LONG_ENOUGH_TO_BE_WRONG and costs.min() >= likeness.EDIT:
                self._misspelt_beginnings(costs, word)
        if (number := self.number.get(word)) is not None:
            costs[number] = 0.0
        return costs

    def _lower(self, costs: Costs, where: slice, cost: float) -> None:
        np.minimum(costs[where], cost, out=costs[where])

    def _beginning(self, prefix: str) -> slice:
        return slice(bisect_left(self.words, prefix), bisect_left(self.words, prefix + _AFTER_EVERY_LETTER))

    def _sounding_like_beginning(self, sound: str) -> Int32:
        low, high = bisect_left(self._spoken, sound), bisect_left(self._spoken, sound + _AFTER_EVERY_LETTER)
        return self._spoken_words[low:high]

    def sounds_known(self, sounds: tuple[str, ...]) -> bool:
        """Whether some word has one of these readings."""
        places = ((bisect_left(self._spoken, sound), sound) for sound in sounds)
        return any(place < len(self._spoken) and self._spoken[place] == sound for place, sound in places)

    def _near(self, word: str, sounds: tuple[str, ...]) -> list[int]:
        """Words that may be an edit or two away, in writing or in sound."""
        wanted = np.fromiter(_hashes(word, sounds), dtype=np.uint32)
        low = np.searchsorted(self.hashes, wanted, side="left").tolist()
        high = np.searchsorted(self.hashes, wanted, side="right").tolist()
        ranges = [self.hash_words[i:j] for i, j in zip(low, high, strict=True) if j > i]
        return list(set(np.concatenate(ranges).tolist())) if ranges else []

    def _like(self, costs: Costs, word: str) -> None:
        """Other spellings and slips."""
        sounds = readings(word)
        if numbers := self._near(word, sounds):
            near = likeness.costs(word, sounds, [self.words[n] for n in numbers], [self.sounds[n] for n in numbers])
            costs[numbers] = np.minimum(costs[numbers], near)

    def _shortened_words(self, costs: Costs, typed: TypedWord) -> None:
        """Short forms on either side: the register's initials and short forms, and what was typed short."""
        word = typed.word
        if (initial := self.number.get(word[0])) is not None:
            costs[initial] = min(costs[initial], likeness.INITIAL_IN_REGISTER)
        for short in _short_forms_of(readings(word)):
            if (number := self.number.get(short)) is not None:
                costs[number] = min(costs[number], likeness.SHORT_FORM)
        if typed.dotted:
            self._lower(costs, self._beginning(word), likeness.INITIAL)
            for sound in readings(word):
                numbers = self._sounding_like_beginning(sound)
                costs[numbers] = np.minimum(costs[numbers], likeness.UNLISTED_SHORT_FORM)
        elif len(word) <= _SHORT_FORM_LENGTH:
            self._lower(costs, self._beginning(word), likeness.UNLISTED_SHORT_FORM)

    def _stand_for(self, costs: Costs, whole: str) -> None:
        """Every spelling of the word that a short form stands for."""
        for sound in readings(whole):
            low, high = bisect_left(self._spoken, sound), bisect_left(self._spoken, sound + " ")
            numbers = self._spoken_words[low:high]
            costs[numbers] = np.minimum(costs[numbers], likeness.SHORT_FORM)

    def _completions(self, costs: Costs, word: str) -> None:
        where = self._beginning(word)
        to_come = self._lengths[where] - len(word)
        cost = likeness.COMPLETION + likeness.EACH_LETTER_TO_COME * np.minimum(to_come, 10)
        np.minimum(costs[where], cost, out=costs[where])
        for sound in readings(word):
            if len(sound) > 1:
                numbers = self._sounding_like_beginning(sound)
                costs[numbers] = np.minimum(costs[numbers], likeness.SOUND_COMPLETION)

    def _misspelt_beginnings(self, costs: Costs, word: str) -> None:
        """Words whose beginning is one edit away; of those with the same first letter only, for they are many."""
        where = self._beginning(word[0])
        beginnings = [candidate[: len(word)] for candidate in self.words[where]]
        near = cdist([word], beginnings, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)[0] == 1
        costs[where][near] = np.minimum(costs[where][near], likeness.EDIT + likeness.COMPLETION)


def _short_forms_of(sounds: tuple[str, ...]) -> list[str]:
    by_sound = _short_forms_by_sound()
    return [short for sound in sounds for short in by_sound.get(sound, ())]


@cache
def _short_forms_by_sound() -> dict[str, list[str]]:
    by_sound: dict[str, list[str]] = {}
    for short, whole in short_forms().whole_word.items():
        for sound in readings(whole):
            by_sound.setdefault(sound, []).append(short)
    return by_sound
