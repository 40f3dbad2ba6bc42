"""The readers of services and cases. They return frozen views; a case that is not hers does not exist for her."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from satu.documents.queries import document_for
from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import show
from satu.hub.types import Found, Outcome
from satu.identity.types import Actor
from satu.kernel.calendar import the_calendar, working_days_left
from satu.kernel.city import Label, the_city
from satu.kernel.errors import InvalidInput, NotAllowed
from satu.services.decisions import TableDecision, decide
from satu.services.dossiers import kind_of, outcome_from_json, system_of, values_of
from satu.services.models import Case, CaseDecision, CorrectionRequest, PendingFact, Task, TaskDecision
from satu.services.packages import package_at, the_knowledge, the_package, the_packages
from satu.services.policies import own_case, own_task
from satu.services.timeline import timeline_of
from satu.services.types import (
    CaseSummary,
    CaseView,
    CorrectionView,
    DecisionView,
    DocumentView,
    PreviewFact,
    QuestionView,
    QueueItem,
    QueuePage,
    Savings,
    ServiceHit,
    ServicePackage,
    SystemTrouble,
    TaskDecisionView,
    TaskView,
    Urgency,
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
    dossier, answers = basis_of(case, package) if sent else (case.dossier, {})
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
        has_officer=bool(package.tasks),
        **_with_whom(case, package),
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


def troubles_of(dossier: Mapping[str, Any] | None, package: ServicePackage) -> tuple[SystemTrouble, ...]:
    """The systems that did not answer."""
    return _troubles(package, _outcomes(dossier))


def basis_of(case: Case, package: ServicePackage) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Dossier and answers that a submitted case goes on with: as it was sent, or sent again."""
    may_have = package.tasks and case.state != Case.State.SUBMITTED
    again = case.resubmissions.order_by("number").last() if may_have else None
    return (again.dossier, again.answers) if again else (case.snapshot.dossier, case.snapshot.answers)


def values_now(case: Case, package: ServicePackage) -> dict[str, Any]:
    """By fact and ``answers.<question>``: what a case goes on with, and what has arrived since."""
    dossier, answers = basis_of(case, package)
    outcomes = _outcomes(dossier)
    for owed in case.pending.exclude(settled_at=None):
        outcomes[owed.fact] = _newer(outcomes.get(owed.fact), owed)
    return {**values_of(outcomes.values()), **{f"answers.{key}": answer for key, answer in answers.items()}}


# -------------------------------------------------------------------------------------------------------- officer

_OF_AREAS = """
WITH one AS (
    SELECT task.id, task.name, task.applicant_name, task.due_on, task.case_id
    FROM unnest(%(duties)s::text[]) AS d(duty) CROSS JOIN unnest(%(areas)s::text[]) AS a(area)
    CROSS JOIN LATERAL (
        SELECT t.* FROM services_task t JOIN services_case c ON c.id = t.case_id
        WHERE t.state = 'open' AND t.agency = %(agency)s AND t.duty = d.duty {and_area}
            AND (t.due_on, t.id) > (%(due_on)s, %(id)s) AND t.due_on <= %(until)s
            AND (%(text)s = '' OR lower(t.applicant_name) LIKE %(like)s OR lower(c.number) LIKE %(like)s)
        ORDER BY t.due_on, t.id LIMIT %(limit)s
    ) task
    ORDER BY task.due_on, task.id LIMIT %(limit)s
)
SELECT one.id, one.name, one.applicant_name, one.due_on, c.number, c.service
FROM one JOIN services_case c ON c.id = one.case_id ORDER BY one.due_on, one.id
"""
_NOTHING = (date.min, UUID(int=0))


