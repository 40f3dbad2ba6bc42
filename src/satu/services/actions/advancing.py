"""What jobs do with cases: operations, and facts that arrive late."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from satu.identity.types import SYSTEM
from satu.kernel.errors import SatuError
from satu.services import queries
from satu.services.actions.comparing import settle as settle_late
from satu.services.actions.holding import hold_case
from satu.services.actions.paying import is_paid
from satu.services.actions.running import context_of, expressions_see, package_of, settle
from satu.services.actions.standing_still import StandsStill, passes, stand_still
from satu.services.actions.waiting import is_over
from satu.services.models import (
    Case,
    CaseEvent,
    PendingFact,
    Task,
)
from satu.services.operations import OperationContext, Refused, goes_no_further, run_operation
from satu.services.packages import process_of
from satu.services.queries.stuck import is_stuck
from satu.services.standard_operations import tell_applicant
from satu.services.subjects import pull_for
from satu.services.workflow import RunningProcess, Step


def advance_case(*, case_id: UUID) -> None:
    """Carry out the steps that a case waits for, each in its own transaction. May be called any number of times.

    A step that is refused for good becomes an officer's task; an outage is raised, and this is called again later.
    """
    while _advance_once(case_id):
        pass


def reconcile_pending(*, limit: int = 200) -> int:
    """Fetch optional facts whose system was silent at submission. Returns how many arrived.

    A system that is still silent is asked once a round, for its oldest case.
    """
    silent: set[str] = set()
    arrived = 0
    owed = PendingFact.objects.filter(settled_at=None).exclude(case__state=Case.State.WITHDRAWN)
    waiting = owed.order_by("id").values_list("id", "system")[:limit]
    for pending_id, system in list(waiting):
        if system not in silent:
            if _reconcile(pending_id):
                arrived += 1
            else:
                silent.add(system)
    return arrived


@transaction.atomic
def _advance_once(case_id: UUID) -> bool:
    """One step. Returns whether another may follow at once."""
    case = (
        Case.objects.select_for_update(of=("self",)).select_related("version", "snapshot").filter(pk=case_id).first()
    )
    if case is None or case.process is None or _is_closed(case):
        return False
    package = package_of(case)
    context = context_of(case, package, *queries.basis_of(case))
    running = RunningProcess.resume(process_of(package), case.process, expressions_see(context))
    try:
        if _was_sent_back(case, running) or not _carry_out_one(running, context):
            return False
    except Refused as refused:
        _refuse(context, refused)
        return False
    except StandsStill as stopped:
        stand_still(context, stopped)
        return False
    if case.state == Case.State.SUBMITTED and not running.finished:
        case.state = Case.State.IN_PROCESS
    settle(running, context)
    case.process = running.state()
    case.save(update_fields=["state", "process", "document_id", "closed_at"])
    return not running.finished


def _was_sent_back(case: Case, running: RunningProcess) -> bool:
    """An officer sent it back from where it stood still, so its process waits where it stood."""
    corrects = any(step.kind == "correction" for step in running.waiting())
    return case.state == Case.State.RETURNED and not corrects


def _is_closed(case: Case) -> bool:
    """To jobs: taken back, refused in its midst, or it waits for an officer to say how it goes on."""
    return case.state == Case.State.WITHDRAWN or goes_no_further(case) or is_stuck(case)


def _refuse(context: OperationContext, refused: Refused) -> None:
    """An operation found that it cannot be granted after all. Its process goes no further."""
    case = context.case
    case.state, case.closed_at = Case.State.REFUSED, timezone.now()
    case.save(update_fields=["state", "closed_at"])
    case.tasks.filter(state=Task.State.OPEN).update(state=Task.State.CANCELLED, ended_at=timezone.now())
    context.record(CaseEvent.Kind.REFUSED, reason={"id": refused.reason.id, "en": refused.reason.en})
    tell_applicant(context)


def _carry_out_one(running: RunningProcess, context: OperationContext) -> bool:
    """An operation, or a payment that is there. Returns whether there was one."""
    for step in running.waiting():
        try:
            done = _carry_out(step, context)
        except SatuError as error:
            if passes(error):
                raise
            raise StandsStill(step, error.sentence) from error
        if done is not None:
            running.complete(step, done)
            return True
    return False


def _carry_out(step: Step, context: OperationContext) -> Mapping[str, object] | None:
    """What a step gave; ``None`` for one that waits for somebody."""
    if step.kind == "payment":
        with transaction.atomic():
            return {} if is_paid(context) else None
    if step.kind == "wait":
        return {} if is_over(step, context) else None
    if step.kind != "operation":
        return None
    with transaction.atomic():
        done = run_operation(step.implementation, context, step.data)
    if "." in step.implementation:
        context.record(CaseEvent.Kind.OPERATED, operation=step.implementation)
    return done


def _reconcile(pending_id: int) -> bool:
    """Pull one pending fact. Returns whether its system answered."""
    pending = PendingFact.objects.select_related("case__version", "case__snapshot").get(pk=pending_id)
    case = pending.case
    package = package_of(case)
    outcome = pull_for(case, package, by=SYSTEM, facts=(pending.fact,))["outcomes"][0]
    if outcome["kind"] == "unavailable":
        return False
    with transaction.atomic():
        settle_late(hold_case(case.pk), package, pending, outcome)
    return True
