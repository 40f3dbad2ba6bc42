"""A step that could not be carried out, for good: the request stands still, and an officer decides how it goes on.

An outage is not that: it is tried again by the job, ever later, and nobody has to do anything.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.identity.types import SYSTEM, Actor
from satu.kernel import jobs
from satu.kernel.calendar import due_after, the_calendar
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput, SatuError, TryAgain
from satu.services import queries
from satu.services.actions.holding import hold, hold_case, keep_decision, read_reason, refuse_decided
from satu.services.actions.running import context_of, expressions_see, package_of
from satu.services.destinations import area_of
from satu.services.events import record
from satu.services.every_service import STUCK, last_decided, task_spec
from satu.services.models import Case, CaseEvent, Task
from satu.services.operations import OperationContext, label_of, registered
from satu.services.packages import process_of
from satu.services.policies import own_task
from satu.services.queries.stuck import is_stuck, ways_on
from satu.services.standard_operations import tell_applicant, tell_returned
from satu.services.types import ServicePackage
from satu.services.workflow import RunningProcess, Step

_OUTAGE = 500
_UNEXPECTED = _("Something unexpected went wrong at this step. Whoever looks after Satu finds it in its log.")


class StandsStill(Exception):
    """A step that would be refused every time it is tried."""

    def __init__(self, step: Step, reason: str | Promise) -> None:
        super().__init__(step.implementation)
        self.step, self.reason = step, reason


def passes(error: SatuError) -> bool:
    """Whether what refused may agree in a moment, with nobody doing anything."""
    return error.status >= _OUTAGE or isinstance(error, TryAgain)


def stand_still(context: OperationContext, stopped: StandsStill) -> None:
    """Give the request to an officer, with the reason; the process stays where it is."""
    case, package = context.case, context.package
    agency, duty, area = officers_of(case, package)
    Task.objects.create(
        case=case,
        service=case.service,
        element=STUCK,
        name=STUCK,
        agency=agency,
        duty=duty,
        area=area,
        applicant_name=str(case.acting.get("by") or context.facts.get("person.name", ""))[:120],
        due_on=due_after(timezone.localdate(), task_spec(package, STUCK).deadline, the_calendar()).day,
    )
    context.record(CaseEvent.Kind.STUCK, step=_as_json(_name(stopped.step)), reason=_in_both(stopped.reason))


@transaction.atomic
def stop_unexpected(*, case_id: UUID) -> None:
    """Give a request to an officer whose step fails every time in a way that nobody foresaw."""
    case = hold_case(case_id)
    if case.process is None or case.state not in Case.OPEN or is_stuck(case):
        return
    package = package_of(case)
    context = context_of(case, package, *queries.basis_of(case))
    running = RunningProcess.resume(process_of(package), case.process, expressions_see(context))
    step = next((one for one in running.waiting() if one.kind in {"operation", "payment"}), None)
    if step is not None:
        stand_still(context, StandsStill(step, _UNEXPECTED))


def officers_of(case: Case, package: ServicePackage) -> tuple[str, str, str]:
    """Agency, duty and area of those who decided it last; else of those who have such requests; else the agency's."""
    if (last := last_decided(case)) is not None:
        return last.agency, last.duty, last.area
    spec = next((one for one in package.tasks.values() if not one.informs), None)
    if spec is not None:
        return spec.agency, spec.duty, area_of(spec, context_of(case, package, *queries.basis_of(case)))
    everywhere = task_spec(package, STUCK)
    return everywhere.agency, everywhere.duty, ""


def decide_stuck(*, task_id: UUID, decision: str, reason: str, by: Actor) -> None:
    """``again``: the step is tried once more; ``correction``: back to the applicant; ``refuse``: it ends refused.

    Only ``again`` where something of it stays already. A double click is one decision. Raises what ``decide_task``
    raises.
    """
    task = own_task(task_id, by=by)
    with transaction.atomic():
        case, task = hold(task.pk)
        if task.state != Task.State.OPEN:
            refuse_decided(task, decision, by)
            return
        if decision not in ways_on(case):
            raise InvalidInput(_("Choose what you decide."), field="decision")
        text = read_reason(reason, required=decision != "again")
        keep_decision(task, decision, text, by)
        package = package_of(case)
        if decision == "again":
            record(case, CaseEvent.Kind.TRIED_AGAIN, by, agency=by.agency, name=by.name)
            jobs.defer("services.advance_case", queue="cases", arguments={"case_id": str(case.pk)})
        elif decision == "correction":
            _send_back(case, package, task, by)
        else:
            _refuse(case, package, by)


def _send_back(case: Case, package: ServicePackage, task: Task, by: Actor) -> None:
    case.state = Case.State.RETURNED
    case.save(update_fields=["state"])
    _close_tasks(case)
    record(case, CaseEvent.Kind.RETURNED, by, task=task.name, agency=by.agency, name=by.name)
    tell_returned(case, package, task)


def _refuse(case: Case, package: ServicePackage, by: Actor) -> None:
    case.state, case.closed_at = Case.State.REFUSED, timezone.now()
    case.save(update_fields=["state", "closed_at"])
    _close_tasks(case)
    record(case, CaseEvent.Kind.DECIDED, by, task=STUCK, agency=by.agency, name=by.name)
    record(case, CaseEvent.Kind.REFUSED, SYSTEM, stopped=True)
    tell_applicant(context_of(case, package, *queries.basis_of(case)))


def _close_tasks(case: Case) -> None:
    case.tasks.filter(state=Task.State.OPEN).update(state=Task.State.CANCELLED, ended_at=timezone.now())


def _name(step: Step) -> Label:
    """What stands on the picture of the process; in English what the operation is called."""
    name = step.implementation.partition(":")[0]
    if "." in name and name in registered():
        return label_of(name)
    return Label(id=step.name, en=label_of(name).en if name in registered() else step.name)


def _in_both(sentence: str | Promise) -> dict[str, str]:
    said = {}
    for language in ("id", "en"):
        with translation.override(language):
            said[language] = str(sentence)
    return said


def _as_json(label: Label) -> dict[str, str]:
    return {"id": label.id, "en": label.en}
