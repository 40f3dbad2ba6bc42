"""What connected systems may be told, as the city's ``news.yaml`` lists it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from satu.hub.types import SubjectKind
from satu.kernel.city import Label
from satu.kernel.citydata import CityFile, read_city_file

SCHEMA = Path(__file__).parent / "schemas" / "news.schema.json"
PartType = Literal["text", "date"]


@dataclass(frozen=True, slots=True)
class News:
    """One kind of news: whom it is about and what it says."""

    key: str
    label: Label
    subject: SubjectKind
    legal_basis: str
    parts: Mapping[str, PartType]
    file: CityFile = field(repr=False, compare=False)

    def read(self, parts: Mapping[str, str]) -> dict[str, str | date]:
        """The parts as templates take them: dates as dates, so that ``{since:%d-%m-%Y}`` works."""
        return {
            name: date.fromisoformat(parts[name]) if kind == "date" and parts[name] else parts[name]
            for name, kind in self.parts.items()
        }


def load_news(path: Path) -> dict[str, News]:
    """Read a city's ``news.yaml``, by key; a city without one tells nobody anything. Raises ``CityDataError``."""
    if not path.exists():
        return {}
    file = read_city_file(path, SCHEMA)
    return {
        key: News(
            key=key,
            label=Label(**entry["label"]),
            subject=entry["subject"],
            legal_basis=entry["legal_basis"],
            parts=entry["parts"],
            file=file,
        )
        for key, entry in file.data["news"].items()
    }
