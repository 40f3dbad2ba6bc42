"""What every decision about a task begins with: hold it and its case, see whether it is open, read the reason."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput
from satu.services.models import Case, Task
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


def read_reason(reason: str, *, required: bool = True) -> str:
    """The reason, cleaned. Raises ``InvalidInput``."""
    text = " ".join(reason.split())
    if required and len(text) < REASON_SHORTEST:
        raise InvalidInput(_("Write in a sentence why; the applicant reads it."), field="reason")
    if len(text) > NOTE_LENGTH:
        raise InvalidInput(_("Use at most %(count)s characters.") % {"count": NOTE_LENGTH}, field="reason")
    return text
