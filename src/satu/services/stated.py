"""Facts that an applicant states herself while the system that holds them is silent (``may_declare``).

What she states stands in the dossier in the place of what was not known, told apart from it at every turn, and is
compared with what the system says as soon as it answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.hub.facts import Fact, FactType
from satu.kernel.city import Label
from satu.kernel.typed import compact
from satu.services.dossiers import declared_outcome
from satu.services.forms import read_form
from satu.services.types import Choice, Need, Question, QuestionType, ServicePackage

#: What a fact is asked as, by its type in the catalogue. A list is not asked.
ASKED_AS: Mapping[FactType, QuestionType] = {
    "text": "text",
    "number": "text",
    "date": "date",
    "integer": "number",
    "money": "number",
    "boolean": "choice",
    "code": "choice",
}
_YES_OR_NO = (Choice("yes", Label("Ya", "Yes")), Choice("no", Label("Tidak", "No")))
_OPEN = ("unavailable", "declared")


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated: the answers as they were typed, cleaned, and the dossier with them in it."""

    questions: tuple[Question, ...]
    answers: Mapping[str, str]
    dossier: Mapping[str, Any]
    errors: Mapping[str, str | Promise]


def question_of(need: Need) -> Question:
    """How a fact is asked for."""
    fact = the_catalogue().fact(need.fact)
    system = the_catalogue().systems_answering(need.fact)[0].name
    return Question(
        key="declared_" + need.fact.replace(".", "_"),
        label=fact.label,
        hint=Label(
            id=f"{system.id} sedang tidak menjawab. Tulis sendiri; data ini dicocokkan begitu sistem itu menjawab.",
            en=f"{system.en} does not answer. State it yourself; it is compared as soon as that system answers.",
        ),
        type=ASKED_AS[fact.type],
        required=need.required,
        max_length=200,
        choices=_choices(fact),
        asks=need.fact,
    )


def asked(package: ServicePackage, dossier: Mapping[str, Any] | None) -> tuple[Question, ...]:
    """The facts that she may state, as questions: those of which nothing is known because a system is silent."""
    silent = {one["fact"] for one in dossier["outcomes"] if one["kind"] in _OPEN} if dossier else set()
    return tuple(question_of(need) for need in package.needs if need.may_declare and need.fact in silent)


def answers_in(package: ServicePackage, dossier: Mapping[str, Any] | None) -> dict[str, str]:
    """What she has stated in this dossier, as she typed it."""
    kept = {one["fact"]: one["value"] for one in dossier["outcomes"] if one["kind"] == "declared"} if dossier else {}
    return {one.key: _typed(kept[one.asks]) for one in asked(package, dossier) if one.asks in kept}


def state(package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str]) -> Stated:
    """Read what she states, and put it in the place of what is not known."""
    questions = asked(package, dossier)
    read, wrong = read_form(questions, answers, {})
    errors: dict[str, str | Promise] = dict(wrong)
    values: dict[str, Any] = {}
    for question in questions:
        if read.get(question.key):
            try:
                values[question.asks] = _value(question, read[question.key])
            except ValueError:
                errors[question.key] = _("Write it in digits, without anything else.")
    return Stated(questions, read, _with(dossier, values), errors)


def keep_stated(new: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """A newer dossier, with what she stated before where the system is silent still."""
    before = {one["fact"]: one for one in old["outcomes"] if one["kind"] == "declared"}
    outcomes = [before.get(one["fact"], one) if one["kind"] == "unavailable" else one for one in new["outcomes"]]
    return {**new, "outcomes": outcomes}


def is_the_same(fact: str, stated: object, found: object) -> bool:
    """Whether a system says what was stated; spaces and capitals do not matter."""
    if the_catalogue().fact(fact).type == "text":
        return " ".join(str(stated).split()).casefold() == " ".join(str(found).split()).casefold()
    return stated == found


def _with(dossier: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    outcomes = [
        declared_outcome(one, values[one["fact"]], now) if one["kind"] in _OPEN and one["fact"] in values else one
        for one in dossier["outcomes"]
    ]
    return {**dossier, "outcomes": outcomes}


def _choices(fact: Fact) -> tuple[Choice, ...]:
    if fact.type == "boolean":
        return _YES_OR_NO
    return tuple(Choice(code, label) for code, label in fact.codes.items()) if fact.type == "code" else ()


def _value(question: Question, answer: str) -> Any:
    """The value as the catalogue has it. Raises ``ValueError``."""
    match the_catalogue().fact(question.asks).type:
        case "boolean":
            return answer == "yes"
        case "integer" | "money":
            return int(answer)
        case "number":
            digits = compact(answer)
            if not (digits.isascii() and digits.isdecimal()):
                raise ValueError("a number is digits")
            return digits
    return answer


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def facts_of(needs: Iterable[Need]) -> frozenset[str]:
    """The facts that may be stated."""
    return frozenset(need.fact for need in needs if need.may_declare)
