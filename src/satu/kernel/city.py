"""The city as data: its name, colours and agencies, from ``city.yaml`` in the city's folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from satu.kernel.citydata import CityFile, read_city_file

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
    duties: tuple[str, ...] = ()
    """What its officers can be charged with."""


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
        code: Agency(
            code=code, name=Label(**entry["name"]), short=entry["short"], duties=_duties_of(file, code, entry)
        )
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


def _duties_of(file: CityFile, code: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    known = file.data.get("duties", {})
    for index, duty in enumerate(entry.get("duties", ())):
        if duty not in known:
            raise file.error(
                "agencies",
                code,
                "duties",
                index,
                what=f"the city has no duty {duty!r}",
                mend="It has: " + ", ".join(sorted(known)),
            )
    return tuple(entry.get("duties", ()))


@cache
def the_city() -> City:
    """The city this installation serves (``SATU_CITY``), read once a process."""
    return load_city(Path(settings.SATU_CITY))
