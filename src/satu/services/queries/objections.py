"""What may be done, and was done, against a refusal."""

from typing import Literal
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from satu.identity.types import Actor
from satu.kernel.calendar import due_after, the_calendar
from satu.services.conversation.models import Objection
from satu.services.conversation.types import ObjectionView, TaskObjection
from satu.services.every_service import OBJECTION
from satu.services.models import Case, Task, TaskDecision
from satu.services.objections import the_rule
from satu.services.policies import own_case, own_task


def objection_for(case_id: UUID, *, by: Actor) -> ObjectionView | None:
    """Of her refused case, or the last objection of one that was refused. ``None`` where there is nothing to say.

    Raises ``Missing``.
    """
    case = own_case(case_id, by=by)
    made = Objection.objects.filter(case=case).select_related("task").order_by("at").last()
    if case.state == Case.State.REFUSED and case.closed_at is not None:
        made = made if made is not None and made.refused_at == case.closed_at else None
        return _view(case, made)
    return _view(case, made) if made is not None else None


def objection_of_task(task_id: UUID, *, by: Actor) -> TaskObjection:
    """What her task has to do with objections. Raises what ``policies.own_task`` raises."""
    task = own_task(task_id, by=by)
    is_one = task.name == OBJECTION
    made = Objection.objects.filter(task=task).first() if is_one else None
    return TaskObjection(
        is_objection=is_one,
        text=made.text if made else "",
        at=made.at if made else None,
        refused_by_her=refusals(task.case).filter(by=by.reference).exists(),
        may_reopen=task.state == Task.State.DECIDED and may_reopen(task.case),
    )


def refusals(case: Case) -> "QuerySet[TaskDecision]":
    """What officers decided against the applicant, other than on an objection."""
    return TaskDecision.objects.filter(task__case=case, decision="refuse").exclude(task__name=OBJECTION)


def may_reopen(case: Case) -> bool:
    return (
        case.state == Case.State.REFUSED
        and not Task.objects.filter(case=case, name=OBJECTION, state=Task.State.OPEN).exists()
    )


def _view(case: Case, made: Objection | None) -> ObjectionView:
    refused_at = made.refused_at if made else case.closed_at
    assert refused_at is not None  # noqa: S101 - it is, or was, refused
    day = timezone.localdate(refused_at)
    limit = the_rule().limit(day)
    until = due_after(day, limit.days, the_calendar()).day if limit else None
    decided = TaskDecision.objects.filter(task=made.task).first() if made else None
    return ObjectionView(
        may_object=made is None and until is not None and timezone.localdate() <= until,
        until=until,
        basis=limit.basis if limit else "",
        confirmed=limit.confirmed if limit else False,
        by_officer=refusals(case).exists(),
        text=made.text if made else "",
        at=made.at if made else None,
        due=made.task.due_on if made else None,
        outcome="" if made is None else _outcome(decided),
        reason=decided.reason if decided else "",
    )


def _outcome(decided: TaskDecision | None) -> Literal["open", "granted", "refused"]:
    if decided is None:
        return "open"
    return "granted" if decided.decision == "approve" else "refused"
