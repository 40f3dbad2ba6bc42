"""How likely it is that somebody who means one word types another. Every weight of the ranking stands here.

A cost is a negative logarithm of a likelihood, as in a noisy channel: costs of separate slips add up, and the name
with the least sum ranks first. The weights are rough guesses of how often a slip is made and in how many ways it
could have been made (one spelling among five; one edit among hundreds), not fitted to a list of pairs.
"""

from rapidfuzz.distance import OSA

from satu.registry.search.spelling import skeleton

SAME_SOUND = 2.6
"""Another spelling of the same sound, and a little for each letter that differs."""
EACH_LETTER = 0.25
INNER_VOWEL = 4.5
EDIT = 6.0
EDIT_OF_SHORT = 7.5
FINAL_VOWEL = 9.0
"""*Yanto* and *Yanti*, *Dewi* and *Dewa*: the last vowel makes another person, mostly of the other sex."""
TWO_EDITS = 10.5
COMPLETION = 3.2
"""The last word is still being typed, and a little for each letter to come. Dearer than another spelling."""
EACH_LETTER_TO_COME = 0.1
SOUND_COMPLETION = 5.0
SHORT_FORM = 2.5
INITIAL = 3.0
INITIAL_IN_REGISTER = 6.0
"""The register has a letter where a word was typed: hundreds of words begin with it."""
UNLISTED_SHORT_FORM = 4.5

UNMATCHED = 13.0
"""A typed word that the name does not have."""
UNMATCHED_TITLE = 0.5
UNMATCHED_INITIAL = 6.0
UNMATCHED_LATE_TITLE = 3.5
"""*R.* or *H.* after a name: a title as in front, but more probably an initial."""
SWAPPED = 2.5
JOINED_OR_SPLIT = 2.6
MISSING_FIRST, MISSING_MIDDLE, MISSING_LAST, MISSING_TITLE = 4.2, 2.4, 4.5, 0.3
OTHER_YEAR = 12.0

WORST = UNMATCHED + TWO_EDITS
"""A name dearer than this is not shown."""

_SHORT = 3
_LONG_ENOUGH_FOR_TWO_EDITS = 6
_VOWELS = frozenset("aeiou")


def cost(typed: str, typed_readings: tuple[str, ...], word: str, word_readings: tuple[str, ...]) -> float:
    """The cost of typing ``typed`` for ``word``; ``UNMATCHED`` when they are too far apart."""
    if typed == word:
        return 0.0
    letters_apart = OSA.distance(typed, word, score_cutoff=4)
    spoken_apart, ours, theirs = min(
        (OSA.distance(a, b, score_cutoff=2), a, b) for a in typed_readings for b in word_readings
    )
    if spoken_apart == 0:
        return SAME_SOUND + EACH_LETTER * letters_apart
    length = min(len(typed), len(word))
    if min(letters_apart, spoken_apart) == 1 and length >= _SHORT:
        if _last_vowel_changed(typed, word) or _last_vowel_changed(ours, theirs):
            return FINAL_VOWEL
        if spoken_apart == 1 and skeleton(ours) == skeleton(theirs):
            return INNER_VOWEL
        return EDIT_OF_SHORT if length == _SHORT else EDIT
    two_edits = min(letters_apart, spoken_apart) == 2 and length >= _LONG_ENOUGH_FOR_TWO_EDITS  # noqa: PLR2004
    return TWO_EDITS if two_edits else UNMATCHED


def _last_vowel_changed(a: str, b: str) -> bool:
    return a[-1] != b[-1] and a[-1] in _VOWELS and b[-1] in _VOWELS and a[:-1] == b[:-1]
