"""The city's figures and templates for civil registration: ``cities/<city>/civil/civil.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from satu.kernel.city import the_city
from satu.kernel.citydata import read_city_file
from satu.services.types import Dated, in_force

SCHEMA = Path(__file__).parent / "schemas" / "civil.schema.json"


@dataclass(frozen=True, slots=True)
class Card:
    """A card that the office gives out: its template and whose seal it bears."""

    template: Path
    classification: str
    signing_agency: str


@dataclass(frozen=True, slots=True)
class Figures:
    birth_report_days: tuple[Dated, ...]
    family_card: Card

    def is_late(self, born_on: date, reported_on: date) -> bool:
        """Whether a birth is reported later than the rule of the day of the report allows."""
        figure = in_force(self.birth_report_days, reported_on)
        return figure is not None and (reported_on - born_on).days > figure.value


@cache
def the_figures() -> Figures:
    """Of the city that this installation serves. Raises ``CityDataError``."""
    folder = the_city().folder / "civil"
    data = read_city_file(folder / "civil.yaml", SCHEMA).data
    return Figures(
        birth_report_days=tuple(
            Dated(date.fromisoformat(str(one["in_force_from"])), one["days"], one["basis"], one["confirmed"])
            for one in sorted(data["birth_report_days"], key=lambda one: str(one["in_force_from"]))
        ),
        family_card=_card(folder, data["family_card"]),
    )


def _card(folder: Path, data: Mapping[str, Any]) -> Card:
    return Card(folder / data["template"], data["classification"], data["signing_agency"])
