"""The one safe expression language (ZEN) and decision tables, for rules that clerks write.

Expressions reach the values they are given and nothing else: no files, no network, no Python.
Source: GoRules ZEN engine, JSON Decision Model.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import zen


class RuleError(Exception):
    """A rule that cannot be evaluated: it does not compile, or a value has the wrong type for it."""


@lru_cache(maxsize=2048)
def _compiled(expression: str) -> Any:
    try:
        return zen.compile_expression(expression)
    except RuntimeError as error:
        raise RuleError(f"not an expression: {expression!r}: {_reason(error)}") from error


def check_expression(expression: str) -> None:
    """Raise ``RuleError`` when the expression does not compile."""
    _compiled(expression)


def check_cell(cell: str) -> None:
    """Raise ``RuleError`` when a decision table's cell does not compile.

    The engine itself does not: a cell that it cannot read is a cell that never fits, without a word.
    """
    try:
        zen.compile_unary_expression(cell)
    except RuntimeError as error:
        raise RuleError(f"not a cell: {cell!r}: {_reason(error)}") from error


def evaluate(expression: str, values: Mapping[str, object]) -> Any:
    """The value of an expression over ``values`` (JSON values; dates as ISO 8601 text). Raises ``RuleError``."""
    try:
        return _compiled(expression).evaluate(dict(values))
    except RuntimeError as error:
        raise RuleError(f"{expression!r} could not be evaluated: {_reason(error)}") from error


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision table said: its output, and the trace that shows which row fired on which values."""

    output: Mapping[str, Any]
    trace: Mapping[str, Any]


class DecisionTable:
    """A decision in JDM. ``decide`` is pure: the same table and values give the same decision."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        try:
            self._decision = zen.ZenEngine().create_decision(json.dumps(content))
        except (RuntimeError, ValueError) as error:
            raise RuleError(f"not a decision table: {_reason(error)}") from error

    def decide(self, values: Mapping[str, object]) -> Decision:
        try:
            answer = self._decision.evaluate(dict(values), {"trace": True})
        except RuntimeError as error:
            raise RuleError(_reason(error)) from error
        return Decision(output=answer["result"], trace=answer.get("trace", {}))


def _reason(error: Exception) -> str:
    """The engine's message without the stack trace that it appends."""
    first_line = str(error).partition("\n")[0]
    try:
        return str(json.loads(first_line)["source"])
    except (ValueError, KeyError, TypeError):
        return first_line or type(error).__name__
