"""A case as its applicant sees it; a case that is not hers does not exist for her."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.documents.queries import document_for, no_longer_in_force
from satu.documents.types import Standing
from satu.hub.catalogue import the_catalogue
from satu.identity.types import Actor
from satu.kernel.calendar import the_calendar, working_days_left
from satu.kernel.city import Label, the_city
from satu.kernel.errors import Missing
from satu.kernel.identifiers import Nik
from satu.services.answers import answer_values, fields, is_asked, typed
from satu.services.days import waits_until
from satu.services.decisions import TableDecision
from satu.services.dossiers import Kept, kind_of, system_of, values_of
from satu.services.every_service import OBJECTION, awaited, task_spec
from satu.services.fees import estimate, fee_of
from satu.services.forms import read_form
from satu.services.models import (
    Case,
    CaseDecision,
    CaseDocument,
    CaseEvent,
    CorrectionRequest,
    PendingFact,
    Task,
    TaskDecision,
)
from satu.services.operations import goes_no_further, has_lasted, late_refusal, waited, was_stuck
from satu.services.packages import package_at, the_package, the_packages
from satu.services.payments import paid_for, payment_of, to_be_paid
from satu.services.policies import case_to_read
from satu.services.queries.offers import filled_in
from satu.services.queries.parts import (
    basis_of,
    decided_by,
    newer,
    outcomes_in,
    preview,
    questions_of,
    stated_questions,
    system_name,
)
from satu.services.stated import answers_in, state
from satu.services.subjects import about_of, may_see
from satu.services.timeline import timeline_of
from satu.services.types import (
    CaseSummary,
    CaseView,
    CorrectionView,
    DecisionView,
    DocumentView,
    FeeView,
    Need,
    QuestionView,
    Savings,
    ServicePackage,
    SystemTrouble,
    TimelineStep,
)

TO_PAY = _("Waiting for your payment")


def case_for(case_id: UUID, *, by: Actor) -> CaseView:
    """Everything about one of her cases, or one about her. Raises ``Missing``."""
    case = case_to_read(case_id, by=by)
    package = package_at(case.service, case.version.version) if case.version else the_package(case.service)
    sent = case.submitted_at is not None
    is_mine = by.nik is not None and case.applicant_nik == by.nik.value
    dossier, answers = basis_of(case) if sent else (case.dossier, filled_in(case))
    outcomes = outcomes_in(dossier)
    facts = values_of(outcomes.values())
    if not sent:
        answers = read_form(package.questions, answers, facts)[0]
    documents = tuple(_documents(case, package, by)) if sent else ()
    main = next((one for one in documents if one.key == package.document.key), None)
    corrections = list(case.corrections.order_by("at"))
    pending = {one.fact: one for one in case.pending.all()} if sent else {}
    payment = payment_of(case, package) if sent else None
    events = list(case.events.order_by("id"))
    return CaseView(
        id=case.pk,
        number=case.number or "",
        service=case.service,
        service_name=package.name,
        service_summary=package.summary,
        agency_name=the_city().agencies[package.agency].name,
        about=about_of(case),
        is_mine=is_mine,
        state=case.state,  # type: ignore[arg-type]  # the column's choices are the type's
        state_label=_state_label(case, to_pay=payment is not None, standing=main.standing if main else None),
        begun_at=case.begun_at,
        submitted_at=case.submitted_at,
        closed_at=case.closed_at,
        pulled_at=datetime.fromisoformat(dossier["pulled_at"]) if dossier else case.begun_at,
        facts=tuple(preview(package, outcomes, pending, corrections)),
        questions=(*_to_state(case, package, dossier), *questions_of(package, answers, facts)),
        troubles=() if sent else _troubles(package, outcomes),
        reminders=_reminders(package, outcomes, pending),
        timeline=(
            *timeline_of(case, events, package, to="applicant" if is_mine else "subject"),
            *_revocations(documents, who=str(the_city().agencies[package.agency].name)),
        ),
        decision=_decision(case, package) if sent else None,
        document=main,
        documents=documents,
        corrections=tuple(_correction(one) for one in corrections),
        savings=_savings(package, answers, facts, sent=sent),
        fee=fee_of(case, package) if sent else _estimate(package, facts, answers),
        fee_depends=package.fee_table is not None,
        deadline_days=package.deadline_days,
        officer_steps=len(package.awaited),
        payment=payment,
        standing=main.standing if main else None,
        gives_back=paid_for(case) if sent and package.payment and case.state in Case.OPEN else 0,
        has_lasted=case.state in Case.OPEN and has_lasted(events),
        **_with_whom(case, package, events),
    )


def _to_state(case: Case, package: ServicePackage, dossier: Mapping[str, Any] | None) -> Iterator[QuestionView]:
    """While it is with her: what she may state because its system is silent, as she stated it before."""
    if dossier is not None and case.state in {Case.State.DRAFT, Case.State.RETURNED}:
        before = answers_in(package, dossier)
        yield from stated_questions(state(package, dossier, before), before)


def cases_of(by: Actor, *, limit: int = 100, before: UUID | None = None) -> list[CaseSummary]:
    """Her cases, and those about her that somebody else has sent; the newest first.

    ``before`` is the last one of the page before.
    """
    if by.nik is None:
        return []
    hers = Q(applicant_nik=by.nik.value) | (Q(subject_nik=by.nik.value) & ~Q(acting={}))
    rows = (
        Case.objects.filter(hers)
        .order_by("-begun_at", "-id")
        .defer("dossier", "process")
        .annotate(task_name=_awaited_task("name"), task_due_on=_awaited_task("due_on"))
    )
    if before is not None:
        last = Case.objects.filter(hers, pk=before).only("begun_at").first()
        rows = (
            rows.filter(Q(begun_at__lt=last.begun_at) | Q(begun_at=last.begun_at, pk__lt=last.pk))
            if last
            else rows.none()
        )
    nik = by.nik
    packages = the_packages()
    unpaid = to_be_paid(nik)
    cases = _visible(rows, nik, limit)
    standings = _standings(cases)
    return [
        CaseSummary(
            id=case.pk,
            number=case.number or "",
            service=case.service,
            service_name=packages[case.service].name
            if case.service in packages
            else Label(case.service, case.service),
            about=about_of(case),
            is_mine=case.applicant_nik == nik.value,
            state=case.state,  # type: ignore[arg-type]  # the column's choices are the type's
            state_label=_state_label(
                case,
                to_pay=case.number in unpaid and case.state in Case.OPEN,
                standing=standings.get(case.document_id),
            ),
            begun_at=case.begun_at,
            submitted_at=case.submitted_at,
            closed_at=case.closed_at,
            document_id=case.document_id,
            standing=standings.get(case.document_id),
            **_with_officer(case, packages.get(case.service)),
        )
        for case in cases
    ]


def _standings(cases: Sequence[Case]) -> Mapping[UUID | None, Standing]:
    """Of each document that these cases issued, whether it still holds."""
    issued = {case.document_id for case in cases if case.document_id is not None}
    over = no_longer_in_force(issued) if issued else {}
    return {document: over.get(document, "valid") for document in issued}


def _state_label(case: Case, *, to_pay: bool, standing: Standing | None) -> str:
    """What it has come to, in a word: of one whose document no longer holds, that."""
    if to_pay:
        return str(TO_PAY)
    if standing == "revoked":
        return str(_("Revoked"))
    if standing == "expired":
        return str(_("No longer valid"))
    return case.get_state_display()


def _revocations(documents: Sequence[DocumentView], *, who: str) -> Iterator[TimelineStep]:
    """What became of its documents after it was closed."""
    for document in documents:
        if document.revoked_at is not None:
            text = _("%(title)s was revoked: %(reason)s")
            yield TimelineStep(
                kind="revoked",
                text=text % {"title": document.title, "reason": document.revocation_reason},
                state="done",
                at=document.revoked_at,
                who=who,
            )


def _visible(rows: "QuerySet[Case]", nik: Nik, limit: int) -> list[Case]:
    """The first ``limit`` of those that she may see."""
    found: list[Case] = []
    begin = 0
    while len(found) < limit:
        some = list(rows[begin : begin + limit])
        found += [case for case in some if may_see(case, nik)]
        if len(some) < limit:
            break
        begin += limit
    return found[:limit]


def _awaited_task(field: str) -> Subquery:
    """Of the first task for which a case waits."""
    names = {name for package in the_packages().values() for name in package.awaited}
    tasks = Task.objects.filter(case=OuterRef("pk"), state=Task.State.OPEN, name__in=names)
    return Subquery(tasks.order_by("due_on", "pk").values(field)[:1])


def _with_officer(case: Case, package: ServicePackage | None) -> dict[str, Any]:
    """For a list: whose officer has it, and for how long still."""
    task = package.tasks.get(case.task_name) if package and case.task_name else None  # type: ignore[attr-defined]
    if task is None or package is None or task.id not in package.awaited:
        return {}
    due_on: date = case.task_due_on  # type: ignore[attr-defined]
    return {
        "agency_short": the_city().agencies[task.agency].short,
        "due_on": due_on,
        "working_days_left": working_days_left(due_on, timezone.now(), the_calendar()),
    }


def troubles_of(dossier: Mapping[str, Any] | None, package: ServicePackage) -> tuple[SystemTrouble, ...]:
    """The systems that did not answer."""
    return _troubles(package, outcomes_in(dossier))


def _with_whom(case: Case, package: ServicePackage, events: Sequence[CaseEvent]) -> dict[str, Any]:
    """With which officer a case is, and until when; or why one sent it back."""
    nobody = {"returned_because": "", "due": None, "working_days_left": None, "waits_until": None}
    with_somebody = package.awaited or was_stuck(events) or waited(events)
    if case.state not in Case.OPEN or not with_somebody:
        return nobody
    if case.state == Case.State.RETURNED:
        made = TaskDecision.objects.filter(task__case=case, decision="correction").order_by("at").last()
        return nobody | {"returned_because": made.reason if made else ""}
    task = case.tasks.filter(state=Task.State.OPEN, name__in=awaited(package)).order_by("due_on").first()
    if task is None:
        return nobody | {"waits_until": waits_until(case)}
    due = the_calendar().due(task.due_on, since=timezone.localdate(task.opened_at))
    return nobody | {
        "due": due,
        "working_days_left": working_days_left(task.due_on, timezone.now(), the_calendar()),
    }


def _troubles(package: ServicePackage, outcomes: Mapping[str, Kept]) -> tuple[SystemTrouble, ...]:
    catalogue = the_catalogue()
    silent: dict[str, list[Need]] = {}
    for need in package.needs:
        outcome = outcomes.get(need.fact)
        if outcome is not None and kind_of(outcome) == "unavailable":
            silent.setdefault(system_of(outcome), []).append(need)
    return tuple(
        SystemTrouble(
            system=code,
            system_name=system_name(code),
            facts=tuple(catalogue.fact(need.fact).label for need in needs),
            required=any(need.required and not need.may_declare for need in needs),
        )
        for code, needs in silent.items()
    )


def _reminders(
    package: ServicePackage, outcomes: Mapping[str, Kept], pending: Mapping[str, PendingFact]
) -> tuple[Label, ...]:
    arrived = {
        owed.fact: newer(outcomes.get(owed.fact), owed) for owed in pending.values() if owed.outcome is not None
    }
    values = values_of({**outcomes, **arrived}.values())
    return tuple(one.text for one in package.reminders if values.get(one.fact) == one.value)


def _decision(case: Case, package: ServicePackage) -> DecisionView | None:
    """The decision that settled the case: a rule's refusal, else the officer's decision, else the last rule's.

    Of a case that an officer still has, only a refusal by rule is one.
    """
    if (late := _refused_late(case, package)) is not None:
        return late
    made = list(CaseDecision.objects.filter(case=case).order_by("id"))
    last = max((one.round for one in made), default=0)
    made = [one for one in made if one.round == last and not package.tables[one.table].advises]
    refused = next((one for one in made if one.result == "refuse"), None)
    if refused is None and (package.tasks or goes_no_further(case)):
        return _officers_decision(case, package)
    decided = refused or (made[-1] if made else None)
    if decided is None:
        return None
    table = package.tables[decided.table]
    edition = table.edition(decided.table_version)
    made_by = TableDecision(table=table, edition=edition, row=edition.row(decided.row), values=decided.values)
    return decided_by(made_by, decided.decided_at)


def _estimate(package: ServicePackage, facts: Mapping[str, Any], answers: Mapping[str, str]) -> FeeView | None:
    values = {**facts, **answer_values(package.questions, answers)}
    return estimate(package, values, on=timezone.localdate())


def _refused_late(case: Case, package: ServicePackage) -> DecisionView | None:
    """What an operation found when it was to be granted: it comes after every other decision."""
    event = late_refusal(case)
    if event is None:
        return None
    return DecisionView(
        result="refuse",
        reason=Label(**event.detail["reason"]),
        advice=None,
        table="",
        table_name=package.name,
        table_version="",
        row="",
        row_number=0,
        legal_basis=str(package.legal_basis[0]),
        values=(),
        decided_at=event.at,
    )


def _officers_decision(case: Case, package: ServicePackage) -> DecisionView | None:
    made = (
        TaskDecision.objects.select_related("task")
        .filter(task__case=case, decision__in=["approve", "refuse"])
        .exclude(task__name=OBJECTION)
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
        table_name=task_spec(package, made.task.name).label,
        table_version="",
        row="",
        row_number=0,
        legal_basis=str(package.legal_basis[0]),
        values=(),
        decided_at=made.at,
        automatic=False,
    )


_AGREED = Label(
    id="Petugas sudah memeriksa permohonan Anda dan menyetujuinya.",
    en="An officer has looked at your request and approved it.",
)


def _documents(case: Case, package: ServicePackage, by: Actor) -> Iterator[DocumentView]:
    """What was issued. Whom a case is about does not see what it issued to somebody else."""
    issued = [(package.document.key, case.document_id)] if case.document_id else []
    if package.also_issues or package.runs_operations:
        issued += CaseDocument.objects.filter(case=case).order_by("id").values_list("key", "document_id")
    for key, document_id in issued:
        try:
            document = document_for(document_id, by=by)
        except Missing:
            continue
        yield DocumentView(
            key=key,
            id=document.id,
            code=document.code,
            title=document.title,
            issued_at=document.issued_at,
            valid_until=document.valid_until,
            standing=document.standing,
            revoked_at=document.revoked_at,
            revocation_reason=document.revocation_reason,
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


def _savings(package: ServicePackage, answers: Mapping[str, str], facts: Mapping[str, Any], *, sent: bool) -> Savings:
    """Counted against the paper process: for a draft, as if every question that is asked were answered."""
    asked = [one for one in package.questions if is_asked(one, facts, answer_values(package.questions, answers))]
    return Savings(
        paper_fields=len(package.paper.fields),
        fields_typed=typed(package.questions, answers, facts) if sent else sum(map(fields, asked)),
        photocopies_avoided=len(package.paper.photocopies),
        visits_avoided=package.paper.visits,
    )
