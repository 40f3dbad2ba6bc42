"""What is spared, in rupiah and hours: the city's own dated figures (``insight.yaml``), each confirmed or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from satu.insight.types import Sums
from satu.kernel.city import City, Label, the_city
from satu.kernel.citydata import CityFile, read_city_file

SCHEMA = Path(__file__).parent / "schemas" / "insight.schema.json"
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Figure:
    """What one of something is reckoned at, since when, and where that is from."""

    in_force_from: date
    value: int
    basis: Label
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Tiles:
    """Where each kecamatan stands on the map: codes by row from the north, from the west; empty for none."""

    rows: Sequence[Sequence[str]]
    basis: Label
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The figures that hold on a day."""

    seconds_a_field: Figure
    rupiah_a_photocopy: Figure
    minutes_a_visit: Figure
    rupiah_a_visit: Figure

    @property
    def is_confirmed(self) -> bool:
        figures = (self.seconds_a_field, self.rupiah_a_photocopy, self.minutes_a_visit, self.rupiah_a_visit)
        return all(figure.confirmed for figure in figures)

    def rupiah(self, sums: Sums) -> int:
        """What residents did not spend on copies and fares."""
        return self.rupiah_of_photocopies(sums) + self.rupiah_of_visits(sums)

    def rupiah_of_photocopies(self, sums: Sums) -> int:
        return sums.photocopies * self.rupiah_a_photocopy.value

    def rupiah_of_visits(self, sums: Sums) -> int:
        return sums.visits * self.rupiah_a_visit.value

    def hours(self, sums: Sums) -> float:
        """What residents did not spend on writing, on the way and in the queue."""
        seconds = sums.fields_spared * self.seconds_a_field.value + sums.visits * self.minutes_a_visit.value * _MINUTE
        return seconds / _HOUR


@dataclass(frozen=True, slots=True)
class CityHall:
    """What the city's ``insight.yaml`` says."""

    figures: Mapping[str, Sequence[Figure]]
    tiles: Tiles | None

    def on(self, day: date) -> Reckoning:
        """The figures in force on a day; before the first one, the first."""
        return Reckoning(
            **{
                key: next((one for one in reversed(dated) if one.in_force_from <= day), dated[0])
                for key, dated in self.figures.items()
            }
        )


def load(city: City) -> CityHall:
    """Read ``insight.yaml``. Raises ``CityDataError``."""
    file = read_city_file(city.folder / "insight.yaml", SCHEMA)
    figures = {key: _dated(entries) for key, entries in file.data["figures"].items()}
    return CityHall(figures=figures, tiles=_tiles(file))


@cache
def the_city_hall() -> CityHall:
    """Of the city that this installation serves, read once a process. Raises ``CityDataError``."""
    return load(the_city())


def _dated(entries: Sequence[Mapping[str, object]]) -> Sequence[Figure]:
    figures = [
        Figure(
            in_force_from=date.fromisoformat(str(entry["in_force_from"])),
            value=int(str(entry["value"])),
            basis=Label(**entry["basis"]),  # type: ignore[arg-type]
            confirmed=bool(entry["confirmed"]),
        )
        for entry in entries
    ]
    return sorted(figures, key=lambda one: one.in_force_from)


def _tiles(file: CityFile) -> Tiles | None:
    data = file.data.get("tiles")
    if data is None:
        return None
    seen: set[str] = set()
    for y, row in enumerate(data["rows"]):
        for x, code in enumerate(row):
            if code and code in seen:
                raise file.error("tiles", "rows", y, x, what=f"{code} stands twice", mend="Keep one of the two.")
            seen.add(code)
    return Tiles(rows=data["rows"], basis=Label(**data["basis"]), confirmed=data["confirmed"])
