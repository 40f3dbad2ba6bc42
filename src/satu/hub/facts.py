"""The facts that the city can know, as ``facts/*.yaml`` lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, cast

from satu.hub.types import SubjectKind
from satu.kernel.city import Label
from satu.kernel.citydata import CityDataError, CityFile, read_city_file

SCHEMA = Path(__file__).parent / "schemas" / "fact.schema.json"

PlainType = Literal["text", "number", "date", "integer", "money", "boolean", "code"]
FactType = PlainType | Literal["list"]
Classification = Literal["public", "restricted", "sensitive"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of each thing in a list fact."""

    label: Label
    type: PlainType
    codes: Mapping[str, Label]
    internal: bool = False
    """Only programs read it: it is left out where a thing is put into words."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a fact follows from others. The expression sees ``inputs`` and ``today``, and nothing else."""

    inputs: tuple[str, ...]
    expression: str
    if_not_found: bool | int | str | None


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One entry of the catalogue."""

    key: str
    label: Label
    type: FactType
    subject: SubjectKind
    agency: str
    legal_basis: str
    classification: Classification
    max_age: timedelta | None
    standards: Mapping[str, str]
    sources: tuple[str, ...]
    """Codes of systems in order of preference; empty for a derived fact."""
    codes: Mapping[str, Label]
    parts: Mapping[str, Part]
    derived: Derivation | None
    file: CityFile = field(repr=False)
    internal: bool = False
    """Only programs read it (a code that routes a task): no page shows it, the ledger tells it all the same."""

    def error(self, *pointer: str | int, what: str, mend: str) -> CityDataError:
        """What to raise about a part of this fact's entry; it names file and line."""
        return self.file.error("facts", self.key, *pointer, what=f"{self.key}: {what}", mend=mend)


def load_facts(folder: Path) -> dict[str, Fact]:
    """Read every ``*.yaml`` of a city's ``facts`` folder, by key. Raises ``CityDataError``."""
    facts: dict[str, Fact] = {}
    for path in sorted(folder.glob("*.yaml")):
        file = read_city_file(path, SCHEMA)
        for key, entry in file.data["facts"].items():
            if key in facts:
                other = facts[key].file
                raise file.error(
                    "facts",
                    key,
                    what=f"{key} stands in {other.path.name}:{other.line('facts', key)} already",
                    mend="Keep one of the two.",
                )
            facts[key] = _fact(key, entry, file)
    return facts


def _fact(key: str, entry: Mapping[str, Any], file: CityFile) -> Fact:
    derived = entry.get("derived")
    return Fact(
        key=key,
        label=Label(**entry["label"]),
        type=entry["type"],
        subject=cast("SubjectKind", key.partition(".")[0]),
        agency=entry["agency"],
        legal_basis=entry["legal_basis"],
        classification=entry["classification"],
        max_age=_age(entry["max_age"]) if "max_age" in entry else None,
        standards=entry.get("standards", {}),
        sources=tuple(entry.get("sources", ())),
        codes=_codes(entry),
        parts={
            name: Part(Label(**part["label"]), part["type"], _codes(part), internal=part.get("internal", False))
            for name, part in entry.get("parts", {}).items()
        },
        derived=Derivation(tuple(derived["inputs"]), derived["expression"], derived.get("if_not_found"))
        if derived
        else None,
        file=file,
        internal=entry.get("internal", False),
    )


def _codes(entry: Mapping[str, Any]) -> dict[str, Label]:
    return {code: Label(**label) for code, label in entry.get("codes", {}).items()}


def _age(text: str) -> timedelta:
    number = int(text[:-1])
    return timedelta(hours=number) if text.endswith("h") else timedelta(days=number)
