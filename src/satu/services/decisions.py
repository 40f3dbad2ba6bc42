"""Decision tables: a clerk's YAML, compiled to JDM and run by the ZEN engine.

Why not JDM as the file: its rows are cells under generated ids, so a change cannot be read in a diff, a complaint
cannot name a line that means something, and the reasons in two languages would be JSON inside quoted strings. The
YAML is the table as it is read aloud; the JDM is what the engine gets, and is kept with the package version.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from satu.kernel.city import Label
from satu.kernel.expressions import DecisionTable
from satu.services.editions import EditionPart, cells, check_rows, editions_in, jdm_of
from satu.services.types import Edition, Result, Row, Table

SCHEMA = Path(__file__).parent / "schemas" / "table.schema.json"


@dataclass(frozen=True, slots=True)
class TableDecision:
    """Which row fired, and the values of all the edition's inputs. The same edition and values decide the same."""

    table: Table
    edition: Edition
    row: Row
    values: Mapping[str, Any]

    @property
    def result(self) -> Result:
        return self.row.result


def load_table(path: Path, *, key: str, known: Collection[str]) -> Table:
    """Read a table that may look at ``known`` facts and answers: a file, or a folder with a file for each edition.

    Raises ``CityDataError``.
    """
    parts = editions_in(path, SCHEMA, key=key)
    head = parts[0].file
    for part in parts:
        if part.file.data.get("advises", False) != head.data.get("advises", False):
            raise part.file.error("advises", what="one edition advises and another decides", mend="Make them alike.")
    return Table(
        key=key,
        name=Label(**parts[-1].file.data["name"]),
        advises=head.data.get("advises", False),
        editions=tuple(_edition(part, known) for part in parts),
    )


def decide(table: Table, values: Mapping[str, Any], *, on: date) -> TableDecision:
    """Decide by the edition that holds ``on`` a day; for a case, the day of its submission (``days.day_of``)."""
    return decide_by(table, table.on(on), values)


def decide_by(table: Table, edition: Edition, values: Mapping[str, Any]) -> TableDecision:
    """Run an edition over values by fact key (or ``answers.<question>``); what is absent is null to it."""
    seen = {name: values.get(name) for name in edition.inputs}
    decision = engine(edition.jdm).decide(nested(seen))
    return TableDecision(table=table, edition=edition, row=edition.row(decision.output["row"]), values=seen)


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """``{"person.name": …}`` as ``{"person": {"name": …}}``, which is how expressions and templates read it."""
    tree: dict[str, Any] = {}
    for key, value in values.items():
        *parents, leaf = key.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[leaf] = value
    return tree


@lru_cache(maxsize=256)
def engine(jdm: str) -> DecisionTable:
    return DecisionTable(json.loads(jdm))


def _edition(part: EditionPart, known: Collection[str]) -> Edition:
    file, data = part.file, part.data
    rows = tuple(_row(part, index, entry, known) for index, entry in enumerate(data["rows"]))
    check_rows(part, [(row.id, row.when) for row in rows])
    for index, row in enumerate(rows):
        if row.result == "examine" and not file.data.get("advises"):
            raise file.error(
                *part.pointer,
                "rows",
                index,
                "then",
                what="a table that decides cannot leave it to the officer",
                mend="Write approve or refuse, or advises: true if an officer decides.",
            )
    inputs = tuple(dict.fromkeys(name for row in rows for name in row.when))
    return Edition(
        in_force_from=part.in_force_from,
        legal_basis=part.legal_basis,
        confirmed=data.get("confirmed", True),
        version=part.version,
        inputs=inputs,
        rows=rows,
        jdm=jdm_of(file.data["table"], inputs, [(row.id, row.when) for row in rows]),
    )


def _row(part: EditionPart, index: int, entry: Mapping[str, Any], known: Collection[str]) -> Row:
    return Row(
        id=entry["row"],
        when=cells(part, index, entry, known),
        result=entry["then"],
        reason=Label(**entry["reason"]),
        advice=Label(**entry["advice"]) if "advice" in entry else None,
    )
