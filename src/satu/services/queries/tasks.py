"""A task as its officer sees it."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from satu.identity.types import Actor
from satu.kernel.calendar import the_calendar, working_days_left
from satu.services.days import day_of
from satu.services.decisions import decide
from satu.services.dossiers import values_of
from satu.services.every_service import STUCK, task_spec
from satu.services.fees import fee_of
from satu.services.models import Case, CaseEvent, Task, TaskDecision
from satu.services.packages import package_at
from satu.services.policies import own_task
from satu.services.queries.parts import basis_of, decided_by, outcomes_in, preview, questions_of, values_now
from satu.services.queries.stuck import stuck_view, ways_on
from satu.services.queries.task_forms import form_of
from satu.services.subjects import about_of
from satu.services.timeline import timeline_of
from satu.services.types import (
    AfterApproval,
    DecisionView,
    FeeUnknown,
    FeeView,
    ServicePackage,
    TaskDecisionView,
    TaskSpec,
    TaskView,
)


def task_for(task_id: UUID, *, by: Actor) -> TaskView:
    """What her task is about. A page uses ``actions.open_task``, which tells the applicant's ledger that she looked.

    Raises what ``policies.own_task`` raises.
    """
    task = own_task(task_id, by=by)
    case = task.case
    package = package_at(case.service, case.version.version)  # type: ignore[union-attr]  # it is submitted
    spec = task_spec(package, task.name)
    dossier, answers = basis_of(case)
    outcomes = outcomes_in(dossier)
    pending = {one.fact: one for one in case.pending.all()}
    events = list(case.events.order_by("id"))
    made = [
        _task_decision(one, package, events)
        for one in TaskDecision.objects.select_related("task").filter(task__case=case).order_by("at")
        if one.pk != task.pk
    ]
    return TaskView(
        id=task.pk,
        number=case.number or "",
        service_name=package.name,
        label=spec.label,
        applicant_name=task.applicant_name,
        about=about_of(case),
        state=task.state,  # type: ignore[arg-type]  # the column's choices are the type's
        due=the_calendar().due(task.due_on, since=timezone.localdate(task.opened_at)),
        working_days_left=working_days_left(task.due_on, timezone.now(), the_calendar()),
        facts=tuple(preview(package, outcomes, pending, case.corrections.all())),
        questions=tuple(questions_of(package, answers, values_of(outcomes.values()))),
        advice=advice_on(task),
        decisions=ways_on(case) if task.name == STUCK else spec.decisions,
        form=tuple(form_of(spec.form, {})),
        confirms=next((one.by_name for one in reversed(made) if task.not_by), ""),
        decided=_task_decision(task.decision, package) if task.state == Task.State.DECIDED else None,
        earlier=tuple(made),
        timeline=timeline_of(case, events, package, to="officer"),
        fee=_fee(case, package),
        issues=package.document.title,
        also_issues=tuple(spec.title for spec in package.also_issues),
        then=_then(task, spec, package),
        stuck=stuck_view(case) if task.name == STUCK else None,
    )


def _then(task: Task, spec: TaskSpec, package: ServicePackage) -> AfterApproval:
    """What comes after her approval, as the package has its tasks one after the other."""
    if spec.four_eyes and not task.not_by:
        return "officer"
    awaited = package.awaited
    others = awaited[awaited.index(task.name) + 1 :] if task.name in awaited else ()
    if not all(package.tasks[other].when for other in others):
        return "officer"
    if package.payment:
        return "officer_or_payment" if others else "payment"
    return "officer_or_document" if others else "document"


def advice_on(task: Task) -> tuple[DecisionView, ...]:
    """What the tables that advise say now of the case behind a task. The caller has checked that it is hers."""
    package = package_at(task.case.service, task.case.version.version)  # type: ignore[union-attr]  # it is submitted
    tables = [table for table in package.tables.values() if table.advises]
    values = values_now(task.case, package) if tables else {}
    return tuple(decided_by(decide(table, values, on=day_of(task.case)), timezone.now()) for table in tables)


def _fee(case: Case, package: ServicePackage) -> FeeView | None:
    try:
        fee = fee_of(case, package)
    except FeeUnknown:
        return None
    return fee if fee.amount or fee.table else None


def _task_decision(made: TaskDecision, package: ServicePackage, events: Sequence[CaseEvent] = ()) -> TaskDecisionView:
    return TaskDecisionView(
        decision=made.decision,  # type: ignore[arg-type]  # the column's choices are the type's
        reason=made.reason,
        by_name=made.by_name,
        at=made.at,
        answers=tuple(form_of(package.tasks[made.task.name].form, made.answers)) if made.answers else (),
        mended=made.decision == TaskDecision.Decision.CORRECTION
        and any(event.kind == CaseEvent.Kind.RESUBMITTED and event.at > made.at for event in events),
    )
