"""The kinds of licence, as the city's ``permits.yaml`` lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import Label, the_city
from satu.kernel.citydata import CityFile, read_city_file
from satu.services.types import Dated, in_force

SCHEMA = Path(__file__).parent / "schemas" / "permits.schema.json"


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """The question that chooses one of a list fact's entries, and the parts that are its code and its name."""

    question: str
    fact: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LicenceKind:
    code: str
    name: Label
    service: str
    agency: str
    duty: str
    prefix: str
    holder: Literal["person", "business"]
    place: PlaceChoice | None
    address: str
    """The question that says where it is, for a kind that is bound to an address."""
    keeps: tuple[str, ...]
    most_at_once: tuple[Dated, ...]
    renewal_days: tuple[Dated, ...]

    def most(self, on: date) -> int | None:
        """How many of the kind one holder may have in force; ``None`` is any number."""
        figure = in_force(self.most_at_once, on)
        return figure.value if figure else None

    def renewable_days(self, on: date) -> int | None:
        """How many days before its end a renewal is offered; ``None`` is never."""
        figure = in_force(self.renewal_days, on)
        return figure.value if figure else None


@cache
def the_kinds() -> Mapping[str, LicenceKind]:
    """By code; empty for a city without ``permits.yaml``. Raises ``CityDataError``."""
    path = the_city().folder / "permits.yaml"
    if not path.exists():
        return {}
    file = read_city_file(path, SCHEMA)
    return {code: _kind(file, code, entry) for code, entry in file.data["kinds"].items()}


def kind_of(service: str) -> LicenceKind:
    """The kind of licence that a service grants. Raises ``LookupError``."""
    return next(kind for kind in the_kinds().values() if kind.service == service)


def _kind(file: CityFile, code: str, entry: Mapping[str, Any]) -> LicenceKind:
    city = the_city()
    place = PlaceChoice(**entry["place"]) if "place" in entry else None
    for key, known in (("agency", city.agencies), ("duty", city.duties)):
        if entry[key] not in known:
            raise file.error("kinds", code, key, what=f"city.yaml has no {key} {entry[key]!r}")
    for fact in (*entry.get("keeps", ()), *([place.fact] if place else ())):
        if fact not in the_catalogue().facts:
            raise file.error("kinds", code, what=f"the catalogue has no fact {fact}")
    return LicenceKind(
        code=code,
        name=Label(**entry["name"]),
        service=entry["service"],
        agency=entry["agency"],
        duty=entry["duty"],
        prefix=entry["prefix"],
        holder=entry["holder"],
        place=place,
        address=entry.get("address", ""),
        keeps=tuple(entry.get("keeps", ())),
        most_at_once=_figures(entry.get("most_at_once", [])),
        renewal_days=_figures(entry.get("renewal_days", [])),
    )


def _figures(entries: list[Mapping[str, Any]]) -> tuple[Dated, ...]:
    dated = (
        Dated(date.fromisoformat(str(one["in_force_from"])), one["figure"], one["basis"], one["confirmed"])
        for one in entries
    )
    return tuple(sorted(dated, key=lambda one: one.in_force_from))
