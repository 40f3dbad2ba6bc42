"""A request that waits for days: nothing is counted down, and it goes on when somebody looks after the last day."""

import structlog
from django.utils import timezone

from satu.kernel import jobs
from satu.kernel.calendar import WorkingDays, due_after, the_calendar
from satu.services.models import Case, CaseEvent, Wait
from satu.services.operations import OperationContext
from satu.services.workflow import Step

_log = structlog.get_logger(__name__)
_AT_ONCE = 500


def begin_wait(step: Step, context: OperationContext) -> None:
    """Fix the last day, once a step: after a correction it is not waited for again."""
    days = WorkingDays(int(step.implementation))
    until = due_after(timezone.localdate(), days, the_calendar()).day
    _wait, begun = Wait.objects.get_or_create(case=context.case, element=step.element, defaults={"until": until})
    if begun:
        context.record(CaseEvent.Kind.WAITS, until=until.isoformat())


def is_over(step: Step, context: OperationContext) -> bool:
    """Whether the last day of a wait is over, whole. Of a year whose holidays nobody knows, none is."""
    wait = Wait.objects.get(case=context.case, element=step.element)
    if wait.ended_at is not None:
        return True
    if wait.until >= timezone.localdate():
        return False
    if the_calendar().due(wait.until, since=timezone.localdate(wait.begun_at)).unknown:
        _log.warning("services.wait_waits_for_the_calendar", case=str(context.case.pk), until=wait.until.isoformat())
        return False
    wait.ended_at = timezone.now()
    wait.save(update_fields=["ended_at"])
    return True


def end_waits() -> int:
    """Let the requests go on whose last day is over. Returns how many there are."""
    over = Wait.objects.filter(
        ended_at=None, until__lt=timezone.localdate(), case__state__in=[Case.State.SUBMITTED, Case.State.IN_PROCESS]
    )
    cases = list(over.order_by("until").values_list("case_id", flat=True)[:_AT_ONCE])
    for case_id in cases:
        jobs.defer("services.advance_case", queue="cases", arguments={"case_id": str(case_id)})
    return len(cases)
