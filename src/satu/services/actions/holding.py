"""What every decision about a task begins and ends with: hold it and its case, read the reason, keep the decision."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.calendar import the_calendar, working_days_left
from satu.kernel.errors import Conflict, InvalidInput
from satu.services.models import Case, Task, TaskDecision
from satu.services.types import NOTE_LENGTH

REASON_SHORTEST = 10


def hold(task_id: UUID) -> tuple[Case, Task]:
    """The case before the task, as everywhere: a withdrawal at the same moment waits, or we do."""
    case_id = Task.objects.values_list("case_id", flat=True).get(pk=task_id)
    return hold_case(case_id), Task.objects.select_for_update().get(pk=task_id)


def hold_case(case_id: UUID) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("version", "snapshot").get(pk=case_id)


def refuse_decided(task: Task, decision: str, by: Actor) -> None:
    """Nothing to do when it is a double click; else the other one was faster."""
    if task.state == Task.State.CANCELLED:
        raise Conflict(_("The applicant took this request back."))
    if task.state == Task.State.ESCALATED:
        raise Conflict(_("Its time was over, and it was passed on."))
    made = task.decision
    if (made.by, made.decision) != (by.reference, decision):
        raise Conflict(_("%(name)s has decided this already.") % {"name": made.by_name})


def keep_decision(
    task: Task,
    decision: str,
    reason: str,
    by: Actor,
    *,
    answers: Mapping[str, str] | None = None,
    advice: Mapping[str, str] | None = None,
) -> None:
    """An open task that is held is decided from now on."""
    now = timezone.now()
    TaskDecision.objects.create(
        task=task,
        decision=decision,
        reason=reason,
        answers=dict(answers or {}),
        advice=dict(advice or {}),
        days_left=working_days_left(task.due_on, now, the_calendar()),
        by=by.reference,
        by_name=by.name,
        agency=by.agency or task.agency,
    )
    task.state, task.ended_at = Task.State.DECIDED, now
    task.save(update_fields=["state", "ended_at"])


def read_reason(reason: str, *, required: bool = True) -> str:
    """The reason, cleaned. Raises ``InvalidInput``."""
    text = " ".join(reason.split())
    if required and len(text) < REASON_SHORTEST:
        raise InvalidInput(_("Write in a sentence why; the applicant reads it."), field="reason")
    if len(text) > NOTE_LENGTH:
        raise InvalidInput(_("Use at most %(count)s characters.") % {"count": NOTE_LENGTH}, field="reason")
    return text
