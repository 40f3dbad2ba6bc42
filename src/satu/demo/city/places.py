"""Where people live and where they were born."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from satu.demo.city import names
from satu.demo.city.draw import Draw, Ints
from satu.demo.city.names import Texts

#: The block number whose chance lays out the areas; no block of residents has it.
_AREAS_BLOCK = 2**31

_ORIGIN_NAMES = ("sundanese", "javanese", "betawi", "minang", "batak", "east", "bali", "chinese")
#: In ten thousand: who was born in the city, by origin, when past forty.
_ROOTED = np.array([3000, 1800, 7600, 1500, 1200, 1200, 1000, 7800])


@cache
def _lists() -> dict[str, list[str]]:
    text = (Path(__file__).parent / "places.txt").read_text(encoding="utf-8")
    return {name: " ".join(lines).split(", ") for name, lines in names.sections(text) if name}


@dataclass(frozen=True)
class City:
    """The areas: rows of ``registry_area`` (id, code, level, name, parent, postcode), and the RTs among them."""

    rows: tuple[tuple[int, str, int, str, int | None, str], ...]
    rt_ids: Ints
    rt_district: Ints
    """``PPKKCC`` of each RT's kecamatan: how a NIK first registered there begins."""
    rt_weights: Ints
    rt_streets: Texts
    """Three street names for each RT."""


@cache
def lay_out(areas: Path, seed: int) -> City:
    """The kecamatan and kelurahan of ``areas.csv``, with RW and RT (numbers as on cards) laid out by chance."""
    draw = Draw(seed, _AREAS_BLOCK)
    rows: list[tuple[int, str, int, str, int | None, str]] = []
    ids: dict[str, int] = {}
    rts: list[tuple[int, int, int]] = []

    def add(code: str, level: int, name: str, postcode: str = "") -> int:
        ids[code] = len(rows) + 1
        parent = ids.get(code.rpartition(".")[0]) if level > 1 else None
        rows.append((ids[code], code, level, name, parent, postcode))
        return ids[code]

    with areas.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            kecamatan = line["code"][:8]
            if kecamatan not in ids:
                add(kecamatan, 1, line["kecamatan"])
            add(line["code"], 2, line["kelurahan"], line["postcode"])
            weight = int(draw.between(1, 60, 140)[0])
            for rw in range(1, int(draw.between(1, 5, 16)[0]) + 1):
                rw_code = f"{line['code']}.{rw:03d}"
                add(rw_code, 3, f"RW {rw:03d}")
                for rt in range(1, int(draw.between(1, 3, 8)[0]) + 1):
                    area = add(f"{rw_code}.{rt:03d}", 4, f"RT {rt:03d}")
                    rts.append((area, int(kecamatan.replace(".", "")), weight))
    table = np.array(rts, dtype=np.int64)
    return City(tuple(rows), table[:, 0], table[:, 1], np.cumsum(table[:, 2]), _streets(draw, len(rts)))


def _streets(draw: Draw, n: int) -> Texts:
    kinds = draw.below(n * 3, 100).tolist()
    picks = draw.below(n * 3, 1 << 30).tolist()
    return np.array([_street(k, p) for k, p in zip(kinds, picks, strict=True)], dtype=object).reshape(n, 3)


def _street(kind: int, pick: int) -> str:
    """A street, an alley, a housing estate or a kampung; ``kind`` is a percentage."""
    streets, alleys, estates = _lists()["streets"], _lists()["alleys"], _lists()["estates"]
    if kind < 45:
        return f"Jl. {streets[pick % len(streets)]}{('', ' I', ' II', ' III', ' Raya', ' IV', ' V')[pick // 997 % 7]}"
    if kind < 75:
        return f"Gg. {alleys[pick % len(alleys)]}"
    if kind < 92:
        estate = ("Perum ", "Komplek ")[pick // 997 % 2] + estates[pick % len(estates)]
        return f"{estate} Blok {'ABCDEFGH'[pick // 31 % 8]}"
    return f"Kp. {alleys[pick // 7 % len(alleys)]}"


def addresses(draw: Draw, city: City, rt: Ints) -> Texts:
    """An address line for each of the RTs (positions in ``rt_ids``): street and number."""
    n = len(rt)
    street = city.rt_streets[rt, draw.below(n, 3)]
    number = draw.between(n, 1, 120)
    estate = np.array([" Blok " in text for text in street.tolist()])
    block = np.where(estate, draw.between(n, 1, 24), 0)
    plain = np.array([f" No. {i}" for i in range(121)], dtype=object)
    parcel = np.array(["", *(str(i) + "/" for i in range(1, 25))], dtype=object)
    bare = np.array([str(i) for i in range(121)], dtype=object)
    result: Texts = street + np.where(estate, parcel[block] + bare[number], plain[number])
    return result


@dataclass(frozen=True)
class Birthplaces:
    texts: Texts
    regency: Ints
    """The four digits that begin a NIK there."""
    first: Ints
    """Where in ``texts`` the places of each origin begin."""
    count: Ints


@cache
def birthplaces() -> Birthplaces:
    texts, regency, first, count = ["Tangerang", "Jakarta"], [3671, 3173], [], []
    for origin in range(len(names.ORIGINS)):
        listed = [entry.rpartition(" ") for entry in _lists()[_ORIGIN_NAMES[origin]]]
        first.append(len(texts))
        count.append(len(listed))
        texts += [place for place, _, _ in listed]
        regency += [int(code) for _, _, code in listed]
    return Birthplaces(np.array(texts, dtype=object), np.array(regency), np.array(first), np.array(count))


def draw_birthplaces(draw: Draw, *, origin: Ints, age: Ints) -> Ints:
    """A position in ``birthplaces()`` for each person: the young were mostly born here."""
    n, book = len(origin), birthplaces()
    here = np.select([age < 18, age < 40], [8200, (_ROOTED[origin] + 7000) // 2], _ROOTED[origin])
    elsewhere = book.first[origin] + draw.below(n, book.count[origin])
    capital = draw.chance(n, 1500) & (age < 40)
    return np.where(draw.chance(n, here), 0, np.where(capital, 1, elsewhere))
