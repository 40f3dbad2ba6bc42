"""What views of cases and of tasks are made of."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import show, table
from satu.hub.types import Found
from satu.kernel.city import Label, the_city
from satu.services.answers import answer_values, choices, is_asked, picked, shown
from satu.services.decisions import TableDecision
from satu.services.dossiers import Declared, Kept, kind_of, outcome_from_json, system_of, values_of
from satu.services.models import Case, CorrectionRequest, PendingFact
from satu.services.stated import Stated, is_the_same, state
from satu.services.types import (
    ABOUT,
    DecisionView,
    PreviewFact,
    QuestionView,
    ServicePackage,
)


def basis_of(case: Case) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Dossier and answers that a submitted case goes on with: as it was sent, or sent again."""
    may_have = case.state != Case.State.SUBMITTED
    again = case.resubmissions.order_by("number").last() if may_have else None
    return (again.dossier, again.answers) if again else (case.snapshot.dossier, case.snapshot.answers)


def values_now(case: Case, package: ServicePackage) -> dict[str, Any]:
    """By fact and ``answers.<question>``: what a case goes on with, and what has arrived since."""
    dossier, answers = basis_of(case)
    outcomes = outcomes_in(dossier)
    for owed in case.pending.exclude(settled_at=None):
        outcomes[owed.fact] = newer(outcomes.get(owed.fact), owed)
    about = {ABOUT: dossier.get("about", "self")}
    return {**values_of(outcomes.values()), **about, **answer_values(package.questions, answers)}


def outcomes_in(dossier: Mapping[str, Any] | None) -> dict[str, Kept]:
    if dossier is None:
        return {}
    return {one["fact"]: outcome_from_json(one) for one in dossier["outcomes"]}


def preview(
    package: ServicePackage,
    outcomes: Mapping[str, Kept],
    pending: Mapping[str, PendingFact],
    corrections: Iterable[CorrectionRequest],
) -> Iterable[PreviewFact]:
    catalogue, agencies = the_catalogue(), the_city().agencies
    reported = {one.fact for one in corrections if one.state == CorrectionRequest.State.OPEN}
    for need in package.needs:
        outcome, fact = outcomes.get(need.fact), catalogue.fact(need.fact)
        if outcome is None or fact.internal:
            continue
        owed, stated = pending.get(need.fact), outcome
        if owed is not None and owed.outcome is not None:
            outcome = newer(outcome, owed)
        code = system_of(outcome)
        found = outcome if isinstance(outcome, Found) else None
        yield PreviewFact(
            fact=need.fact,
            label=fact.label,
            shown=show(need.fact, outcome.value) if isinstance(outcome, Found | Declared) else "",
            outcome=kind_of(outcome),
            required=need.required,
            answer_only=need.answer_only,
            system=code,
            system_name=system_name(code),
            agency=str(agencies[fact.agency].name),
            as_of=found.provenance.as_of if found else None,
            retrieved_at=found.provenance.retrieved_at if found else None,
            legal_basis=fact.legal_basis,
            reported_wrong=need.fact in reported,
            pending=owed is not None and owed.settled_at is None,
            things=table(need.fact, found.value) if found and fact.parts else (),
            declared=_said_otherwise(stated, outcome),
        )


def _said_otherwise(stated: Kept, now: Kept) -> str:
    """What she stated, where a system has said something else since."""
    if not isinstance(stated, Declared) or isinstance(now, Declared):
        return ""
    agrees = isinstance(now, Found) and is_the_same(now.fact, stated.value, now.value)
    return "" if agrees else show(stated.fact, stated.value)


def newer(outcome: Kept | None, owed: PendingFact) -> Kept:
    """What arrived later, unless the system has answered in a newer pull."""
    if outcome is not None and kind_of(outcome) not in {"unavailable", "declared"}:
        return outcome
    return outcome_from_json(owed.outcome or {})


def system_name(code: str) -> Label:
    systems = the_catalogue().systems
    return systems[code].name if code in systems else Label(code, code)


_NOTHING: Mapping[str, str] = {}


def questions_of(
    package: ServicePackage, answers: Mapping[str, str], facts: Mapping[str, Any], typed: Mapping[str, str] = _NOTHING
) -> Iterable[QuestionView]:
    """The questions asked with these facts and answers, or that have an answer; with it, or what was ``typed``."""
    values = answer_values(package.questions, answers)
    depends = {name for one in package.questions for name in one.looks_at}
    depends |= {name for one in package.uploads for name in one.looks_at}
    for question in package.questions:
        asked = is_asked(question, facts, values)
        answer = typed.get(question.key, answers.get(question.key, ""))
        if asked or answer:
            yield QuestionView(
                key=question.key,
                label=question.label,
                hint=question.hint,
                type=question.type,
                required=question.required,
                max_length=question.max_length,
                choices=choices(question, facts),
                answer=answer,
                shown=shown(question, answers.get(question.key, "")),
                picked=picked(question, answer, facts),
                address=_typed_address(answer) if question.type == "address" else {},
                is_asked=asked,
                asks_more=f"answers.{question.key}" in depends,
            )


def with_stated(
    package: ServicePackage, dossier: Mapping[str, Any] | None, answers: Mapping[str, str]
) -> tuple[Stated | None, dict[str, Any]]:
    """What is stated in these answers in the place of silent systems, and the facts with it."""
    if dossier is None:
        return None, {}
    stated = state(package, dossier, answers)
    return stated, values_of(outcomes_in(stated.dossier).values())


def stated_questions(stated: Stated | None, typed: Mapping[str, str]) -> Iterable[QuestionView]:
    """The facts that she may state herself, as questions, with what she typed."""
    for question in stated.questions if stated else ():
        answer = typed.get(question.key, "")
        yield QuestionView(
            key=question.key,
            label=question.label,
            hint=question.hint,
            type=question.type,
            required=question.required,
            max_length=question.max_length,
            choices=question.choices,
            answer=answer,
            shown=shown(question, answer),
        )


def _typed_address(answer: str) -> Mapping[str, str]:
    try:
        typed = json.loads(answer or "{}")
    except ValueError:
        return {}
    return {key: str(text) for key, text in typed.items()} if isinstance(typed, dict) else {}


def decided_by(decided: TableDecision, at: datetime) -> DecisionView:
    table, edition, row, catalogue = decided.table, decided.edition, decided.row, the_catalogue()
    return DecisionView(
        result=row.result,
        reason=row.reason,
        advice=row.advice,
        table=table.key,
        table_name=table.name,
        table_version=edition.version,
        row=row.id,
        row_number=edition.rows.index(row) + 1,
        legal_basis=edition.legal_basis,
        values=tuple(
            (catalogue.fact(name).label, show(name, value) if value is not None else "—")
            for name, value in decided.values.items()
            if name in catalogue.facts
        ),
        decided_at=at,
    )
