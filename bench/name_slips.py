"""How people get a name wrong when they type it. Independent of the search's own rules, on purpose.

Variants come from ``name_variants.csv`` beside this file and from rules and pairs written for the bench only; nothing
in ``src/satu/registry/search`` reads them.
"""

import csv
import random
import re
import string
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

_CSV = Path(__file__).parent / "data" / "name-variants.csv"

_OLD = [("u", "oe"), ("j", "dj"), ("c", "tj"), ("ny", "nj"), ("sy", "sj"), ("kh", "ch"), ("y", "j")]

# Variants that the CSV does not hold: written here as substitutions anywhere in a word.
_HELD_OUT_RULES = [
    (r"f", "p"),
    (r"v", "p"),
    (r"z", "s"),
    (r"^z", "j"),
    (r"q", "k"),
    (r"kh", "h"),
    (r"sy", "s"),
    (r"ai(?=[^aeiou]|$)", "ae"),
    (r"ae", "ai"),
    (r"d$", "t"),
    (r"i$", "ie"),
    (r"i$", "y"),
    (r"udin$", "uddin"),
    (r"uddin$", "udin"),
    (r"iy(?=[ao])", "i"),
    (r"(?<=[^aeiou])i(?=[ao])", "iy"),
    (r"ah$", "a"),
    (r"ah$", "oh"),
    (r"dh", "d"),
    (r"th", "t"),
    (r"sh", "s"),
    (r"(?<=[aeiou])([lmnst])\1(?=[aeiou])", r"\1"),
    (r"(?<=[aeiou])([lmnst])(?=[aeiou])", r"\1\1"),
    (r"uw(?=[ao])", "u"),
    (r"ph", "f"),
]
_HELD_OUT_PAIRS = """Saleh Soleh|Saleh Sholeh|Mustafa Musthofa|Mustafa Mustopa|Ridho Rido|Ramadhan Romadhon
Luthfi Lutfi
Chaerul Khairul|Istiqomah Istikomah|Nurjannah Nurjanah|Efendi Effendy|Azis Aziz|Hidayat Hidajat|Slamet Selamet
Muhamad Mohammad|Nova Nopa|Novi Nopi|Evi Epi|Fitriani Pitriani|Firman Pirman|Zahra Zahro|Deni Denny|Dian Diyan
Rian Ryan|Julia Yulia|Stefanus Stephanus|Kristina Christina|Aisyah Aisah|Maryam Mariam|Nuryadi Nurjadi
Supriyadi Supriadi|Wahyudi Wahjudi|Kurniawan Kurniyawan|Mulyono Moeljono|Sholihin Solihin|Fadilah Fadhilah
Rusdi Rusdy|Agustin Agustine|Ferdi Ferdy|Sandi Sandy|Hafiz Hafidz|Hafid Hafidh|Jauhari Johari|Maulana Molana
Ilyas Elyas|Yahya Yahja|Abdillah Abdilah|Sofyan Sopian|Sofyan Sofian|Tri Trie|Dwi Dwie|Cahyadi Tjahjadi"""

_TITLES = ["H.", "Hj.", "Drs.", "Dr.", "Ir.", "R.", "Ust.", "Bpk.", "Ibu", "KH.", "Tb."]
_DEGREES = [", S.Pd.", ", S.E.", ", S.H.", " ST", ", M.M.", " S.Kom", ", A.Md."]
_SHORT = {
    "muhammad": ["M.", "Moh.", "Muh.", "Mohd", "Much.", "Mhd."],
    "abdul": ["Abd.", "A."],
    "ahmad": ["Ach.", "A.", "Akh."],
    "siti": ["St.", "S.", "Sti"],
    "nur": ["N.", "Nr."],
    "mohamad": ["M.", "Moh.", "Mohd."],
    "muhamad": ["M.", "Muh.", "Muhd."],
    "achmad": ["Ach.", "A."],
    "raden": ["R.", "Rd."],
}


def _pairs() -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = defaultdict(list)
    with _CSV.open(encoding="utf-8", newline="") as file:
        rows = [(r["canonical"], r["variant"]) for r in csv.DictReader(file) if "." not in r["variant"]]
    for pair in re.split(r"[|\n]", _HELD_OUT_PAIRS):
        one, other = pair.split()
        rows.append((one, other))
    for one, other in rows:
        pairs[one.lower()].append(other)
        if " " not in other:
            pairs[other.lower()].append(one)
    return pairs


_PAIRS = _pairs()
Slip = Callable[[random.Random, list[str]], list[str] | None]


