"""How a case goes on inside a transaction: rules decide, tasks open, operations are left to a job."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from satu.kernel import jobs
from satu.kernel.calendar import WorkingDays, due_after, the_calendar, working_days_before
from satu.services.actions.waiting import begin_wait
from satu.services.answers import answer_values
from satu.services.days import day_of
from satu.services.decisions import decide, nested
from satu.services.destinations import area_of
from satu.services.dossiers import known_in
from satu.services.models import (
    Case,
    CaseDecision,
    CaseEvent,
    PendingFact,
    Task,
    TaskDecision,
)
from satu.services.operations import OperationContext
from satu.services.packages import package_at, the_package
from satu.services.types import ServicePackage
from satu.services.workflow import RunningProcess, Step


def expressions_see(context: OperationContext) -> dict[str, Any]:
    """What expressions in a process may look at."""
    return nested({**context.facts, **answer_values(context.package.questions, context.answers)})


def go_on(running: RunningProcess, context: OperationContext) -> None:
    """Go as far as it goes in this transaction, and leave operations to a job."""
    settle(running, context)
    if any(step.kind in {"operation", "payment", "wait"} for step in running.waiting()):
        jobs.defer("services.advance_case", queue="cases", arguments={"case_id": str(context.case.pk)})


def settle(running: RunningProcess, context: OperationContext) -> None:
    """Rules decide, tasks open, the applicant is waited for: none of it changes anything outside."""
    while decisions := [step for step in running.waiting() if step.kind == "decision"]:
        running.complete(decisions[0], _decide(decisions[0], context))
    for step in running.waiting():
        if step.kind == "task":
            _open_task(step, context)
        elif step.kind == "wait":
            begin_wait(step, context)
        elif step.kind == "correction":
            context.case.state = Case.State.RETURNED


def _open_task(step: Step, context: OperationContext) -> None:
    """Give a step to the officers whose it is. After a correction the clock goes on with the days that were left."""
    case, spec = context.case, context.package.tasks[step.implementation]
    if case.tasks.filter(element=step.element, state=Task.State.OPEN).exists():
        return
    before = (
        TaskDecision.objects.filter(task__case=case, task__element=step.element, decision="correction")
        .order_by("at")
        .last()
    )
    days = WorkingDays(max(before.days_left, 0)) if before else spec.deadline
    due = due_after(timezone.localdate(), days, the_calendar()).day
    Task.objects.create(
        case=case,
        service=case.service,
        element=step.element,
        name=spec.id,
        agency=spec.agency,
        duty=spec.duty,
        area=area_of(spec, context),
        applicant_name=str(case.acting.get("by") or context.facts.get("person.name", ""))[:120],
        due_on=due,
        remind_on=working_days_before(due, spec.remind, the_calendar()) if spec.remind else None,
        silence=spec.silence.then if spec.silence else "",
    )


def _decide(step: Step, context: OperationContext) -> Mapping[str, object]:
    """Run a decision table for a case and keep why: table, version, the row that fired, the values it saw."""
    table = context.package.tables[step.implementation]
    answers = answer_values(context.package.questions, context.answers)
    decision = decide(table, {**context.facts, **answers}, on=day_of(context.case))
    CaseDecision.objects.create(
        case=context.case,
        element=step.element,
        round=0 if context.case.state == Case.State.SUBMITTED else context.case.resubmissions.count(),
        table=table.key,
        table_version=decision.edition.version,
        row=decision.row.id,
        result=decision.result,
        values=dict(decision.values),
    )
    context.record(CaseEvent.Kind.DECIDED, table=table.key, row=decision.row.id, result=decision.result)
    return {table.key: {"result": decision.result, "row": decision.row.id}}


def values_in(dossier: Mapping[str, Any], package: ServicePackage, answers: Mapping[str, str]) -> dict[str, Any]:
    return {**known_in(dossier), **answer_values(package.questions, answers)}


def context_of(
    case: Case, package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str]
) -> OperationContext:
    return OperationContext(case=case, package=package, facts=known_in(dossier), answers=answers)


def package_of(case: Case) -> ServicePackage:
    """The package as this case began with it; a draft follows the package."""
    return package_at(case.service, case.version.version) if case.version else the_package(case.service)


def keep_what_is_owed(case: Case, dossier: Mapping[str, Any]) -> None:
    """Facts whose system did not answer are fetched later, also where the applicant stated them meanwhile."""
    owed = [outcome for outcome in dossier["outcomes"] if outcome["kind"] in {"unavailable", "declared"}]
    PendingFact.objects.bulk_create(
        [PendingFact(case=case, fact=outcome["fact"], system=outcome["system"]) for outcome in owed],
        ignore_conflicts=True,
    )
