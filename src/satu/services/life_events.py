"""What happens in a life, as doors to services: ``life-events.yaml`` of the city."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from satu.kernel.city import Label, the_city
from satu.kernel.citydata import read_city_file

SCHEMA = Path(__file__).parent / "schemas" / "life-events.schema.json"


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """``words`` are what people say of it, by language code; they also find its services."""

    key: str
    name: Label
    says: Label
    icon: str
    words: Mapping[str, tuple[str, ...]]
    services: tuple[str, ...]
    """Slugs, the nearest first."""


@dataclass(frozen=True, slots=True)
class Doors:
    events: Sequence[LifeEvent]
    often: tuple[str, ...]
    """Slugs of the services that most people come for."""


def load_doors(folder: Path) -> Doors:
    """Read ``life-events.yaml``; a city without one has no doors. Raises ``CityDataError``, also for a service that
    the city has no folder for.
    """
    path = folder / "life-events.yaml"
    if not path.exists():
        return Doors(events=(), often=())
    file = read_city_file(path, SCHEMA)
    known = {found.parent.name for found in (folder / "services").glob("*/service.yaml")}
    named = [(("often", index), slug) for index, slug in enumerate(file.data["often"])] + [
        (("events", index, "services", place), slug)
        for index, entry in enumerate(file.data["events"])
        for place, slug in enumerate(entry["services"])
    ]
    for pointer, slug in named:
        if slug not in known:
            raise file.error(
                *pointer, what=f"there is no service {slug!r}", mend="There are: " + ", ".join(sorted(known))
            )
    events = tuple(
        LifeEvent(
            key=entry["event"],
            name=Label(**entry["name"]),
            says=Label(**entry["says"]),
            icon=entry["icon"],
            words={language: tuple(said) for language, said in entry["words"].items()},
            services=tuple(entry["services"]),
        )
        for entry in file.data["events"]
    )
    return Doors(events=events, often=tuple(file.data["often"]))


@lru_cache(maxsize=8)
def _doors_of(folder: Path) -> Doors:
    return load_doors(folder)


def the_doors() -> Doors:
    """Those of the city that this installation serves, read once a process."""
    return _doors_of(the_city().folder)