def _variant(rng: random.Random, words: list[str]) -> list[str] | None:
    """Another spelling that is in use; a listed one where there is one."""
    choices: list[tuple[int, str]] = []
    for place, word in enumerate(words):
        listed = _PAIRS.get(word.lower(), [])
        choices += [(place, other) for other in listed]
        if not listed:
            made = {re.sub(pattern, put, word.lower(), count=1) for pattern, put in _HELD_OUT_RULES}
            choices += [(place, other.capitalize()) for other in sorted(made) if other != word.lower()]
    if not choices:
        return None
    place, other = rng.choice(choices)
    return [*words[:place], *other.split(), *words[place + 1 :]]


def _old_spelling(rng: random.Random, words: list[str]) -> list[str] | None:
    choices = [
        (place, old, new)
        for place, word in enumerate(words)
        for new, old in _OLD
        if len(word) > 2 and new in word.lower()
    ]
    if not choices:
        return None
    place, old, new = rng.choice(choices)
    changed = words[place].lower().replace(new, old).capitalize()
    return [*words[:place], changed, *words[place + 1 :]]


def _abbreviation(rng: random.Random, words: list[str]) -> list[str] | None:
    """The usual short form of a word that has one; or the initial of one of three or more words."""
    usual = [(p, short) for p, word in enumerate(words) for short in _SHORT.get(word.lower(), [])]
    long = [p for p, word in enumerate(words) if len(word) > 2]
    if len(words) > 1 and usual and rng.random() < 0.7:
        place, short = rng.choice(usual)
    elif len(words) > 2 and long:
        place = rng.choice(long)
        short = words[place][0].upper() + rng.choice([".", ""])
    else:
        return None
    return [*words[:place], short, *words[place + 1 :]]


def _edit(rng: random.Random, words: list[str]) -> list[str] | None:
    long = [p for p, word in enumerate(words) if len(word) > 2]
    if not long:
        return None
    place = rng.choice(long)
    word = words[place].lower()
    at = rng.randrange(len(word))
    letter = rng.choice(string.ascii_lowercase)
    kind = rng.randrange(4)
    if kind == 0:
        word = word[:at] + word[at + 1 :]
    elif kind == 1:
        word = word[:at] + letter + word[at:]
    elif kind == 2:
        word = word[:at] + letter + word[at + 1 :]
    else:
        at = max(at, 1)
        word = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    return [*words[:place], word.capitalize(), *words[place + 1 :]]


def _swapped(rng: random.Random, words: list[str]) -> list[str] | None:
    if len(words) < 2:
        return None
    at = rng.randrange(len(words) - 1)
    swapped = list(words)
    swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
    return swapped if swapped != words else None


def _missing_middle(rng: random.Random, words: list[str]) -> list[str] | None:
    """A word between the first and the last, not counting the titles that the register itself has."""
    first = next((p for p, word in enumerate(words) if "." not in word), 0)
    if len(words) - first < 3:
        return None
    gone = rng.randrange(first + 1, len(words) - 1)
    return [*words[:gone], *words[gone + 1 :]]


def _title(rng: random.Random, words: list[str]) -> list[str] | None:
    if rng.random() < 0.7:
        return [rng.choice(_TITLES), *words]
    return [*words[:-1], words[-1] + rng.choice(_DEGREES)]


SLIPS: dict[str, Slip] = {
    "missing middle": _missing_middle,
    "variant": _variant,
    "old spelling": _old_spelling,
    "abbreviation": _abbreviation,
    "one edit": _edit,
    "swapped": _swapped,
    "title": _title,
}


def corrupted(rng: random.Random, name: str) -> tuple[str, tuple[str, ...]] | None:
    """The name with one or two different slips, and which they were; ``None`` when no slip changes it."""
    wanted = rng.choice((1, 2))
    words, made = name.split(), []
    chosen = [kind for kind in rng.sample(list(SLIPS), len(SLIPS)) if SLIPS[kind](rng, words) not in (None, words)]
    # In the order of SLIPS: a word that is left out is the name's own, and a title stands before what is typed.
    for kind in sorted(chosen[:wanted], key=list(SLIPS).index):
        changed = SLIPS[kind](rng, words)
        if changed is not None and changed != words:
            words = changed
            made.append(kind)
    text = " ".join(words)
    return (text, tuple(made)) if made and text.lower() != name.lower() else None


def beginning(rng: random.Random, name: str) -> str | None:
    """The name with its last word cut short, at least two letters of it left."""
    *first, last = name.split()
    if len(last) < 4:
        return None
    return " ".join([*first, last[: rng.randrange(2, len(last))]])
