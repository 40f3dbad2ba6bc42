"""The city as data: its name, colours and agencies, from ``city.yaml`` in the city's folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from satu.kernel.citydata import read_city_file

_SCHEMA = Path(__file__).parent / "schemas" / "city.schema.json"


@dataclass(frozen=True, slots=True)
class Label:
    """A text in both languages. ``str`` gives the one of the current request."""

    id: str
    en: str

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.en if (get_language() or "id").startswith("en") else self.id


@dataclass(frozen=True, slots=True)
class Agency:
    """A department of the city (OPD)."""

    code: str
    name: Label
    short: str


@dataclass(frozen=True, slots=True)
class City:
    folder: Path
    code: str
    name: Label
    province: str
    colours: Mapping[str, str]
    agencies: Mapping[str, Agency]
    duties: Mapping[str, Label]


def load_city(folder: Path) -> City:
    """Read ``city.yaml``. Raises ``CityDataError``."""
    file = read_city_file(folder / "city.yaml", _SCHEMA)
    agencies = {
        code: Agency(code=code, name=Label(**entry["name"]), short=entry["short"])
        for code, entry in file.data["agencies"].items()
    }
    return City(
        folder=folder,
        code=file.data["code"],
        name=Label(**file.data["name"]),
        province=file.data["province"],
        colours=file.data["colours"],
        agencies=agencies,
        duties={code: Label(**name) for code, name in file.data.get("duties", {}).items()},
    )


@cache
def the_city() -> City:
    """The city this installation serves (``SATU_CITY``), read once a process."""
    return load_city(Path(settings.SATU_CITY))
