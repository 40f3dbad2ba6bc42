"""Decision tables: a clerk's YAML, compiled to JDM and run by the ZEN engine.

Why not JDM as the file: its rows are cells under generated ids, so a change cannot be read in a diff, a complaint
cannot name a line that means something, and the reasons in two languages would be JSON inside quoted strings. The
YAML is the table as it is read aloud; the JDM is what the engine gets, and is kept with the package version.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from satu.kernel.city import Label
from satu.kernel.citydata import CityFile, read_city_file
from satu.kernel.expressions import DecisionTable, RuleError, check_cell
from satu.services.types import Result, Row, Table

SCHEMA = Path(__file__).parent / "schemas" / "table.schema.json"


@dataclass(frozen=True, slots=True)
class TableDecision:
    """Which row fired, and the values of all the table's inputs. The same table and values give the same decision."""

    table: Table
    row: Row
    values: Mapping[str, Any]

    @property
    def result(self) -> Result:
        return self.row.result


def load_table(path: Path, *, key: str, known: Collection[str]) -> Table:
    """Read a table that may look at ``known`` facts and answers. Raises ``CityDataError``."""
    file = read_city_file(path, SCHEMA)
    if file.data["table"] != key:
        raise file.error("table", what=f"the table is called {file.data['table']!r} here and {key!r} in service.yaml")
    rows = tuple(_row(file, index, entry, known) for index, entry in enumerate(file.data["rows"]))
    _check_rows(file, rows)
    inputs = tuple(dict.fromkeys(name for row in rows for name in row.when))
    jdm = json.dumps(_jdm(key, inputs, rows), sort_keys=True)
    return Table(
        key=key,
        name=Label(**file.data["name"]),
        legal_basis=file.data["legal_basis"],
        in_force_from=date.fromisoformat(str(file.data["in_force_from"])),
        version=hashlib.sha256(path.read_bytes()).hexdigest()[:12],
        inputs=inputs,
        rows=rows,
        advises=file.data.get("advises", False),
        jdm=jdm,
    )


def decide(table: Table, values: Mapping[str, Any]) -> TableDecision:
    """Run a table over values by fact key (or ``answers.<question>``); what is absent is null to the table."""
    seen = {name: values.get(name) for name in table.inputs}
    decision = _engine(table.jdm).decide(nested(seen))
    rows = {row.id: row for row in table.rows}
    return TableDecision(table=table, row=rows[decision.output["row"]], values=seen)


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
def _engine(jdm: str) -> DecisionTable:
    return DecisionTable(json.loads(jdm))


def _row(file: CityFile, index: int, entry: Mapping[str, Any], known: Collection[str]) -> Row:
    when = {}
    for name, value in entry.get("when", {}).items():
        pointer = ("rows", index, "when", name)
        if name not in known:
            raise file.error(
                *pointer,
                what=f"the table looks at {name}, which the service does not need",
                mend=f"Write it under needs in service.yaml:  - {name}",
            )
        when[name] = _cell(value)
        try:
            check_cell(when[name])
        except RuleError as error:
            raise file.error(
                *pointer, what=str(error), mend="After = stands an expression; $ is the value."
            ) from error
    return Row(
        id=entry["row"],
        when=when,
        result=entry["then"],
        reason=Label(**entry["reason"]),
        advice=Label(**entry["advice"]) if "advice" in entry else None,
    )


def _cell(value: object) -> str:
    """A clerk's cell in ZEN's unary form."""
    if isinstance(value, str) and value.startswith("="):
        return value[1:].strip()
    if isinstance(value, list):
        return ", ".join(json.dumps(one, ensure_ascii=False) for one in value)
    return json.dumps(value, ensure_ascii=False)


def _check_rows(file: CityFile, rows: tuple[Row, ...]) -> None:
    for index, row in enumerate(rows):
        if row.id in {other.id for other in rows[:index]}:
            raise file.error("rows", index, "row", what=f"two rows are called {row.id!r}", mend="Rename one.")
        if not row.when and index < len(rows) - 1:
            raise file.error(
                "rows",
                index,
                what=f"the row {row.id!r} fits everybody, so the rows below it are never read",
                mend="Give it a condition (when), or move it to the end.",
            )
    for index, row in enumerate(rows):
        if row.result == "examine" and not file.data.get("advises"):
            raise file.error(
                "rows",
                index,
                "then",
                what="a table that decides cannot leave it to the officer",
                mend="Write approve or refuse, or advises: true if an officer decides.",
            )
    if rows[-1].when:
        raise file.error(
            "rows",
            len(rows) - 1,
            what="the table does not say what happens when no row fits",
            mend="Add a last row without conditions (no when).",
        )


def _jdm(key: str, inputs: tuple[str, ...], rows: tuple[Row, ...]) -> dict[str, Any]:
    rules = [
        {
            "_id": row.id,
            **{f"in{i}": row.when.get(name, "") for i, name in enumerate(inputs)},
            "row": json.dumps(row.id),
            "result": json.dumps(row.result),
        }
        for row in rows
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": f"in{i}", "name": name, "field": name} for i, name in enumerate(inputs)],
        "outputs": [{"id": name, "name": name, "field": name} for name in ("row", "result")],
        "rules": rules,
    }
    nodes = [("in", "inputNode", {}), (key, "decisionTableNode", content), ("out", "outputNode", {})]
    return {
        "nodes": [
            {"id": name, "name": name, "type": kind, "content": inner, "position": {"x": 240 * i, "y": 0}}
            for i, (name, kind, inner) in enumerate(nodes)
        ],
        "edges": [
            {"id": "in-table", "type": "edge", "sourceId": "in", "targetId": key},
            {"id": "table-out", "type": "edge", "sourceId": key, "targetId": "out"},
        ],
    }
