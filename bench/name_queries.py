"""Whom the bench looks for, and what it types for that."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from bench.name_peers import Person
from bench.name_slips import beginning, corrupted

MOST_HOLDERS = 10
KINDS = ("exact", "prefix", "corrupted")
_OTHER_WORDS = Path(__file__).parent / "data" / "other-words.txt"


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    year: int | None
    person: int
    """The resident who must be among the first ten: this one, not a namesake."""
    slips: tuple[str, ...] = ()


def queries(people: Sequence[Person], *, kind: str, with_year: bool, count: int, seed: int) -> list[Query]:
    """For residents drawn at random whose name (with the year: name and birth year) has at most ten holders."""
    rng = random.Random(f"{seed} {kind} {with_year}")
    holders = Counter((name.lower(), year if with_year else 0) for _, name, year in people)
    made: list[Query] = []
    while len(made) < count:
        person, name, year = people[rng.randrange(len(people))]
        if holders[name.lower(), year if with_year else 0] > MOST_HOLDERS:
            continue
        typed = _typed(rng, kind, name)
        if typed is not None:
            text, slips = typed
            made.append(Query(text, year if with_year else None, person, slips))
    return made


def _typed(rng: random.Random, kind: str, name: str) -> tuple[str, tuple[str, ...]] | None:
    if kind == "exact":
        return name, ()
    if kind == "prefix":
        begun = beginning(rng, name)
        return None if begun is None else (begun, ())
    return corrupted(rng, name)


def other_people(count: int, seed: int) -> list[Person]:
    """Another population: other words, other shares, some words made of the syllables of others."""
    rng = np.random.default_rng(seed)
    text = _OTHER_WORDS.read_text(encoding="utf-8")
    firsts, lasts = (_words(part) for part in text.split("# Last words"))
    firsts, lasts = _more(rng, firsts, 2_500), _more(rng, lasts, 1_500)
    lengths = rng.choice([1, 2, 3, 4], size=count, p=[0.06, 0.5, 0.38, 0.06])
    years = rng.integers(1940, 2025, size=count)
    some = [iter(rng.choice(words, size=3 * count, p=_zipf(len(words))).tolist()) for words in (firsts, lasts)]
    people = []
    for number, (length, year) in enumerate(zip(lengths.tolist(), years.tolist(), strict=True), start=1):
        words = [*islice(some[0], max(1, length - 1)), *(islice(some[1], 1) if length > 1 else ())]
        people.append((number, " ".join(dict.fromkeys(words)), year))
    return people


def _words(text: str) -> list[str]:
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def _more(rng: np.random.Generator, words: list[str], count: int) -> list[str]:
    """The words, and others that begin as one and end as another."""
    made = dict.fromkeys(words)
    while len(made) < count:
        one, other = rng.choice(words, size=2).tolist()
        made[one[: (len(one) + 1) // 2] + other[len(other) // 2 :].lower()] = None
    return list(made)


def _zipf(count: int) -> np.ndarray:
    weights = 1 / np.arange(10, count + 10)
    return weights / weights.sum()


# A true variant, and a look-alike that must not stand above it: held out, none stands in the CSV files.
MORE_LOOK_ALIKES = [
    ("Putra", "Poetra", "Putri"),
    ("Hasan", "Chasan", "Hasanah"),
    ("Sulaiman", "Soelaeman", "Sulaeha"),
    ("Fajri", "Pajri", "Fajar"),
    ("Wahyu", "Wahjoe", "Wahyuni"),
    ("Rizal", "Rijal", "Rizka"),
    ("Zahra", "Zahroh", "Zahira"),
    ("Yuliana", "Juliana", "Yulianto"),
    ("Suparno", "Soeparno", "Suparni"),
    ("Khoirudin", "Choeruddin", "Khairiyah"),
    ("Sofyan", "Sopian", "Sofia"),
    ("Jumadi", "Djoemadi", "Jumaidah"),
    ("Indra", "Indera", "Indri"),
    ("Supriyadi", "Soeprijadi", "Supriyanti"),
    ("Hamzah", "Hamza", "Hamidah"),
    ("Latifah", "Latipah", "Latif"),
    ("Eko", "Ekoh", "Eka"),
    ("Nurdin", "Noerdin", "Nurdina"),
    ("Maryam", "Mariam", "Maryani"),
    ("Yusnita", "Jusnita", "Yunita"),
]
