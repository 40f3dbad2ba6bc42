"""Households first, then the people in them: ages, sexes, marriages, occupations, numbers. Column by column."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from satu.demo.city import names, places
from satu.demo.city.draw import Draw, Flags, Ints
from satu.demo.city.names import Texts

#: Residents in a block. Part of what a seed means: another size makes another city.
BLOCK = 25_000
#: Serials of NIK and KK from here on are the generator's; real ones and the register's new ones are below.
FIRST_SERIAL = 5001
SERIALS = 4999
_STRIDE, _SHIFT = 1777, 613  # 4,999 is prime, so any stride meets every serial once

#: Places in a household. Children stand from ``CHILD`` to before ``PARENT``.
HEAD, SPOUSE, CHILD, PARENT, IN_LAW, GRANDCHILD, OTHER, SLOTS = 0, 1, 2, 8, 9, 10, 11, 12
_ROLES = np.array([1, 3, 4, 4, 4, 4, 4, 4, 7, 5, 6, 9])
_HELPER, _PARENT_IN_LAW = 10, 8
NEVER, MARRIED, DIVORCED, WIDOWED = 1, 2, 3, 4
_COUPLE, _MOTHER, _FATHER, _YOUNG, _OLD = range(5)
_SHAPES = [720, 85, 20, 110, 65]
_YEAR = 365

#: Weights of a couple's head's age, from 22 to 84.
_HEAD_AGES = [3 * a if a < 8 else 30 if a < 30 else max(2, 30 - (a - 30)) for a in range(1, 64)]

_RELIGIONS = {  # agama 1 to 6, by origin, in ten thousand: about 88 % Islam, 3.7 % Buddhist (facts, 2)
    names.SUNDANESE: [9940, 35, 25, 0, 0, 0],
    names.JAVANESE: [9620, 220, 150, 8, 2, 0],
    names.BETAWI: [9930, 40, 30, 0, 0, 0],
    names.MINANG: [10_000, 0, 0, 0, 0, 0],
    names.BATAK: [3600, 5400, 1000, 0, 0, 0],
    names.EAST: [1500, 5000, 3500, 0, 0, 0],
    names.BALI: [300, 200, 100, 9300, 100, 0],
    names.CHINESE: [600, 2700, 1800, 0, 4600, 300],
}
#: Pendidikan 3 to 9 for grown-ups, by birth before 1955, 1970, 1985 and after.
_SCHOOLING = [[55, 18, 18, 1, 3, 5, 0], [34, 20, 33, 1, 4, 7, 1], [16, 19, 46, 1, 5, 12, 1], [6, 14, 57, 1, 5, 16, 1]]
_MEN = [(15, 470), (88, 130), (19, 130), (81, 35), (8, 25), (84, 40), (1, 55), (35, 16), (13, 20), (14, 12), (12, 14),
        (5, 20), (18, 18), (6, 4), (7, 5), (16, 12), (17, 4), (45, 5), (9, 3), (89, 12)]  # fmt: skip
_WOMEN = [(2, 560), (15, 250), (88, 40), (84, 25), (19, 25), (1, 30), (23, 15), (18, 14), (5, 14), (30, 8), (8, 10),
          (12, 8), (89, 6)]  # fmt: skip
_GRADUATES = [(65, 40), (5, 20), (73, 6), (74, 8), (72, 5), (64, 5), (67, 2), (68, 1), (69, 2), (75, 3), (16, 8)]


@dataclass(frozen=True)
class Calendar:
    """Days as numbers from 1900-01-01, and their parts."""

    texts: Texts
    year: Ints
    month: Ints
    day: Ints
    first_of_year: Ints
    """By year - 1900."""

    @classmethod
    def make(cls) -> "Calendar":
        days = np.arange(np.datetime64("1900-01-01"), np.datetime64("2101-01-01"))
        months = days.astype("datetime64[M]").astype(np.int64)
        year = months // 12 + 1970
        first = np.nonzero(np.diff(year, prepend=1899))[0]
        return cls(
            texts=np.array(days.astype(str).tolist(), dtype=object),
            year=year,
            month=months % 12 + 1,
            day=(days - days.astype("datetime64[M]")).astype(np.int64) + 1,
            first_of_year=first.astype(np.int64),
        )


CALENDAR = Calendar.make()


@dataclass(frozen=True)
class Block:
    """One block of the city: columns of people (household by household, head first) and of their families."""

    people: dict[str, Any]
    families: dict[str, Any]


def make_block(city: places.City, *, seed: int, block: int, size: int, blocks: int, today: int) -> Block:
    """The people of one block. ``today`` is the reference day; ``blocks`` is how many share the serials."""
    draw = Draw(seed, block)
    birth, marital, heads_are_men, helper = _households(draw, size * 100 // 240 + 50, today)
    present = _cut(birth >= 0, size)
    n_families = len(present)
    birth, marital = birth[:n_families], marital[:n_families]
    heads_are_men, helper = heads_are_men[:n_families], helper[:n_families]
    family, slot = np.nonzero(present)
    n = len(family)
    male = _sexes(draw, family, slot, heads_are_men)
    born = _heap(draw, birth[family, slot])
    people: dict[str, Any] = {
        "family": family, "slot": slot, "male": male, "birth": born, "marital": marital[family, slot],
        "role": _roles(draw, family, slot, helper), "age": _ages(born, today),
    }  # fmt: skip
    families = _families(draw, city, people, n_families, today)
    first = np.nonzero(slot == HEAD)[0]
    people["position"] = _positions(present)
    people["head"] = first[family]
    _name_everybody(draw, people, n)
    _employ(draw, people, n)
    _number(draw, city, people, families, seed_block=(block, blocks), today=today)
    return Block(people, families)


def _ages(birth: Ints, today: int) -> Ints:
    c = CALENDAR
    later = (c.month[today] * 32 + c.day[today]) < (c.month[birth] * 32 + c.day[birth])
    return np.asarray(c.year[today] - c.year[birth] - later, dtype=np.int64)


def _households(draw: Draw, n: int, today: int) -> tuple[Ints, Ints, Flags, Flags]:
    """Births (day, or -1 for an empty place) and marital statuses, a row a household."""
    shape = draw.pick(n, _SHAPES)
    age = 22 + draw.pick(n, _HEAD_AGES)
    age = np.where(shape == _YOUNG, draw.between(n, 18, 38), age)
    age = np.where(shape == _OLD, draw.between(n, 55, 92), age)
    age = np.where(np.isin(shape, (_MOTHER, _FATHER)), np.maximum(age, 24), age)
    men = np.where(shape == _COUPLE, True, np.where(shape == _MOTHER, False, draw.chance(n, 5000)))
    men = np.where(shape == _OLD, draw.chance(n, 2500), np.where(shape == _FATHER, True, men))
    birth = np.full((n, SLOTS), -1, dtype=np.int64)
    marital = np.full((n, SLOTS), NEVER, dtype=np.int64)
    birth[:, HEAD] = today - age * _YEAR - age // 4 - draw.below(n, _YEAR)
    younger = draw.pick(n, [2, 3, 6, 12, 16, 18, 16, 12, 8, 5, 3, 2, 1, 1]) - 3
    wife = np.minimum(birth[:, HEAD] + younger * _YEAR + draw.below(n, _YEAR), today - 19 * _YEAR - 5)
    birth[:, SPOUSE] = np.where(shape == _COUPLE, wife, -1)
    mother = np.where(shape == _COUPLE, wife, np.where(shape == _FATHER, wife, birth[:, HEAD]))
    _children(draw, birth, mother, np.isin(shape, (_COUPLE, _MOTHER, _FATHER)), today)
    marital[:, HEAD] = np.select(
        [shape == _COUPLE, shape == _YOUNG, draw.chance(n, np.clip((age - 25) * 250, 500, 9500))],
        [MARRIED, NEVER, WIDOWED], DIVORCED,
    )  # fmt: skip
    marital[:, SPOUSE] = MARRIED
    _more_generations(draw, birth, marital, age, today)
    helper = draw.chance(n, 1500)
    return birth, marital, men, helper


def _children(draw: Draw, birth: Ints, mother: Ints, parents: Flags, today: int) -> None:
    n = len(mother)
    mother_year = CALENDAR.year[mother]
    wanted = np.where(mother_year < 1950, draw.between(n, 2, 6), np.where(
        mother_year < 1970, draw.between(n, 1, 5), draw.pick(n, [6, 26, 42, 20, 6])))  # fmt: skip
    when = mother + (18 * _YEAR) + draw.pick(n, [3, 6, 8, 10, 11, 11, 10, 9, 7, 6, 5, 4, 3, 2, 1]) * _YEAR
    when = when + draw.below(n, _YEAR) + np.where(mother_year > 1975, 600, 0)
    for place in range(CHILD, PARENT):
        old = today - when
        stays = np.select([old < 18 * _YEAR, old < 24 * _YEAR, old < 29 * _YEAR], [10_000, 8800, 5200], 1700)
        here = parents & (place - CHILD < wanted) & (old >= 1) & (when - mother < 46 * _YEAR) & draw.chance(n, stays)
        birth[:, place] = np.where(here, when, -1)
        when = when + draw.between(n, 420, 2100)


def _more_generations(draw: Draw, birth: Ints, marital: Ints, age: Ints, today: int) -> None:
    n = len(age)
    elder = birth[:, HEAD] - draw.between(n, 20 * _YEAR, 36 * _YEAR)
    has_elder = draw.chance(n, 700) & (today - elder < 97 * _YEAR) & (age >= 24)
    birth[:, PARENT] = np.where(has_elder, elder, -1)
    marital[:, PARENT] = WIDOWED
    eldest = birth[:, CHILD]
    grown = today - eldest
    young_couple = (eldest >= 0) & (grown > 21 * _YEAR) & draw.chance(n, 1600)
    marital[young_couple, CHILD] = MARRIED
    in_law = np.minimum(eldest + draw.between(n, -1200, 1200), today - 20 * _YEAR)
    birth[:, IN_LAW] = np.where(young_couple, in_law, -1)
    marital[:, IN_LAW] = MARRIED
    baby = np.maximum(eldest, in_law) + draw.between(n, 21 * _YEAR, 30 * _YEAR)
    birth[:, GRANDCHILD] = np.where(young_couple & (baby < today) & draw.chance(n, 7500), baby, -1)
    cousin = draw.chance(n, 350)
    birth[:, OTHER] = np.where(cousin, today - draw.between(n, 17 * _YEAR, 55 * _YEAR), -1)


def _cut(present: Flags, size: int) -> Flags:
    """As many households as make exactly ``size`` people; the last one is cut to fit."""
    filled = np.cumsum(present.sum(axis=1))
    last = int(np.searchsorted(filled, size))
    kept: Flags = present[: last + 1].copy()
    surplus = int(filled[last]) - size
    if surplus:
        kept[last, np.nonzero(kept[last])[0][-surplus:]] = False
    return kept


def _positions(present: Flags) -> Ints:
    """Where the person in each place of each household stands in the columns; -1 for an empty place."""
    positions = np.cumsum(present.ravel()) - 1
    return np.where(present, positions.reshape(present.shape), -1)


def _sexes(draw: Draw, family: Ints, slot: Ints, heads_are_men: Flags) -> Flags:
    male = draw.chance(len(slot), 5110)
    male = np.where(slot == HEAD, heads_are_men[family], male)
    male = np.where(slot == SPOUSE, ~heads_are_men[family], male)
    male = np.where(slot == PARENT, draw.chance(len(slot), 2200), male)
    eldest = np.zeros(len(heads_are_men), dtype=bool)
    eldest[family[slot == CHILD]] = male[slot == CHILD]
    return np.asarray(np.where(slot == IN_LAW, ~eldest[family], male), dtype=bool)


def _roles(draw: Draw, family: Ints, slot: Ints, helper: Flags) -> Ints:
    role = _ROLES[slot]
    role = np.where((slot == PARENT) & draw.chance(len(slot), 4500), _PARENT_IN_LAW, role)
    return np.where((slot == OTHER) & helper[family], _HELPER, role)


def _heap(draw: Draw, birth: Ints) -> Ints:
    """Of those born before 1965, some only know the year: cards say 1 January, 1 July, 17 August, 31 December."""
    year = CALENDAR.year[birth]
    known = np.array([0, 181, 228, 364])[draw.pick(len(birth), [50, 20, 10, 20])]
    unsure = (year < 1965) & draw.chance(len(birth), 400)
    return np.where(unsure, CALENDAR.first_of_year[year - 1900] + known, birth)


def _families(draw: Draw, city: places.City, people: dict[str, Any], n: int, today: int) -> dict[str, Any]:
    head_birth = people["birth"][people["slot"] == HEAD]
    rt = draw.pick_cumulative(n, city.rt_weights)
    earliest = np.maximum(head_birth + 17 * _YEAR + 5, CALENDAR.first_of_year[85])
    earliest = np.minimum(earliest, today)
    since = np.maximum(earliest, today - draw.pick(n, [9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 2, 1, 1, 1])
                       * 450 - draw.below(n, 450))  # fmt: skip
    moved = draw.chance(n, 1100) & (since - earliest > 800)
    before = np.where(moved, since - draw.between(n, 300, np.maximum(since - earliest - 1, 301)), since)
    card = np.minimum(np.maximum(since, CALENDAR.first_of_year[106]) + draw.below(n, 60), today)
    return {
        "rt": rt, "address": places.addresses(draw, city, rt), "since": since, "formed": before, "card": card,
        "moved": moved, "earlier_rt": (earlier := draw.pick_cumulative(n, city.rt_weights)),
        "earlier_address": places.addresses(draw, city, earlier),
    }  # fmt: skip


def _name_everybody(draw: Draw, people: dict[str, Any], n: int) -> None:
    family, slot, male, position = people["family"], people["slot"], people["male"], people["position"]
    year = CALENDAR.year[people["birth"]]
    n_families = len(position)
    head_origin = draw.pick(n_families, names.ORIGINS)
    religion = np.zeros(n_families, dtype=np.int64)
    for group, weights in _RELIGIONS.items():
        members = np.nonzero(head_origin == group)[0]
        religion[members] = 1 + draw.pick(len(members), weights)
    other_origin = draw.pick(n, names.ORIGINS)
    mixed = np.isin(slot, (SPOUSE, IN_LAW, OTHER)) & draw.chance(n, 3500) & (religion[family] == names.ISLAM)
    origin = np.where(mixed & ~np.isin(other_origin, (names.BALI, names.CHINESE)), other_origin, head_origin[family])
    people["origin"], people["religion"] = origin, religion[family]

    # The line's word: a marga or a Chinese family's name passes from the father; others hand one down at times.
    line = names.give_names(
        draw, origin=head_origin, male=np.ones(n_families, dtype=bool),
        birth_year=year[slot == HEAD], religion=religion,
    )  # fmt: skip
    keeps = np.where(np.isin(head_origin, (names.BATAK, names.EAST)), 10_000, 0)
    keeps = np.where(head_origin == names.CHINESE, 7500, np.where(keeps == 0, 1300, keeps))
    of_line = np.isin(slot, (HEAD, *range(CHILD, PARENT), GRANDCHILD)) | ((slot == PARENT) & male)
    hands_down = draw.chance(n, keeps[family]) & of_line & (male | (keeps[family] > 5000))
    named = names.give_names(
        draw, origin=origin, male=male, birth_year=year, religion=religion[family],
        inherited=np.where(hands_down, line.last[family], 0),
    )  # fmt: skip
    people["plain_name"] = names.mistype(draw, named.names, year)
    fathers = names.give_names(
        draw, origin=origin, male=np.ones(n, dtype=bool), birth_year=year - 29, religion=religion[family],
        inherited=np.where(keeps[family] > 5000, named.last, 0),
    ).names  # fmt: skip
    mothers = names.give_names(
        draw, origin=origin, male=np.zeros(n, dtype=bool), birth_year=year - 25, religion=religion[family]
    ).names
    people["father"], people["mother"], people["father_at"], people["mother_at"] = _parents(people, fathers, mothers)


def _parents(people: dict[str, Any], fathers: Texts, mothers: Texts) -> tuple[Texts, Texts, Ints, Ints]:
    """Names of parents: those in the household where they are, and one absent parent for all children of a head."""
    family, slot, male, position = people["family"], people["slot"], people["male"], people["position"]
    plain = people["plain_name"]
    child = (slot >= CHILD) & (slot < PARENT)
    head, spouse = position[family, HEAD], position[family, SPOUSE]
    eldest, in_law = position[family, CHILD], position[family, IN_LAW]
    grandchild = (slot == GRANDCHILD) & (eldest >= 0) & (in_law >= 0)
    son = np.where(grandchild, male[np.maximum(eldest, 0)], False)
    elder = position[family, PARENT]
    own_elder = (slot == HEAD) & (elder >= 0) & (people["role"][np.maximum(elder, 0)] == _ROLES[PARENT])
    father_at, mother_at = np.full(len(slot), -1), np.full(len(slot), -1)
    head_is_man = male[head]
    father_at = np.where(child & head_is_man, head, father_at)
    mother_at = np.where(child & head_is_man, spouse, np.where(child, head, mother_at))
    father_at = np.where(grandchild, np.where(son, eldest, in_law), father_at)
    mother_at = np.where(grandchild, np.where(son, in_law, eldest), mother_at)
    father_at = np.where(own_elder & male[np.maximum(elder, 0)], elder, father_at)
    mother_at = np.where(own_elder & ~male[np.maximum(elder, 0)], elder, mother_at)
    # Brothers and sisters have one absent father (or mother): the one drawn for the first of them.
    first_child = np.full(len(position), 0)
    children = np.nonzero(child)[0]
    first_child[family[children[::-1]]] = children[::-1]
    drawn = np.where(child, first_child[family], np.arange(len(slot)))
    father = np.where(father_at >= 0, plain[np.maximum(father_at, 0)], fathers[drawn])
    mother = np.where(mother_at >= 0, plain[np.maximum(mother_at, 0)], mothers[drawn])
    return father, mother, father_at, mother_at


def _employ(draw: Draw, people: dict[str, Any], n: int) -> None:
    age, male, year = people["age"], people["male"], CALENDAR.year[people["birth"]]
    cohort = np.searchsorted([1955, 1970, 1985], year, side="right")
    cumulative = np.cumsum(np.array(_SCHOOLING), axis=1)
    reached = 3 + (draw.below(n, cumulative[cohort, -1])[:, None] >= cumulative[cohort]).sum(axis=1)
    education = np.select(
        [age < 7, age < 13, age < 16, age < 19, age < 22], [1, 2, 3, 4, np.minimum(reached, 5)], reached
    )
    work = np.where(male, _trade(draw, n, _MEN), _trade(draw, n, _WOMEN))
    single_woman = ~male & (people["marital"] != MARRIED) & (work == 2) & draw.chance(n, 6500)
    work = np.where(single_woman, 15, work)
    work = np.where((education >= 8) & draw.chance(n, 3000), _trade(draw, n, _GRADUATES), work)
    work = np.where((work == 72) & (education < 8), 15, work)
    studying = draw.chance(n, 5500)
    retired = np.where(male, np.where(draw.chance(n, 3000), 4, np.where(draw.chance(n, 5000), 88, 1)),
                       np.where(draw.chance(n, 700), 4, 2))  # fmt: skip
    occupation = np.select(
        [age < 6, age < 19, (age < 23) & studying & (people["marital"] == NEVER), age < 60,
         (age < 70) & draw.chance(n, 4500)],
        [np.ones(n, dtype=np.int64), np.full(n, 3), np.full(n, 3), work, work], retired,
    )  # fmt: skip
    people["education"], people["occupation"] = education, occupation
    people["blood"] = np.array([13, 1, 2, 3, 4, 5, 7, 9, 11])[draw.pick(n, [560, 75, 95, 25, 120, 30, 35, 8, 52])]
    people["name"] = names.add_titles(
        draw, people["plain_name"], male=male, age=age, religion=people["religion"], education=education
    )


def _trade(draw: Draw, n: int, trades: list[tuple[int, int]]) -> Ints:
    return np.array([code for code, _ in trades])[draw.pick(n, [weight for _, weight in trades])]


def _number(
    draw: Draw, city: places.City, people: dict[str, Any], families: dict[str, Any],
    *, seed_block: tuple[int, int], today: int,
) -> None:  # fmt: skip
    """NIK and KK numbers: unique without asking the other blocks, because each block has serials of its own."""
    n, family, birth, male = len(people["family"]), people["family"], people["birth"], people["male"]
    place = places.draw_birthplaces(draw, origin=people["origin"], age=people["age"])
    people["birthplace"] = place
    district = city.rt_district[families["rt"]][family]
    other_district = city.rt_district[draw.pick_cumulative(n, city.rt_weights)]
    district = np.where(draw.chance(n, 7500), district, other_district)
    came = (place > 0) & draw.chance(n, np.where(people["age"] < 17, 1500, 4500))
    region = np.where(came, places.birthplaces().regency[place] * 100 + draw.between(n, 1, 18), district)
    # Real registers hold exceptions (facts, 1.1): another date than the card's, and women without the + 40.
    dated = np.where(draw.chance(n, 20), np.maximum(birth - draw.between(n, 1, 400), 0), birth)
    woman = ~male & ~draw.chance(n, 8)
    people["nik"] = _serials(region * 10**6 + _ddmmyy(dated, woman), seed_block)
    card_day = families["card"]
    kk_region = city.rt_district[families["rt"]]
    no_woman = np.zeros(len(card_day), dtype=bool)
    families["number"] = _serials(kk_region * 10**6 + _ddmmyy(card_day, no_woman), seed_block)
    joined = np.maximum(birth, families["formed"][family])
    people["joined"] = np.minimum(joined, today)
    settled = birth + draw.between(n, 20 * _YEAR, 30 * _YEAR)
    people["true_from"] = np.where(
        settled <= today, settled, np.where(people["age"] >= 17, birth + 17 * _YEAR + 5, birth)
    )
    people["true_from"] = np.minimum(people["true_from"], today)
    people["delay"] = draw.between(n, 1, 40)


def _ddmmyy(day: Ints, woman: Flags) -> Ints:
    c = CALENDAR
    return (c.day[day] + 40 * woman) * 10_000 + c.month[day] * 100 + c.year[day] % 100


def _serials(prefix: Ints, seed_block: tuple[int, int]) -> Ints:
    """Prefixes of twelve digits with a serial: the n-th of a prefix in a block gets the block's n-th serial.

    Each prefix then has its serials shifted and dealt in strides, one to one, so that last digits tell people apart.
    """
    block, blocks = seed_block
    width = SERIALS // blocks
    order = np.argsort(prefix, kind="stable")
    ordered = prefix[order]
    starts = np.nonzero(np.diff(ordered, prepend=-1))[0]
    rank = np.empty(len(prefix), dtype=np.int64)
    rank[order] = np.arange(len(prefix)) - np.repeat(starts, np.diff(np.append(starts, len(prefix))))
    if int(rank.max(initial=0)) >= width:
        raise OverflowError(f"more than {width} people of one block share the first twelve digits of a NIK")
    dealt = ((block * width + rank) * _STRIDE + prefix * _SHIFT) % SERIALS
    return prefix * 10_000 + FIRST_SERIAL + dealt
