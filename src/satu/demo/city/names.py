"""Names by origin, sex, religion and decade of birth (facts, 1.6 and 10), from the parts in ``words.txt``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satu.demo.city.draw import Draw, Flags, Ints

Texts = NDArray[np.object_]
SUNDANESE, JAVANESE, BETAWI, MINANG, BATAK, EAST, BALI, CHINESE = range(8)
#: Shares in ten thousand (facts, 10: Sundanese 30, Javanese 30, Betawi 20, Minang, Batak and others 12, Chinese 8).
ORIGINS = [3000, 3060, 2000, 550, 350, 180, 60, 800]
#: The years in which an era of naming begins.
ERAS = np.array([1955, 1975, 1995, 2010])
CHRISTIANS = (2, 3)
ISLAM = 1

_Mix = dict[str, int]
_NAMESAKES = 40
"""The rank from which words of a pool are clearly rarer: flattens the head of Zipf's curve."""

# For each origin and sex: (first word, middle word, last word), era by era; a pool and its weight.
# Words in a name, in percent: one, two, three, four.
_LENGTHS: dict[int, list[tuple[int, int, int, int]]] = {
    SUNDANESE: [(62, 34, 4, 0), (34, 58, 8, 0), (10, 70, 19, 1), (3, 52, 42, 3), (0, 42, 52, 6)],
    JAVANESE: [(60, 36, 4, 0), (34, 56, 10, 0), (12, 64, 23, 1), (3, 50, 43, 4), (0, 40, 53, 7)],
    BETAWI: [(70, 28, 2, 0), (46, 48, 6, 0), (14, 68, 17, 1), (4, 54, 39, 3), (0, 42, 52, 6)],
    MINANG: [(55, 42, 3, 0), (42, 52, 6, 0), (16, 66, 17, 1), (4, 52, 41, 3), (0, 42, 52, 6)],
    BATAK: [(0, 92, 8, 0), (0, 82, 18, 0), (0, 66, 33, 1), (0, 46, 50, 4), (0, 34, 60, 6)],
    EAST: [(0, 86, 14, 0), (0, 76, 24, 0), (0, 60, 38, 2), (0, 42, 53, 5), (0, 32, 61, 7)],
    BALI: [(0, 60, 40, 0), (0, 50, 50, 0), (0, 40, 57, 3), (0, 30, 62, 8), (0, 25, 65, 10)],
    CHINESE: [(2, 30, 68, 0), (8, 62, 30, 0), (6, 76, 17, 1), (2, 66, 30, 2), (0, 54, 42, 4)],
}


