"""Looking at an answer before the request is sent: by a decision table, or by a package above that knows the matter.

A citizen who reads at once what is wrong mends it; a rule that refuses her request later makes her begin again.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from satu.kernel.city import Label
from satu.services.answers import answer_values
from satu.services.decisions import decide
from satu.services.types import ServicePackage


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, with the facts and the other answers (by question) beside it."""

    value: Any = field(repr=False)
    answers: Mapping[str, Any] = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)


Check = Callable[[Answered], str | Promise | None]
"""A sentence for the citizen when the answer cannot stand; ``None`` when it can."""
_checks: dict[str, Check] = {}


def answer_check(name: str) -> Callable[[Check], Check]:
    """Register a check, named with its package before a dot: ``civil.movers``."""

    def register(function: Check) -> Check:
        if _checks.setdefault(name, function) is not function:
            raise ValueError(f"two checks are called {name!r}")
        return function

    return register


def registered() -> Collection[str]:
    return _checks.keys()


def complaints(
    package: ServicePackage, answers: Mapping[str, str], facts: Mapping[str, Any]
) -> dict[str, str | Promise]:
    """A sentence for each answer that cannot stand. What was left open is not looked at."""
    values = answer_values(package.questions, answers)
    by_question = {name.removeprefix("answers."): value for name, value in values.items()}
    found: dict[str, str | Promise] = {}
    for question in package.questions:
        if not question.check or not answers.get(question.key):
            continue
        if (check := _checks.get(question.check)) is not None:
            sentence = check(Answered(by_question[question.key], by_question, facts))
        else:
            sentence = _by_table(package, question.check, {**facts, **values})
        if sentence:
            found[question.key] = sentence
    return found


def _by_table(package: ServicePackage, table: str, values: Mapping[str, Any]) -> str | None:
    row = decide(package.tables[table], values, on=timezone.localdate()).row
    return None if row.result == "approve" else _sentence(row.reason)


def _sentence(label: Label) -> str:
    return str(label)
