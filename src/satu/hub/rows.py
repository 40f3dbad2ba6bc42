"""Facts that people read together: one row of a page for *tempat, tanggal lahir*, as on the card.

Which these are is the city's data (``rows.yaml``). Each fact keeps its own key, source and outcome; only the showing
is joined, and only when all of a row's facts were found in the same system.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import Label, the_city
from satu.kernel.citydata import read_city_file

_SCHEMA = Path(__file__).parent / "schemas" / "rows.schema.json"
_KEY = re.compile(r"\{([a-z_.]+)\}")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Row(Generic[Item]):
    """One row: what it is called, its text, and what it was made of (the first stands for the others)."""

    label: Label
    shown: str
    items: tuple[Item, ...]

    @property
    def first(self) -> Item:
        return self.items[0]


@dataclass(frozen=True, slots=True)
class _Pattern:
    label: Label
    text: Label
    keys: tuple[str, ...]

    def fill(self, shown: Mapping[str, str]) -> str:
        return _KEY.sub(lambda match: shown[match[1]], str(self.text))


def in_rows(
    items: Sequence[Item],
    *,
    key: Callable[[Item], str],
    shown: Callable[[Item], str],
    source: Callable[[Item], Hashable],
) -> list[Row[Item]]:
    """Join what is read together; every item stands in exactly one row, where the first of its row stood.

    ``shown`` is an item's text, empty when it was not found; ``source`` is what a row's items must share.
    """
    by_key = {key(item): item for item in items}
    lead: dict[str, Row[Item]] = {}
    taken: set[str] = set()
    for pattern in _patterns():
        members = [by_key[k] for k in pattern.keys if k in by_key and k not in taken and shown(by_key[k])]
        if len(members) == len(pattern.keys) and len({source(member) for member in members}) == 1:
            text = pattern.fill({key(member): shown(member) for member in members})
            lead[next(key(item) for item in items if item in members)] = Row(pattern.label, text, tuple(members))
            taken.update(pattern.keys)
    alone = {
        key(item): Row(the_catalogue().fact(key(item)).label, shown(item), (item,))
        for item in items
        if key(item) not in taken
    }
    rows = {**alone, **lead}
    return [rows[key(item)] for item in items if key(item) in rows]


@cache
def _patterns() -> tuple[_Pattern, ...]:
    path = the_city().folder / "rows.yaml"
    if not path.exists():
        return ()
    file = read_city_file(path, _SCHEMA)
    known = the_catalogue().facts
    patterns = []
    for number, entry in enumerate(file.data["rows"]):
        keys = tuple(_KEY.findall(entry["pattern"]["id"]))
        for fact in (*keys, *_KEY.findall(entry["pattern"]["en"])):
            if fact not in known or fact not in keys:
                raise file.error(
                    "rows",
                    number,
                    "pattern",
                    what=f"{fact} is not a fact of both texts",
                    mend="Use the same known keys.",
                )
        patterns.append(_Pattern(Label(**entry["label"]), Label(**entry["pattern"]), keys))
    return tuple(patterns)
