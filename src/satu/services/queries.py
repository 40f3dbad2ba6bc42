"""The readers of services and cases. They return frozen views; a case that is not hers does not exist for her."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone
from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from satu.documents.queries import document_for
from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import show
from satu.hub.types import Found, Outcome
from satu.identity.types import Actor
from satu.kernel.city import Label, the_city
from satu.services.dossiers import kind_of, outcome_from_json, system_of, values_of
from satu.services.models import Case, CaseDecision, CorrectionRequest, PendingFact
from satu.services.packages import package_at, the_knowledge, the_package, the_packages
from satu.services.policies import own_case
from satu.services.timeline import timeline_of
from satu.services.types import (
    CaseSummary,
    CaseView,
    CorrectionView,
    DecisionView,
    DocumentView,
    PreviewFact,
    QuestionView,
    Savings,
    ServiceHit,
    ServicePackage,
    SystemTrouble,
    in_force,
)

_GOOD_ENOUGH = 75
_BEGINNING = 3


def search_services(text: str, *, limit: int = 8) -> list[ServiceHit]:
    """The services that everyday words may mean, best first; in either language, typing errors and all.

    Nothing typed gives every service, by name.
    """
    speech = the_knowledge().speech
    words = default_process(text).split()
    wanted = [word for word in words if word not in speech.polite | speech.request] or words
    if not wanted:
        packages = sorted(the_packages().values(), key=lambda package: str(package.name))
        return [_hit(package, 100.0) for package in packages[:limit]]
    hits = [_hit(package, _likeness(package, wanted)) for package in the_packages().values()]
    good = [hit for hit in hits if hit.score >= _GOOD_ENOUGH]
    return sorted(good, key=lambda hit: (-hit.score, str(hit.name)))[:limit]


def case_for(case_id: UUID, *, by: Actor) -> CaseView:
    """Everything about one of her cases. Raises ``Missing``."""
    case = own_case(case_id, by=by, whole=True)
    package = package_at(case.service, case.version.version) if case.version else the_package(case.service)
    sent = case.submitted_at is not None
    dossier = case.snapshot.dossier if sent else case.dossier
    answers = case.snapshot.answers if sent else {}
    outcomes = _outcomes(dossier)
    corrections = list(case.corrections.order_by("at"))
    pending = {one.fact: one for one in case.pending.all()} if sent else {}
    return CaseView(
        id=case.pk,
        number=case.number or "",
        service=case.service,
        service_name=package.name,
        service_summary=package.summary,
        agency_name=the_city().agencies[package.agency].name,
        state=case.state,  # type: ignore[arg-type]  # the column's choices are the type's
        state_label=case.get_state_display(),
        begun_at=case.begun_at,
        submitted_at=case.submitted_at,
        closed_at=case.closed_at,
        pulled_at=datetime.fromisoformat(dossier["pulled_at"]) if dossier else case.begun_at,
        facts=tuple(_preview(package, outcomes, pending, corrections)),
        questions=tuple(_questions(package, answers)),
        troubles=() if sent else _troubles(package, outcomes),
        reminders=_reminders(package, outcomes, pending),
        timeline=timeline_of(case, list(case.events.order_by("id")), package),
        decision=_decision(case, package) if sent else None,
        document=_document(case, by),
        corrections=tuple(_correction(one) for one in corrections),
        savings=_savings(package, answers),
        fee=_fee(package, case.submitted_at),
        deadline_days=package.deadline_days,
    )


def cases_of(by: Actor, *, limit: int = 100) -> list[CaseSummary]:
    """Her cases, the newest first."""
    if by.nik is None:
        return []
    rows = Case.objects.filter(applicant_nik=by.nik.value).order_by("-begun_at").defer("dossier", "process")[:limit]
    packages = the_packages()
    return [
        CaseSummary(
            id=case.pk,
            number=case.number or "",
            service=case.service,
            service_name=packages[case.service].name
            if case.service in packages
            else Label(case.service, case.service),
            state=case.state,  # type: ignore[arg-type]  # the column's choices are the type's
            state_label=case.get_state_display(),
            begun_at=case.begun_at,
            submitted_at=case.submitted_at,
            closed_at=case.closed_at,
            document_id=case.document_id,
        )
        for case in rows
    ]


def troubles_of(case: Case, package: ServicePackage) -> tuple[SystemTrouble, ...]:
    """The systems that did not answer for a draft."""
    return _troubles(package, _outcomes(case.dossier))


# ---------------------------------------------------------------------------------------------------------- parts


def _hit(package: ServicePackage, score: float) -> ServiceHit:
    return ServiceHit(
        slug=package.slug,
        name=package.name,
        summary=package.summary,
        agency_name=the_city().agencies[package.agency].name,
        fee=_fee(package, None),
        deadline_days=package.deadline_days,
        score=score,
    )


def _likeness(package: ServicePackage, wanted: list[str]) -> float:
    """How well the words wanted are met by the service's: as well as the one that is met worst."""
    texts = (
        package.name.id,
        package.name.en,
        package.slug,
        *(t for some in package.search_words.values() for t in some),
    )
    known = _words(texts)
    last = len(wanted) - 1
    return min(max(_alike(word, other, typing=place == last) for other in known) for place, word in enumerate(wanted))


def _alike(word: str, other: str, *, typing: bool) -> float:
    """From 0 to 100. The last word may still be being typed."""
    if typing and len(word) >= _BEGINNING and other.startswith(word):
        return 100.0
    return fuzz.ratio(word, other, score_cutoff=_GOOD_ENOUGH)


