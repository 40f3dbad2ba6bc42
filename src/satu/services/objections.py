"""The city's rule on objections (keberatan) to refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from satu.kernel.calendar import WorkingDays
from satu.kernel.city import City, the_city
from satu.kernel.citydata import read_city_file

SCHEMA = Path(__file__).parent / "schemas" / "objections.schema.json"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long one may object, and how long the office has. ``confirmed`` is false until somebody read the source."""

    in_force_from: date
    days: WorkingDays
    decide_within: WorkingDays
    basis: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ObjectionRule:
    duty: str
    limits: Sequence[Limit]

    def limit(self, on: date) -> Limit | None:
        """The one in force on the day of the refusal."""
        return next((one for one in reversed(self.limits) if one.in_force_from <= on), None)


def load_rule(city: City) -> ObjectionRule:
    """Read ``objections.yaml``. Raises ``CityDataError``."""
    file = read_city_file(city.folder / "objections.yaml", SCHEMA)
    if file.data["duty"] not in city.duties:
        raise file.error("duty", what="the city has no such duty", mend="It has: " + ", ".join(sorted(city.duties)))
    limits = (
        Limit(
            in_force_from=date.fromisoformat(str(entry["in_force_from"])),
            days=WorkingDays(entry["working_days"]),
            decide_within=WorkingDays(entry["decide_within"]),
            basis=entry["basis"],
            confirmed=entry["confirmed"],
        )
        for entry in file.data["limits"]
    )
    return ObjectionRule(file.data["duty"], sorted(limits, key=lambda one: one.in_force_from))


@cache
def the_rule() -> ObjectionRule:
    """Of the city that this installation serves, read once a process. Raises ``CityDataError``."""
    return load_rule(the_city())
