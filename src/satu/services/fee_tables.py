"""Fee tables: what a service costs where that depends on facts and answers, dated like every rule."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from satu.kernel.city import Label
from satu.kernel.expressions import RuleError, check_expression
from satu.services.editions import EditionPart, cells, check_rows, editions_in, jdm_of
from satu.services.types import FeeEdition, FeeRow, FeeTable, Figure, Part, Rounding

SCHEMA = Path(__file__).parent / "schemas" / "fee.schema.json"
_NAME = re.compile(r"\b[a-z]+\.[a-z][a-z0-9_]*\b")
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")


def load_fee_table(path: Path, *, key: str, known: Collection[str]) -> FeeTable:
    """Read a fee table that may look at ``known`` facts and answers. Raises ``CityDataError``."""
    parts = editions_in(path, SCHEMA, key=key)
    return FeeTable(
        key=key,
        name=Label(**parts[-1].file.data["name"]),
        editions=tuple(_edition(part, key, known) for part in parts),
    )


def names_in(expression: str) -> tuple[str, ...]:
    """The facts, answers, figures and parts that an expression names."""
    return tuple(dict.fromkeys(_NAME.findall(_TEXT.sub("", expression))))


def _edition(part: EditionPart, key: str, known: Collection[str]) -> FeeEdition:
    data = part.data
    figures = {name: _figure(entry) for name, entry in data.get("figures", {}).items()}
    may_use = {*known, *(f"figures.{name}" for name in figures)}
    parts: dict[str, Part] = {}
    for name, entry in data.get("parts", {}).items():
        parts[name] = Part(
            Label(**entry["label"]), _expression(part, ("parts", name, "value"), entry["value"], may_use)
        )
        may_use.add(f"parts.{name}")
    rows = tuple(_row(part, index, entry, may_use) for index, entry in enumerate(data["rows"]))
    check_rows(part, [(row.id, row.when) for row in rows])
    conditions = tuple(dict.fromkeys(name for row in rows for name in row.when))
    named = (name for expression in _expressions(parts, rows) for name in names_in(expression))
    return FeeEdition(
        in_force_from=part.in_force_from,
        legal_basis=part.legal_basis,
        confirmed=data["confirmed"],
        version=part.version,
        figures=figures,
        parts=parts,
        rows=rows,
        inputs=tuple(name for name in dict.fromkeys((*conditions, *named)) if name in known),
        rounding=Rounding(data["rounding"]["to"], data["rounding"]["way"]),
        jdm=jdm_of(key, conditions, [(row.id, row.when) for row in rows]),
    )


def _expressions(parts: Mapping[str, Part], rows: Iterable[FeeRow]) -> Iterable[str]:
    yield from (part.expression for part in parts.values())
    yield from (row.rupiah for row in rows)


def _figure(entry: Mapping[str, Any]) -> Figure:
    return Figure(Label(**entry["label"]), Decimal(str(entry["value"])), entry["basis"], entry["confirmed"])


def _row(part: EditionPart, index: int, entry: Mapping[str, Any], may_use: Collection[str]) -> FeeRow:
    return FeeRow(
        id=entry["row"],
        when=cells(part, index, entry, may_use),
        rupiah=_expression(part, ("rows", index, "rupiah"), entry["rupiah"], may_use),
        label=Label(**entry["label"]),
    )


def _expression(part: EditionPart, pointer: tuple[str | int, ...], value: object, may_use: Collection[str]) -> str:
    if isinstance(value, int):
        return str(value)
    expression = str(value).removeprefix("=").strip()
    try:
        check_expression(expression)
    except RuleError as error:
        raise part.error(*pointer, what=str(error), mend="For example: = parts.area * figures.rate") from error
    for name in names_in(expression):
        if name not in may_use:
            raise part.error(
                *pointer,
                what=f"the reckoning uses {name}, which is neither a need, an answer, a figure nor a part above",
                mend=f"Known here: {', '.join(sorted(may_use))}",
            )
    return expression