@lru_cache(maxsize=256)
def _words(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for text in texts for word in default_process(text).split())


def _fee(package: ServicePackage, submitted_at: datetime | None) -> int:
    fee = in_force(package.fees, timezone.localdate(submitted_at) if submitted_at else timezone.localdate())
    return fee.value if fee else 0


def _outcomes(dossier: Mapping[str, Any] | None) -> dict[str, Outcome]:
    if dossier is None:
        return {}
    return {one["fact"]: outcome_from_json(one) for one in dossier["outcomes"]}


def _preview(
    package: ServicePackage,
    outcomes: Mapping[str, Outcome],
    pending: Mapping[str, PendingFact],
    corrections: Iterable[CorrectionRequest],
) -> Iterable[PreviewFact]:
    catalogue, agencies = the_catalogue(), the_city().agencies
    reported = {one.fact for one in corrections if one.state == CorrectionRequest.State.OPEN}
    for need in package.needs:
        outcome = outcomes.get(need.fact)
        if outcome is None:
            continue
        owed = pending.get(need.fact)
        if owed is not None and owed.outcome is not None:
            outcome = outcome_from_json(owed.outcome)
        fact, code = catalogue.fact(need.fact), system_of(outcome)
        found = outcome if isinstance(outcome, Found) else None
        yield PreviewFact(
            fact=need.fact,
            label=fact.label,
            shown=show(need.fact, found.value) if found else "",
            outcome=kind_of(outcome),
            required=need.required,
            answer_only=need.answer_only,
            system=code,
            system_name=_system_name(code),
            agency=str(agencies[fact.agency].name),
            as_of=found.provenance.as_of if found else None,
            retrieved_at=found.provenance.retrieved_at if found else None,
            legal_basis=fact.legal_basis,
            reported_wrong=need.fact in reported,
            pending=owed is not None and owed.settled_at is None,
        )


def _system_name(code: str) -> Label:
    systems = the_catalogue().systems
    return systems[code].name if code in systems else Label(code, code)


def _questions(package: ServicePackage, answers: Mapping[str, str]) -> Iterable[QuestionView]:
    for question in package.questions:
        answer = answers.get(question.key, "")
        chosen = next((str(choice.label) for choice in question.choices if choice.value == answer), answer)
        yield QuestionView(
            key=question.key,
            label=question.label,
            hint=question.hint,
            type=question.type,
            required=question.required,
            max_length=question.max_length,
            choices=question.choices,
            answer=answer,
            shown=chosen,
        )


def _troubles(package: ServicePackage, outcomes: Mapping[str, Outcome]) -> tuple[SystemTrouble, ...]:
    catalogue = the_catalogue()
    silent: dict[tuple[str, bool], list[Label]] = {}
    for need in package.needs:
        outcome = outcomes.get(need.fact)
        if outcome is not None and kind_of(outcome) == "unavailable":
            silent.setdefault((system_of(outcome), need.required), []).append(catalogue.fact(need.fact).label)
    return tuple(
        SystemTrouble(system=code, system_name=_system_name(code), facts=tuple(labels), required=required)
        for (code, required), labels in silent.items()
    )


def _reminders(
    package: ServicePackage, outcomes: Mapping[str, Outcome], pending: Mapping[str, PendingFact]
) -> tuple[Label, ...]:
    arrived = [outcome_from_json(owed.outcome) for owed in pending.values() if owed.outcome is not None]
    values = values_of([*outcomes.values(), *arrived])
    return tuple(one.text for one in package.reminders if values.get(one.fact) == one.value)


def _decision(case: Case, package: ServicePackage) -> DecisionView | None:
    """The decision that settled the case: the refusal if there is one, else the last."""
    made = list(CaseDecision.objects.filter(case=case).order_by("id"))
    if not made:
        return None
    decided = next((one for one in made if one.result == "refuse"), made[-1])
    table = package.tables[decided.table]
    row = next(row for row in table.rows if row.id == decided.row)
    catalogue = the_catalogue()
    return DecisionView(
        result=row.result,
        reason=row.reason,
        advice=row.advice,
        table=table.key,
        table_name=table.name,
        table_version=decided.table_version,
        row=row.id,
        legal_basis=table.legal_basis,
        values=tuple(
            (catalogue.fact(name).label, show(name, value) if value is not None else "—")
            for name, value in decided.values.items()
            if name in catalogue.facts
        ),
        decided_at=decided.decided_at,
    )


def _document(case: Case, by: Actor) -> DocumentView | None:
    if case.document_id is None:
        return None
    document = document_for(case.document_id, by=by)
    return DocumentView(
        id=document.id,
        code=document.code,
        title=document.title,
        issued_at=document.issued_at,
        valid_until=document.valid_until,
    )


def _correction(one: CorrectionRequest) -> CorrectionView:
    return CorrectionView(
        id=one.pk,
        fact=one.fact,
        label=the_catalogue().fact(one.fact).label,
        note=one.note,
        agency=str(the_city().agencies[one.agency].name),
        state=one.state,  # type: ignore[arg-type]  # the column's choices are the type's
        at=one.at,
    )


def _savings(package: ServicePackage, answers: Mapping[str, str]) -> Savings:
    """Counted against the paper process: for a draft, as if every question were answered."""
    typed = sum(1 for answer in answers.values() if answer) if answers else len(package.questions)
    return Savings(
        paper_fields=len(package.paper.fields),
        fields_typed=typed,
        photocopies_avoided=len(package.paper.photocopies),
        visits_avoided=package.paper.visits,
    )
