"""What was answered, as rules see it, as people read it, and how much of it was typed.

Answers are kept as text. Those to ``members``, ``from-fact`` and ``address`` are JSON: the entries of the fact that
were chosen, and the address that was found.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import structlog
from django.utils.dateformat import format as format_date

from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import table
from satu.kernel.city import Label
from satu.kernel.expressions import RuleError, evaluate
from satu.services.decisions import nested
from satu.services.types import COMPOSITE, MEMBERS_FACT, Choice, Question

_log = structlog.get_logger(__name__)
_ADDRESS_FIELDS = 4
Values = Mapping[str, Any]


class Conditional(Protocol):
    """What is asked only where ``when`` holds over what it ``looks_at``: a question, or a file."""

    @property
    def key(self) -> str: ...

    @property
    def when(self) -> str: ...

    @property
    def looks_at(self) -> tuple[str, ...]: ...


def answer_values(questions: Iterable[Question], answers: Mapping[str, str]) -> dict[str, Any]:
    """By ``answers.<question>``, as tables and conditions see them: numbers as numbers, JSON as what it is."""
    return {
        f"answers.{question.key}": _value(question, answers[question.key])
        for question in questions
        if question.key in answers
    }


def _value(question: Question, answer: str) -> Any:
    if question.type in COMPOSITE:
        return json.loads(answer) if answer else None
    if question.type == "number" and answer:
        return float(answer) if "." in answer else int(answer)
    return answer


def is_asked(question: Question, facts: Values, answered: Values) -> bool:
    """Whether a question is asked with these facts, and with what was answered before it."""
    if not holds(question, {**facts, **answered}):
        return False
    if question.type in {"members", "from-fact"}:
        return len(entries(question, facts)) > 1
    return True


def given(question: Question, facts: Values) -> str | None:
    """What a question has as its answer without being asked: the only entry there is."""
    only = entries(question, facts) if question.type in {"members", "from-fact"} else []
    if len(only) != 1:
        return None
    return json.dumps(only if question.type == "members" else only[0], ensure_ascii=False)


def entries(question: Question, facts: Values) -> list[Mapping[str, Any]]:
    """What there is to choose from."""
    found = facts.get(MEMBERS_FACT if question.type == "members" else question.fact)
    return found if isinstance(found, list) else []


def mark(entry: Mapping[str, Any]) -> str:
    """What stands for an entry in a form: nobody reads a number out of it."""
    told = json.dumps(entry, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def choices(question: Question, facts: Values) -> tuple[Choice, ...]:
    """The answers that a question offers."""
    if question.type not in {"members", "from-fact"}:
        return question.choices
    return tuple(Choice(mark(entry), Label(*[told(question, entry)] * 2)) for entry in entries(question, facts))


def told(question: Question, entry: Mapping[str, Any]) -> str:
    """One entry in words, in the language of the request."""
    if question.type == "members":
        return str(entry["name"])
    (row,) = table(question.fact, [entry])
    named = dict(zip(_part_names(question), row, strict=True))
    wanted = question.parts or tuple(named)
    return ", ".join(text for name in wanted if (text := named[name][1]))


def shown(question: Question, answer: str) -> str:
    """An answer as a person reads it."""
    if not answer:
        return ""
    match question.type:
        case "members":
            return ", ".join(told(question, entry) for entry in json.loads(answer))
        case "from-fact":
            return told(question, json.loads(answer))
        case "address":
            found = json.loads(answer)
            return f"{found['line']}, RT {found['rt']}/RW {found['rw']}, {found['kelurahan']}, {found['kecamatan']}"
        case "choice":
            return next((str(choice.label) for choice in question.choices if choice.value == answer), answer)
    return _day(answer) if question.type == "date" else answer


def _day(answer: str) -> str:
    """2026-01-31 in words; what is no day, as it was typed."""
    try:
        return format_date(date.fromisoformat(answer), "j F Y")
    except ValueError:
        return answer


def picked(question: Question, answer: str, facts: Values) -> frozenset[str]:
    """The marks of the entries that are chosen; before anything was, all members."""
    if question.type not in {"members", "from-fact"}:
        return frozenset()
    if not answer:
        everybody = entries(question, facts) if question.type == "members" else []
        return frozenset(mark(entry) for entry in everybody)
    try:
        chosen = json.loads(answer)
    except ValueError:
        return frozenset({answer})
    return frozenset(
        mark(one) if isinstance(one, dict) else str(one) for one in (chosen if isinstance(chosen, list) else [chosen])
    )


def typed(questions: Sequence[Question], answers: Mapping[str, str], facts: Values) -> int:
    """How many fields she filled in. What stood there already, and was left so, counts for nothing."""
    return sum(_typed(question, answers[question.key], facts) for question in questions if answers.get(question.key))


def fields(question: Question) -> int:
    """How many fields a question is, when it is answered otherwise than it stands."""
    if question.type == "members":
        return 0
    return _ADDRESS_FIELDS if question.type == "address" else 1


def _typed(question: Question, answer: str, facts: Values) -> int:
    if question.type == "members":
        return int(picked(question, answer, facts) != picked(question, "", facts))
    if question.type == "from-fact" and len(entries(question, facts)) == 1:
        return 0
    return fields(question)


def holds(asked: Conditional, values: Values) -> bool:
    """Whether its condition is met; without one it always is. ``values`` by fact and ``answers.<question>``."""
    if not asked.when:
        return True
    seen = {name: values.get(name) for name in asked.looks_at}
    try:
        return evaluate(asked.when, nested(seen)) is True
    except RuleError:
        if None not in seen.values():  # what is not answered yet fits no comparison, and that is as it should be
            _log.warning("services.condition_failed", asked=asked.key)  # its text could repeat a value
        return False


def _part_names(question: Question) -> tuple[str, ...]:
    return tuple(name for name, part in the_catalogue().fact(question.fact).parts.items() if not part.internal)
