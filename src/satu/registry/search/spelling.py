"""How Indonesian names are spelt, and which spellings sound alike. All spelling rules of the search stand here.

Sources: the fact sheet, 1.6 (old spelling of 1947 and before 1972, Arabic and Javanese sound classes, short forms).
Word lists (titles, degrees, short forms) are the city's data: ``cities/<city>/names/short-forms.yaml``.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from satu.kernel.city import the_city
from satu.kernel.citydata import read_city_file

_SCHEMA = Path(__file__).parent / "schemas" / "short-forms.schema.json"

LONGEST_WORD = 60
"""A name has at most 60 letters (Permendagri 73/2022); what is longer is cut."""

_APOSTROPHES = re.compile("[`'\u00b4\u2018\u2019\u02bc\u02bb]")
_WORD = re.compile(r"[a-z](?:[a-z']*[a-z])?\.?")

# Spellings that have one modern reading, in this order. ``J`` is a j that is certainly a j (from *dj*).
_OLD = (
    ("oe", "u"),
    ("oo", "u"),
    ("dj", "J"),
    ("tj", "c"),
    ("sj", "sy"),
    ("dz", "z"),
    ("ts", "s"),
    ("th", "t"),
    ("dh", "d"),
    ("ph", "f"),
    ("gh", "g"),
    ("bh", "b"),
    ("kh", "h"),
    ("ck", "k"),
    ("q", "k"),
    ("x", "ks"),
)

# Spellings that can be read in several ways; a word has one reading for each combination.
_AMBIGUOUS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"^ch(?=[^aeiouy])"), ("k", "h")),  # Christian, Kristian
    (re.compile(r"ch"), ("h", "c")),  # Rachman is Rahman; Cheng is Tjeng
    (re.compile(r"nj"), ("ny", "nj")),  # Njoman is Nyoman; Anjani is Anjani
    (re.compile(r"j"), ("j", "y")),  # Jaya is Jaya; Jusuf is Yusuf
    (re.compile(r"z"), ("j", "s")),  # Zainal, Jainal; Rizki, Riski
    (re.compile(r"o(?!$)"), ("a", "u")),  # Rohman, Rahman; Mohamad, Muhamad
)

# Sounds that are written in several ways, in this order. A final vowel is left alone: it marks the sex.
_SOUNDS = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"^abdul(?=[rsntdz])", "abdu"),  # Abdul Rahman, Abdurrahman
        (r"sy|sh", "s"),  # Syamsul, Samsul; Sholeh, Soleh
        (r"[fv]", "p"),  # Fitri, Pitri
        (r"oh$", "ah"),  # Fatimoh, Fatimah
        (r"(?<=[aeiou])h$", ""),  # Fatimah, Fatima
        (r"c(?=[^aeiouy]|$)", "k"),  # Eric, Erik
        (r"([^aeiou])\1+", r"\1"),  # Syafruddin, Syafrudin
        (r"(?<=[^aeiou])y(?=[^aeiou]|$)|(?<=[aou])y$", "i"),  # Rizky, Rizki; Oey, Oei
        (r"ie(?=[^aeiou]|$)", "i"),  # Fitrie, Liem
        (r"iy(?=[aeiou])|(?<=.)i(?=[aou])", "y"),  # Hariyanto, Harianto, Haryanto
        (r"uw(?=[aeiou])|(?<=.)u(?=[aei][^aeiou])", "w"),  # Suwandi, Suandi
        (r"a[ie]|ei|ay(?![aeiou])", "e"),  # Zainudin, Zaenudin; Husein, Husen
        (r"au|aw(?![aeiou])", "a"),  # Taufik, Topik
        (r"([aeiou])\1+", r"\1"),  # Kwee, Kwe
        (r"d$", "t"),  # Ahmad, Ahmat
        (r"b$", "p"),  # Yakub, Yakup
    )
)

_MOST_READINGS = 8


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word as somebody typed it. ``dotted`` says that a full stop followed: it is probably a short form."""

    word: str
    dotted: bool = False


@dataclass(frozen=True)
class ShortForms:
    """The city's titles, degrees and short forms."""

    titles: frozenset[str]
    degrees: frozenset[str]
    whole_word: dict[str, str]
    degree: re.Pattern[str]

    def adorns(self, word: str) -> bool:
        """Whether the word may stand beside a name without being part of it."""
        return word in self.titles or word in self.degrees


@cache
def short_forms() -> ShortForms:
    """Read once a process. Raises ``CityDataError``."""
    data = read_city_file(the_city().folder / "names" / "short-forms.yaml", _SCHEMA).data
    degrees: list[str] = sorted(data["degrees"], key=len, reverse=True)
    dotted = (r"\.\s?".join(map(re.escape, degree.split("."))) for degree in degrees if "." in degree)
    return ShortForms(
        titles=frozenset(data["titles"]),
        degrees=frozenset(degree.replace(".", "") for degree in degrees),
        whole_word=dict(data["short_forms"]),
        degree=re.compile(r"(?<![a-z])(?:" + "|".join(dotted) + r")(?![a-z])"),
    )


def letters(text: str) -> str:
    """Small Latin letters without accents, and one kind of apostrophe; whatever else there is, is left as it is."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
    return _APOSTROPHES.sub("'", text.lower())


def typed_words(text: str) -> list[TypedWord]:
    """The words of a name in the order written, degrees joined (``S.Pd.`` is ``spd``)."""
    text = letters(text)
    if "." in text:
        text = short_forms().degree.sub(lambda found: re.sub(r"[^a-z]", "", found[0]) + ". ", text)
    return [TypedWord(w[:LONGEST_WORD].rstrip("."), w.endswith(".")) for w in _WORD.findall(text)]


def words(name: str) -> list[str]:
    """The words of a name in the register."""
    if name.isascii() and name.replace(" ", "").isalpha():
        return name.lower().split()
    return [typed.word for typed in typed_words(name)]


def readings(word: str) -> tuple[str, ...]:
    """The ways a word may sound, most usual first; then its modern spelling.

    Two words that share one are spellings of one name. The modern spelling is there for slips within a sound of two
    letters: *Chailf* is near *Khalif*.
    """
    word = word.replace("'", "")
    for old, modern in _OLD:
        word = word.replace(old, modern)
    read = _read(word)
    spoken = list(dict.fromkeys(_spoken(way) for way in read))[:_MOST_READINGS]
    return tuple(dict.fromkeys([*spoken, read[0]]))


def _read(word: str) -> list[str]:
    chosen = [(pattern, ways) for pattern, ways in _AMBIGUOUS if pattern.search(word)]
    found = []
    for combination in product(*(ways for _, ways in chosen)):
        read = word
        for (pattern, _), way in zip(chosen, combination, strict=True):
            # Upper case keeps a decided letter from being decided again.
            read = pattern.sub(way.upper(), read)
        found.append(read.lower())
    return found


def _spoken(word: str) -> str:
    for pattern, put in _SOUNDS:
        word = pattern.sub(put, word)
    return word


_VOWELS = frozenset("aeiouy")


def skeleton(spoken: str) -> str:
    """A spoken form without its inner vowels: first letter, consonants, and the last letter if it is a vowel."""
    return spoken[:1] + "".join(c for c in spoken[1:-1] if c not in _VOWELS) + spoken[1:][-1:]
