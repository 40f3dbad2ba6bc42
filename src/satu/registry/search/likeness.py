"""How likely it is that somebody who means one word types another. Every weight of the ranking stands here.

A cost is a negative logarithm of a likelihood, as in a noisy channel: costs of separate slips add up, and the name
with the least sum ranks first. The weights are rough guesses of how often a slip is made and in how many ways it
could have been made (one spelling among five; one edit among hundreds), not fitted to a list of pairs.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from satu.registry.search.spelling import skeleton

APOSTROPHE = 0.4
"""*Jafar* and *Ja'far*."""
SAME_SOUND = 2.6
"""Another spelling of the same sound, and a little for each letter that differs."""
EACH_LETTER = 0.25
INNER_VOWEL = 4.5
EDIT = 6.0
EDIT_OF_SHORT, EDIT_OF_TWO_LETTERS = 7.5, 8.5
FINAL_VOWEL = 9.0
"""*Yanto* and *Yanti*, *Dewi* and *Dewa*: the last vowel makes another person, mostly of the other sex."""
TWO_EDITS = 9.5
COMPLETION = 1.9
"""The last word is still being typed, and a little for each letter to come. Likelier than words turned round."""
EACH_LETTER_TO_COME = 0.05
SOUND_COMPLETION = 6.2
SHORT_FORM = 2.5
INITIAL = 3.0
INITIAL_IN_REGISTER = 8.0
"""The register has a letter where a word was typed: hundreds of words begin with it."""
UNLISTED_SHORT_FORM = 4.5

UNMATCHED = 13.0
"""A typed word that the name does not have."""
UNMATCHED_TITLE = 0.5
UNMATCHED_TITLE_LETTER = 2.2
"""*H.* or *R.* in front: a title, but perhaps an initial."""
UNMATCHED_LATE_TITLE = 5.0
"""What could be a title, but stands after a name: more probably an initial, or a word that is still being typed."""
UNMATCHED_INITIAL = 6.0
SWAPPED = 2.5
JOINED_OR_SPLIT = 2.6
MISSING_FIRST, MISSING_MIDDLE, MISSING_LAST, MISSING_TITLE = 4.2, 2.4, 4.5, 0.8
OTHER_YEAR = 12.0

WORST = UNMATCHED + TWO_EDITS
"""A name dearer than this is not shown."""

_SHORT = 3
_FAR = 4
_LONG_ENOUGH_FOR_TWO_EDITS = 6
_VOWELS = frozenset("aeiou")


def costs(
    typed: str, typed_readings: Sequence[str], words: Sequence[str], readings: Sequence[Sequence[str]]
) -> npt.NDArray[np.float32]:
    """The cost of typing ``typed`` for each of the words; ``UNMATCHED`` where they are too far apart."""
    letters_apart = cdist([typed], words, scorer=OSA.distance, score_cutoff=_FAR, dtype=np.uint8)[0]
    flat = [reading for several in readings for reading in several]
    starts = np.cumsum([0, *map(len, readings)])[:-1]
    spoken = cdist(typed_readings, flat, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8).min(axis=0)
    spoken_apart = np.minimum.reduceat(spoken, starts)
    apart = np.minimum(letters_apart, spoken_apart)
    found = np.full(len(words), UNMATCHED, np.float32)
    if len(typed) >= _LONG_ENOUGH_FOR_TWO_EDITS:
        long_enough = np.fromiter(map(len, words), np.int64) >= _LONG_ENOUGH_FOR_TWO_EDITS
        found[(apart == 2) & long_enough] = TWO_EDITS  # noqa: PLR2004 - two edits
    same_sound = (spoken_apart == 0) & (letters_apart <= _FAR)
    found[same_sound] = SAME_SOUND + EACH_LETTER * letters_apart[same_sound]
    for place in np.flatnonzero((apart <= 1) & (spoken_apart > 0)).tolist():
        found[place] = _one_edit(typed, typed_readings, words[place], readings[place])
    if "'" in typed or any("'" in word for word in words):
        bare = typed.replace("'", "")
        found[[word.replace("'", "") == bare for word in words]] = APOSTROPHE
    found[letters_apart == 0] = 0.0
    return found


def _one_edit(typed: str, typed_readings: Sequence[str], word: str, word_readings: Sequence[str]) -> float:
    """The cost when one letter or sound is missing, too many, changed, or turned round with its neighbour."""
    length = min(len(typed), len(word))
    if length < _SHORT:
        return EDIT_OF_TWO_LETTERS if length == _SHORT - 1 else UNMATCHED
    apart, ours, theirs = min((OSA.distance(a, b), a, b) for a in typed_readings for b in word_readings)
    if _last_vowel_changed(typed, word) or _last_vowel_changed(ours, theirs):
        return FINAL_VOWEL
    if apart == 1 and skeleton(ours) == skeleton(theirs):
        return INNER_VOWEL
    return EDIT_OF_SHORT if length == _SHORT else EDIT


def _last_vowel_changed(a: str, b: str) -> bool:
    return a[-1] != b[-1] and a[-1] in _VOWELS and b[-1] in _VOWELS and a[:-1] == b[:-1]
