"""Tables with effective dates: several editions in one file, or in a folder, and the rows of each.

An edition holds from its day until the next one's. Cells are compiled here one by one, because the engine takes a
cell that it cannot read for one that never fits, without a word.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils import timezone

from satu.kernel.citydata import CityDataError, CityFile, Pointer, read_city_file
from satu.kernel.expressions import RuleError, check_cell


@dataclass(frozen=True)
class EditionPart:
    """Where one edition stands: its file, the place in it, and what it says."""

    file: CityFile
    pointer: Pointer
    data: Mapping[str, Any]

    @property
    def in_force_from(self) -> date:
        return date.fromisoformat(str(self.data["in_force_from"]))

    @property
    def legal_basis(self) -> str:
        basis: str = self.data.get("legal_basis") or self.file.data["legal_basis"]
        return basis

    @property
    def version(self) -> str:
        """A digest of what the edition says, so that a comment more makes no other version."""
        says = {key: self.file.data.get(key) for key in ("table", "name", "legal_basis", "advises")} | dict(self.data)
        text = json.dumps(says, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def error(self, *pointer: str | int, what: str, mend: str = "") -> CityDataError:
        return self.file.error(*self.pointer, *pointer, what=what, mend=mend)


def editions_in(path: Path, schema: Path, *, key: str) -> list[EditionPart]:
    """The editions of a table, the oldest first: of a file, or of all files in a folder. Raises ``CityDataError``."""
    paths = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    parts: list[EditionPart] = []
    for one in paths:
        file = read_city_file(one, schema)
        if file.data["table"] != key:
            raise file.error(
                "table", what=f"the table is called {file.data['table']!r} here and {key!r} in service.yaml"
            )
        if "editions" in file.data:
            parts += [EditionPart(file, ("editions", i), entry) for i, entry in enumerate(file.data["editions"])]
        else:
            parts.append(EditionPart(file, (), file.data))
    parts.sort(key=lambda part: part.in_force_from)
    _check_days(parts)
    return parts


def _check_days(parts: Sequence[EditionPart]) -> None:
    for before, part in pairwise(parts):
        if part.in_force_from == before.in_force_from:
            raise part.error(
                "in_force_from",
                what=f"two editions hold from {part.in_force_from}",
                mend="Give the newer one the day from which it holds.",
            )
    if parts[0].in_force_from > timezone.localdate():
        raise parts[0].error(
            "in_force_from",
            what="no edition of this table is in force yet",
            mend="Keep the rows that hold today as an edition of their own, before this one.",
        )


def cells(part: EditionPart, index: int, entry: Mapping[str, Any], known: Collection[str]) -> Mapping[str, str]:
    """The conditions of a row, each in ZEN's unary form. Raises ``CityDataError``."""
    when = {}
    for name, value in entry.get("when", {}).items():
        pointer = ("rows", index, "when", name)
        if name not in known:
            raise part.error(
                *pointer,
                what=f"the table looks at {name}, which the service does not need",
                mend=f"Write it under needs in service.yaml:  - {name}",
            )
        when[name] = _cell(value)
        try:
            check_cell(when[name])
        except RuleError as error:
            raise part.error(
                *pointer, what=str(error), mend="After = stands an expression; $ is the value."
            ) from error
    return when


def check_rows(part: EditionPart, rows: Sequence[tuple[str, Mapping[str, str]]]) -> None:
    """Each row is called otherwise, can be reached, and the last one fits everybody."""
    for index, (name, when) in enumerate(rows):
        if name in {other for other, _when in rows[:index]}:
            raise part.error("rows", index, "row", what=f"two rows are called {name!r}", mend="Rename one.")
        if not when and index < len(rows) - 1:
            raise part.error(
                "rows",
                index,
                what=f"the row {name!r} fits everybody, so the rows below it are never read",
                mend="Give it a condition (when), or move it to the end.",
            )
    if rows[-1][1]:
        raise part.error(
            "rows",
            len(rows) - 1,
            what="the table does not say what happens when no row fits",
            mend="Add a last row without conditions (no when).",
        )


def jdm_of(key: str, inputs: Sequence[str], rows: Sequence[tuple[str, Mapping[str, str]]]) -> str:
    """The JSON Decision Model of which the answer is the row that fits first."""
    rules = [
        {
            "_id": row,
            **{f"in{i}": when.get(name, "") for i, name in enumerate(inputs)},
            "row": json.dumps(row),
        }
        for row, when in rows
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": f"in{i}", "name": name, "field": name} for i, name in enumerate(inputs)],
        "outputs": [{"id": "row", "name": "row", "field": "row"}],
        "rules": rules,
    }
    nodes = [("in", "inputNode", {}), (key, "decisionTableNode", content), ("out", "outputNode", {})]
    model = {
        "nodes": [
            {"id": name, "name": name, "type": kind, "content": inner, "position": {"x": 240 * i, "y": 0}}
            for i, (name, kind, inner) in enumerate(nodes)
        ],
        "edges": [
            {"id": "in-table", "type": "edge", "sourceId": "in", "targetId": key},
            {"id": "table-out", "type": "edge", "sourceId": key, "targetId": "out"},
        ],
    }
    return json.dumps(model, sort_keys=True)


def _cell(value: object) -> str:
    """A clerk's cell in ZEN's unary form."""
    if isinstance(value, str) and value.startswith("="):
        return value[1:].strip()
    if isinstance(value, list):
        return ", ".join(json.dumps(one, ensure_ascii=False) for one in value)
    return json.dumps(value, ensure_ascii=False)
