"""How alike a typed word and a word of a service are: endings, abbreviations and typing errors of both languages."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import OSA

_PREFIXES = ("meng", "meny", "mem", "men", "me", "peng", "peny", "pem", "pen", "per", "pe",
             "ber", "be", "ter", "di", "ke")  # fmt: skip
_SUFFIXES = ("annya", "nya", "kan", "an", "i")
_ENGLISH = ("ing", "ed", "es", "s", "e")
_VOWELS = re.compile(r"[aeiou]")
_ROOT, _ENGLISH_ROOT = 4, 3
#: From how many letters on a word may have one typing error, and two; below, the first letter has to be right.
_ONE_ERROR, _TWO_ERRORS, _FIRST_LETTER = 4, 8, 5
BEGINNING = 3
_LONGEST, _MOST = 30, 14

EXACT, SAME_ROOT, BEGUN, ONE_ERROR, SHORTENED, TWO_ERRORS = 1.0, 0.95, 0.9, 0.85, 0.8, 0.75


def words(text: str) -> list[str]:
    """The words of a text, small and without accents; of an endless text, the first few."""
    plain = unicodedata.normalize("NFKD", text[:400].casefold())
    return [word[:_LONGEST] for word in re.findall(r"[a-z0-9]+", plain)][:_MOST]


@lru_cache(maxsize=4096)
def root(word: str) -> str:
    """What is left of a word without its endings: *melahirkan* and *kelahiran* are both *lahir*."""
    return _english(_indonesian(word))


def likeness(word: str, other: str, *, typing: bool = False) -> float:
    """From 0 to 1. A word that is still being typed is also met by what it begins."""
    if word == other:
        return EXACT
    if root(word) == root(other):
        return SAME_ROOT
    if typing and len(word) >= BEGINNING and other.startswith(word):
        return BEGUN
    return _mistyped(word, other)


def apart(word: str, known: frozenset[str]) -> list[str]:
    """Two words that were written as one: *pindahrumah*."""
    if word in known:
        return [word]
    places = range(BEGINNING, len(word) - BEGINNING + 1)
    two = next(((word[:at], word[at:]) for at in places if word[:at] in known and word[at:] in known), None)
    return list(two) if two else [word]


def is_nearly(word: str, known: frozenset[str]) -> bool:
    """Whether a word stands among the known ones, perhaps with one typing error in it."""
    return word in known or any(len(one) >= _FIRST_LETTER and _mistyped(word, one) == ONE_ERROR for one in known)


def _mistyped(word: str, other: str) -> float:
    length = min(len(word), len(other))
    errors = OSA.distance(word, other, score_cutoff=2)
    if errors == 1 and length >= _ONE_ERROR and (length >= _FIRST_LETTER or word[0] == other[0]):
        return ONE_ERROR
    if errors <= 2 and length >= _TWO_ERRORS:  # noqa: PLR2004
        return TWO_ERRORS
    # "blm" for "belum", "rmh" for "rumah": how people write on a telephone.
    if len(word) >= BEGINNING and not _VOWELS.search(word) and word == _VOWELS.sub("", other):
        return SHORTENED
    return 0.0


def _indonesian(word: str) -> str:
    for ending in _SUFFIXES:
        if word.endswith(ending) and len(word) - len(ending) >= _ROOT:
            word = word.removesuffix(ending)
            break
    for beginning in _PREFIXES:
        if word.startswith(beginning) and len(word) - len(beginning) >= _ROOT:
            return word.removeprefix(beginning)
    return word


def _english(word: str) -> str:
    for ending in _ENGLISH:
        if word.endswith(ending) and len(word) - len(ending) >= _ENGLISH_ROOT:
            return word.removesuffix(ending)
    return word