def queue_of(
    by: Actor, *, text: str = "", only: Urgency | None = None, after: str | None = None, limit: int = 50
) -> QueuePage:
    """The open tasks that an officer may decide, the most urgent first; in one query, however long the queue is.

    ``text`` looks in names and numbers. ``only`` is ``late``, or ``today`` (with what is late). ``after`` is the page
    before's ``next``. Raises ``NotAllowed`` for whoever is no officer, ``InvalidInput`` for another ``after``.
    """
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer of the city has a queue."))
    due_on, task_id = _read_cursor(after)
    today = timezone.localdate()
    looked_for = " ".join(text.lower().split())
    statement = _OF_AREAS.format(and_area="AND t.area = a.area" if by.areas else "")
    values: dict[str, Any] = {
        "duties": sorted(by.duties),
        "areas": sorted(by.areas) or [""],
        "agency": by.agency,
        "due_on": due_on,
        "id": task_id,
        "until": {"late": today - timedelta(days=1), "today": today}.get(only or "", date.max),
        "text": looked_for,
        "like": "%" + re.sub(r"([\\%_])", r"\\\1", looked_for) + "%",
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    items = tuple(_queue_item(row) for row in rows[:limit])
    following = f"{items[-1].due_on.isoformat()}~{items[-1].id}" if len(rows) > limit else ""
    return QueuePage(items=items, next=following)


def task_for(task_id: UUID, *, by: Actor) -> TaskView:
    """What her task is about. A page uses ``actions.open_task``, which tells the applicant's ledger that she looked.

    Raises what ``policies.own_task`` raises.
    """
    task = own_task(task_id, by=by)
    case = task.case
    package = package_at(case.service, case.version.version)  # type: ignore[union-attr]  # it is submitted
    spec = package.tasks[task.name]
    dossier, answers = basis_of(case, package)
    outcomes, values = _outcomes(dossier), values_now(case, package)
    pending = {one.fact: one for one in case.pending.all()}
    made = [
        _task_decision(one)
        for one in TaskDecision.objects.filter(task__case=case).order_by("at")
        if one.pk != task.pk
    ]
    return TaskView(
        id=task.pk,
        number=case.number or "",
        service_name=package.name,
        label=spec.label,
        applicant_name=task.applicant_name,
        state=task.state,  # type: ignore[arg-type]  # the column's choices are the type's
        due=the_calendar().due(task.due_on, since=timezone.localdate(task.opened_at)),
        working_days_left=working_days_left(task.due_on, timezone.now(), the_calendar()),
        facts=tuple(_preview(package, outcomes, pending, case.corrections.all())),
        questions=tuple(_questions(package, answers)),
        advice=tuple(
            _decided_by(decide(table, values), timezone.now()) for table in package.tables.values() if table.advises
        ),
        decisions=spec.decisions,
        decided=_task_decision(task.decision) if task.state == Task.State.DECIDED else None,
        earlier=tuple(made),
        timeline=timeline_of(case, list(case.events.order_by("id")), package, to_officer=True),
        issues=package.document.title,
    )


# ---------------------------------------------------------------------------------------------------------- parts


def _read_cursor(after: str | None) -> tuple[date, UUID]:
    if not after:
        return _NOTHING
    try:
        day, _tilde, task_id = after.partition("~")
        return date.fromisoformat(day), UUID(task_id)
    except ValueError as error:
        raise InvalidInput(_("This page of the queue is not there. Begin at its head."), field="after") from error


def _queue_item(row: tuple[UUID, str, str, date, str, str]) -> QueueItem:
    task_id, name, applicant_name, due_on, number, service = row
    package = the_packages().get(service)
    spec = package.tasks.get(name) if package else None
    return QueueItem(
        id=task_id,
        number=number,
        service_name=package.name if package else Label(service, service),
        label=spec.label if spec else Label(name, name),
        applicant_name=applicant_name,
        due_on=due_on,
        working_days_left=working_days_left(due_on, timezone.now(), the_calendar()),
    )


def _task_decision(made: TaskDecision) -> TaskDecisionView:
    return TaskDecisionView(
        decision=made.decision,  # type: ignore[arg-type]  # the column's choices are the type's
        reason=made.reason,
        by_name=made.by_name,
        at=made.at,
    )


def _newer(outcome: Outcome | None, owed: PendingFact) -> Outcome:
    """What arrived later, unless the system has answered in a newer pull."""
    if outcome is not None and kind_of(outcome) != "unavailable":
        return outcome
    return outcome_from_json(owed.outcome or {})


def _with_whom(case: Case, package: ServicePackage) -> dict[str, Any]:
    """With which officer a case is, and until when; or why one sent it back."""
    nobody = {"returned_because": "", "due": None, "working_days_left": None}
    if not package.tasks or case.state not in Case.OPEN:
        return nobody
    if case.state == Case.State.RETURNED:
        made = TaskDecision.objects.filter(task__case=case, decision="correction").order_by("at").last()
        return nobody | {"returned_because": made.reason if made else ""}
    task = case.tasks.filter(state=Task.State.OPEN).order_by("due_on").first()
    if task is None:
        return nobody
    due = the_calendar().due(task.due_on, since=timezone.localdate(task.opened_at))
    return nobody | {
        "due": due,
        "working_days_left": working_days_left(task.due_on, timezone.now(), the_calendar()),
    }


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
            outcome = _newer(outcome, owed)
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
    arrived = {
        owed.fact: _newer(outcomes.get(owed.fact), owed) for owed in pending.values() if owed.outcome is not None
    }
    values = values_of({**outcomes, **arrived}.values())
    return tuple(one.text for one in package.reminders if values.get(one.fact) == one.value)


def _decision(case: Case, package: ServicePackage) -> DecisionView | None:
    """The decision that settled the case: a rule's refusal, else the officer's decision, else the last rule's.

    Of a case that an officer still has, only a refusal by rule is one.
    """
    made = list(CaseDecision.objects.filter(case=case).order_by("id"))
    last = max((one.round for one in made), default=0)
    made = [one for one in made if one.round == last and not package.tables[one.table].advises]
    refused = next((one for one in made if one.result == "refuse"), None)
    if package.tasks and refused is None:
        return _officers_decision(case, package)
    decided = refused or (made[-1] if made else None)
    if decided is None:
        return None
    table = package.tables[decided.table]
    row = next(row for row in table.rows if row.id == decided.row)
    return _decided_by(TableDecision(table=table, row=row, values=decided.values), decided.decided_at)


def _officers_decision(case: Case, package: ServicePackage) -> DecisionView | None:
    made = (
        TaskDecision.objects.select_related("task")
        .filter(task__case=case, decision__in=["approve", "refuse"])
        .order_by("at")
        .last()
    )
    if made is None:
        return None
    reason = Label(made.reason, made.reason) if made.reason else _AGREED
    return DecisionView(
        result="approve" if made.decision == "approve" else "refuse",
        reason=reason,
        advice=None,
        table="",
        table_name=package.tasks[made.task.name].label,
        table_version="",
        row="",
        legal_basis=str(package.legal_basis[0]),
        values=(),
        decided_at=made.at,
        automatic=False,
    )


_AGREED = Label(
    id="Petugas sudah memeriksa permohonan Anda dan menyetujuinya.",
    en="An officer has looked at your request and approved it.",
)


def _decided_by(decided: TableDecision, at: datetime) -> DecisionView:
    table, row, catalogue = decided.table, decided.row, the_catalogue()
    return DecisionView(
        result=row.result,
        reason=row.reason,
        advice=row.advice,
        table=table.key,
        table_name=table.name,
        table_version=table.version,
        row=row.id,
        legal_basis=table.legal_basis,
        values=tuple(
            (catalogue.fact(name).label, show(name, value) if value is not None else "—")
            for name, value in decided.values.items()
            if name in catalogue.facts
        ),
        decided_at=at,
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
