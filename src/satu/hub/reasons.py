"""The reasons an officer may give for looking somebody up, as the city's ``purposes/*.yaml`` list them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from satu.hub.catalogue import Catalogue, the_catalogue
from satu.kernel.city import Label, the_city
from satu.kernel.citydata import read_city_file

SCHEMA = Path(__file__).parent / "schemas" / "purposes.schema.json"


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    label: Label
    """What the person is told who was looked up."""
    officer: Label
    """The same as the officer reads it who gives the reason."""
    legal_basis: str
    duties: frozenset[str]
    facts: frozenset[str]


@cache
def the_reasons() -> Mapping[str, Reason]:
    return load_reasons(the_city().folder / "purposes", the_catalogue())


def load_reasons(folder: Path, catalogue: Catalogue) -> dict[str, Reason]:
    """Raises ``CityDataError``; a fact that the catalogue does not list is one."""
    reasons: dict[str, Reason] = {}
    for path in sorted(folder.glob("*.yaml")):
        file = read_city_file(path, SCHEMA)
        for code, entry in file.data["reasons"].items():
            if code in reasons:
                raise file.error("reasons", code, what=f"the reason {code} stands twice", mend="Keep one of the two.")
            for index, fact in enumerate(entry["facts"]):
                if fact not in catalogue.facts:
                    raise file.error(
                        "reasons",
                        code,
                        "facts",
                        index,
                        what=f"the catalogue has no fact {fact!r}",
                        mend="Correct the key, or add the fact to a file in facts/.",
                    )
            reasons[code] = Reason(
                code=code,
                label=Label(**entry["label"]),
                officer=Label(**entry.get("officer", entry["label"])),
                legal_basis=entry["legal_basis"],
                duties=frozenset(entry["duties"]),
                facts=frozenset(entry["facts"]),
            )
    return reasons
