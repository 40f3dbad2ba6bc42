"""Requests that stand still because a step could not be carried out, and how they may go on."""

from satu.kernel.city import Label
from satu.services.every_service import STUCK
from satu.services.models import Case, CaseEvent, Task
from satu.services.operations import has_lasted
from satu.services.types import StuckView, TaskDecisionKind


def is_stuck(case: Case) -> bool:
    return case.tasks.filter(name=STUCK, state=Task.State.OPEN).exists()


def stuck_view(case: Case) -> StuckView | None:
    """The last step that could not be carried out."""
    event = case.events.filter(kind=CaseEvent.Kind.STUCK).order_by("id").last()
    if event is None:
        return None
    return StuckView(step=Label(**event.detail["step"]), reason=Label(**event.detail["reason"]), at=event.at)


def ways_on(case: Case) -> tuple[TaskDecisionKind, ...]:
    """What an officer may decide: what has changed a register cannot be begun anew, or refused."""
    return ("again",) if has_lasted(case.events.all()) else ("again", "correction", "refuse")