def _mixes(origin: int, male: bool, era: int) -> tuple[_Mix, _Mix, _Mix]:
    """Pools of the first, a middle and the last word."""
    s = "m" if male else "f"
    muslim = {f"muslim_prefix_{s}": 30}
    modern = {f"modern_{s}": 60, f"arabic_{s}": 25, **muslim} if era >= 3 else {f"modern_{s}": 30, f"arabic_{s}": 35}
    new_last = {f"modern_last_{s}": 70, f"arabic_{s}": 25, f"modern_{s}": 10}
    old = era <= 1
    table: dict[int, tuple[_Mix, _Mix, _Mix]] = {
        SUNDANESE: (
            {f"sunda_old_{s}": (60, 25, 4, 0, 0)[era], f"sunda_{s}": 40, f"sunda_prefix_{s}": 30,
             f"arabic_{s}": 18, f"muslim_prefix_{s}": 6},
            {f"arabic_{s}": 40, f"sunda_{s}": 40},
            {f"sunda_last_{s}": 70, f"arabic_{s}": 25, f"sunda_old_{s}": (25, 8, 0, 0, 0)[era]},
        ),
        JAVANESE: (
            {f"java_old_{s}": (60, 25, 3, 0, 0)[era], f"java_{s}": 50, f"java_prefix_{s}": 25,
             f"arabic_{s}": 10, f"muslim_prefix_{s}": 4},
            {f"java_{s}": 60, f"arabic_{s}": 20},
            {f"java_{s}": 85, f"arabic_{s}": 10, f"java_old_{s}": (25, 8, 0, 0, 0)[era]},
        ),
        BETAWI: (
            {f"betawi_{s}": 60 if old else 12, f"arabic_{s}": 35, f"muslim_prefix_{s}": 18},
            {f"arabic_{s}": 60, f"betawi_{s}": 15},
            {f"arabic_{s}": 60, f"betawi_{s}": 25 if old else 6, "betawi_m" if male else "betawi_new_f": 15},
        ),
        MINANG: (
            {f"minang_{s}": 60, f"arabic_{s}": 25, f"muslim_prefix_{s}": 8},
            {f"arabic_{s}": 50, f"minang_{s}": 30},
            {f"minang_{s}": 40, f"arabic_{s}": 35, "minang_suku": 14},
        ),
        BATAK: (
            {f"batak_{s}": 60, f"christian_{s}": 30},
            {f"batak_{s}": 50, f"christian_{s}": 30, f"modern_{s}": 10},
            {"batak_marga": 1},
        ),
        EAST: (
            {f"east_{s}": 60, f"christian_{s}": 25},
            {f"east_{s}": 50, f"christian_{s}": 30},
            {"east_marga": 1},
        ),
        BALI: (
            {"bali_order_m": 1},
            {f"bali_last_{s}": 60, "bali_order_m": 10, f"modern_{s}": 10},
            {f"bali_last_{s}": 1},
        ),
        CHINESE: (
            {"chinese_surname": 1} if era == 0 else {f"chinese_new_{s}": 80, f"chinese_old_{s}": 6},
            {f"chinese_old_{s}": 1} if era == 0 else {f"chinese_new_{s}": 60, f"chinese_old_{s}": 12},
            {f"chinese_old_{s}": 1} if era == 0 else {"chinese_last": 75, "chinese_surname": 10},
        ),
    }  # fmt: skip
    first, middle, last = table[origin]
    if era >= 2 and origin in (SUNDANESE, JAVANESE, BETAWI, MINANG):
        share = (0, 0, 80, 320, 700)[era]
        first = {**first, **{pool: first.get(pool, 0) + weight * share // 100 for pool, weight in modern.items()}}
        fresh = {pool: weight for pool, weight in modern.items() if pool not in muslim}
        middle = {**middle, **{pool: middle.get(pool, 0) + weight * share // 100 for pool, weight in fresh.items()}}
        last = {**last, **{pool: last.get(pool, 0) + weight * share // 100 for pool, weight in new_last.items()}}
    elif era >= 3 and origin != CHINESE:
        first = {**first, f"modern_{s}": 40}
        middle = {**middle, f"modern_{s}": 60}
    return first, middle, last


@dataclass(frozen=True)
class Words:
    """Every word, by number; its spelling before 1972; and for each pool its words and their weights."""

    texts: Texts
    old: Texts
    pools: Mapping[str, tuple[Ints, Ints]]


def sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """A file of words, section by section: ``[name]``, then lines; ``#`` begins a remark."""
    name, lines = "", list[str]()
    for line in text.splitlines():
        if line.startswith("["):
            yield name, lines
            name, lines = line.strip("[]"), []
        elif line and not line.startswith("#"):
            lines.append(line)
    yield name, lines


@cache
def words() -> Words:
    """Read ``words.txt``. Word 0 is no word."""
    pools: dict[str, dict[str, int]] = {}
    for name, lines in sections((Path(__file__).parent / "words.txt").read_text(encoding="utf-8")):
        pool = pools.setdefault(name.lstrip("="), {})
        if name.startswith("="):
            compounds = [a + b for line in lines for a in _left(line) for b in _right(line)]
            for rank, word in enumerate(dict.fromkeys(compounds)):
                pool.setdefault(word, 1_000_000 // (400 + (rank * 7919) % len(compounds) * 6))
        else:
            for rank, word in enumerate(dict.fromkeys(" ".join(lines).split())):
                pool[word] = 10_000_000 // (rank + min(_NAMESAKES, len(lines) * 3))
    number: dict[str, int] = {"": 0}
    numbered = {
        name: (
            np.array([number.setdefault(word, len(number)) for word in pool], dtype=np.int64),
            np.array(list(pool.values()), dtype=np.int64),
        )
        for name, pool in pools.items()
        if name
    }
    texts = np.array(list(number), dtype=object)
    return Words(texts, np.array([old_spelling(word) for word in number], dtype=object), numbered)


def _left(line: str) -> list[str]:
    return line.partition("*")[0].split()


def _right(line: str) -> list[str]:
    return line.partition("*")[2].split()


def old_spelling(word: str) -> str:
    """A word as it was spelt before the reforms of 1947 and 1972 (facts, 1.6)."""
    for new, old in [
        ("ny", "nj"), ("Ny", "Nj"), ("sy", "sj"), ("Sy", "Sj"), ("kh", "ch"), ("Kh", "Ch"), ("c", "tj"), ("C", "Tj"),
        ("tjh", "ch"), ("Tjh", "Ch"), ("j", "dj"), ("J", "Dj"), ("ndj", "nj"), ("sdj", "sj"), ("tdj", "tj"),
        ("Ndj", "Nj"), ("Sdj", "Sj"), ("Tdj", "Tj"), ("y", "j"), ("Y", "J"), ("u", "oe"), ("U", "Oe"),
    ]:  # fmt: skip
        word = word.replace(new, old)
    return word


@cache
def _distribution(origin: int, male: bool, era: int, place: int) -> tuple[Ints, Ints]:
    """The words that may stand at a place (first, middle, last), and their cumulative weights."""
    pools = words().pools
    numbers, weights = [], []
    for pool, share in _mixes(origin, male, era)[place].items():
        if share:
            pool_words, pool_weights = pools[pool]
            numbers.append(pool_words)
            weights.append(pool_weights * share * 1000 // int(pool_weights.sum() // 1000))
    cumulative = np.cumsum(np.concatenate(weights))
    shift = max(0, int(cumulative[-1]).bit_length() - 31)
    return np.concatenate(numbers), np.maximum.accumulate(cumulative >> shift)


@dataclass(frozen=True)
class Named:
    """Names without title or error, and the number of each one's last word (0: a single name)."""

    names: Texts
    last: Ints


def give_names(
    draw: Draw, *, origin: Ints, male: Flags, birth_year: Ints, religion: Ints, inherited: Ints | None = None
) -> Named:
    """Name people. ``inherited`` gives the last word where the family's is taken over (0: none is)."""
    n = len(origin)
    era = np.searchsorted(ERAS, birth_year, side="right")
    parts = [_words_at(draw, origin, male, era, place) for place in (0, 1, 1, 2)]
    first = _faithful(draw, parts[0], male, religion, origin)
    # Nobody is called only Abd. or Siti: what begins other names wants a second word.
    length = np.maximum(_lengths(draw, origin, era), 1 + np.isin(first, _beginnings()))
    last = np.where(length >= 2, parts[3], 0)
    if inherited is not None:
        last = np.where(inherited > 0, inherited, last)
    columns = [
        first,
        np.where((length >= 3) & (parts[1] != first), parts[1], 0),
        np.where((length == 4) & (parts[2] != first) & (parts[2] != parts[1]), parts[2], 0),
        np.where(last != first, last, 0),
    ]
    old = draw.chance(n, np.select([birth_year < 1948, birth_year < 1973], [3500, 600], 0))
    return Named(_join(columns, old), columns[3])


def _words_at(draw: Draw, origin: Ints, male: Flags, era: Ints, place: int) -> Ints:
    result = np.zeros(len(origin), dtype=np.int64)
    key = (origin * 2 + male) * 5 + era
    for value in np.unique(key):
        members = np.nonzero(key == value)[0]
        numbers, cumulative = _distribution(int(value) // 10, bool(value // 5 % 2), int(value) % 5, place)
        result[members] = numbers[draw.pick_cumulative(len(members), cumulative)]
    return result


@cache
def _beginnings() -> Ints:
    return np.concatenate([words().pools[f"muslim_prefix_{sex}"][0] for sex in "mf"])


def _lengths(draw: Draw, origin: Ints, era: Ints) -> Ints:
    cumulative = np.array([[np.cumsum(by_era) for by_era in _LENGTHS[o]] for o in range(len(ORIGINS))])
    return np.asarray(1 + (draw.below(len(origin), 100)[:, None] >= cumulative[origin, era]).sum(axis=1))


def _faithful(draw: Draw, first: Ints, male: Flags, religion: Ints, origin: Ints) -> Ints:
    """A baptismal name for Christians of mostly Muslim origins; an Arabic one for Muslims of Christian origins."""
    n, pools = len(first), words().pools
    for pool, who in [
        ("christian", np.isin(religion, CHRISTIANS) & np.isin(origin, (SUNDANESE, JAVANESE, BETAWI, MINANG))),
        ("arabic", (religion == ISLAM) & np.isin(origin, (BATAK, EAST))),
    ]:
        chosen = who & draw.chance(n, 7000)
        for sex, flag in (("m", True), ("f", False)):
            members = np.nonzero(chosen & (male == flag))[0]
            numbers, weights = pools[f"{pool}_{sex}"]
            first[members] = numbers[draw.pick_cumulative(len(members), np.cumsum(weights) >> 3)]
    return first


def _join(columns: list[Ints], old: Flags) -> Texts:
    book = words()
    joined = np.where(old, book.old[columns[0]], book.texts[columns[0]])
    for column in columns[1:]:
        present = np.nonzero(column)[0]
        text = np.where(old[present], book.old[column[present]], book.texts[column[present]])
        joined[present] = joined[present] + (" " + text)
    return joined


def add_titles(draw: Draw, names: Texts, *, male: Flags, age: Ints, religion: Ints, education: Ints) -> Texts:
    """Titles as they stand on cards (abbreviated, which Permendagri 73/2022 allows there)."""
    n = len(names)
    titled: Any = names.copy()
    hajj = (religion == ISLAM) & (age >= 45) & draw.chance(n, 700)
    degree = draw.pick(n, [50, 20, 14, 8, 8])
    before = np.select([education >= 9, education == 8], [500, 350], 0)
    letters = draw.chance(n, before) & (age >= 23)
    noble = draw.chance(n, 12)
    old_degree = letters & (age >= 52)
    for who, text in [
        (old_degree & male & (degree % 2 == 0), "Drs. "),
        (old_degree & ~male & (degree % 2 == 0), "Dra. "),
        (old_degree & (degree % 2 == 1), "Ir. "),
        (noble & male & ~hajj, "Tb. "),
        (noble & ~male & ~hajj, "Rt. "),
        (hajj & male, "H. "),
        (hajj & ~male, "Hj. "),
    ]:
        titled[who] = text + titled[who]
    for which, text in enumerate([", S.E.", ", S.Pd.", ", S.H.", ", S.Kom.", ", A.Md."]):
        who = letters & ~old_degree & (degree == which)
        titled[who] = titled[who] + text
    return np.asarray(titled, dtype=object)


_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "mb", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "bc", "w": "eq", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip


def mistype(draw: Draw, names: Texts, birth_year: Ints) -> Texts:
    """Typing errors in some 3 of 1,000 names; twice as many among the old, whose cards were typed from paper."""
    wrong = np.nonzero(draw.chance(len(names), np.where(birth_year < 1970, 60, 30)))[0]
    where, kind = draw.below(len(wrong), 1 << 30), draw.below(len(wrong), 5)
    result = names.copy()
    for index, place, how in zip(wrong.tolist(), where.tolist(), kind.tolist(), strict=True):
        result[index] = _mistyped(str(names[index]), place, how)
    return result


def _mistyped(name: str, place: int, how: int) -> str:
    inner = [i for i in range(1, len(name) - 1) if name[i : i + 2].islower()]
    if not inner:
        return name
    i = inner[place % len(inner)]
    match how:
        case 0:
            return name[:i] + name[i + 1] + name[i] + name[i + 2 :]
        case 1:
            return name[:i] + name[i + 1 :]
        case 2:
            return name[:i] + name[i] + name[i:]
        case 3:
            near = _NEIGHBOURS.get(name[i], name[i])  # an apostrophe has none
            return name[:i] + near[place // 64 % len(near)] + name[i + 1 :]
        case _:
            return name[:i] + name[i + 1] + name[i + 1 :]
