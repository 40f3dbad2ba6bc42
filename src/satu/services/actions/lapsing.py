"""What happens to tasks by the passing of days: reminders, and what silence means.

Nothing is counted down. Each round looks at the days that stand in the rows and at today, does each thing once, and
may come as often as it likes, at any hour, or not for a week.
"""

from datetime import date, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from satu.identity.queries import officers_with
from satu.identity.types import SYSTEM
from satu.kernel.calendar import WorkingDays, due_after, the_calendar
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.messaging.actions import notify
from satu.services.actions.deciding import Made, carry_out
from satu.services.actions.holding import hold
from satu.services.actions.running import package_of
from satu.services.events import record
from satu.services.models import Case, CaseEvent, Task, TaskDecision
from satu.services.types import ServicePackage, Silence
from satu.services.work.models import Taking

_log = structlog.get_logger(__name__)
_AT_ONCE = 500
#: After so many working days an applicant is reminded of a correction; chosen for Satu, no rule was read.
_CORRECTS_WITHIN = WorkingDays(3)
_FORGOTTEN_AFTER = timedelta(days=1)  # who had taken a task, once the time is over; the audit trail keeps it


def look_after_tasks() -> int:
    """Remind of tasks whose day has come, and act on those whose last day has passed. Returns how many."""
    today = timezone.localdate()
    Taking.objects.filter(until__lt=timezone.now() - _FORGOTTEN_AFTER).delete()
    to_remind = Task.objects.filter(state=Task.State.OPEN, reminded_at=None, remind_on__lte=today)
    lapsed = Task.objects.filter(state=Task.State.OPEN, due_on__lt=today).exclude(silence="")
    done = sum(_remind(pk) for pk in list(to_remind.order_by("remind_on").values_list("pk", flat=True)[:_AT_ONCE]))
    return done + sum(_lapse(pk) for pk in list(lapsed.order_by("due_on").values_list("pk", flat=True)[:_AT_ONCE]))


def remind_of_corrections() -> int:
    """Tell applicants once more that a correction waits for them. Returns how many wait so long.

    Any number of times: each return is reminded of once.
    """
    today = timezone.localdate()
    newest: dict[UUID, TaskDecision] = {}
    for made in (
        TaskDecision.objects.select_related("task__case__version")
        .filter(decision="correction", task__case__state=Case.State.RETURNED)
        .order_by("at")
    ):
        newest[made.task.case_id] = made
    waiting = [
        made
        for made in newest.values()
        if due_after(timezone.localdate(made.at), _CORRECTS_WITHIN, the_calendar()).day < today
    ]
    for made in waiting:
        case = made.task.case
        with transaction.atomic():
            notify(
                kind="request-returned-still",
                values={"service": package_of(case).name, "number": case.number or "", "case": str(case.pk)},
                reference=f"case:{case.pk}",
                idempotency_key=f"task:{made.task.pk}:returned-still",
                nik=Nik(case.applicant_nik),
                by=SYSTEM,
            )
    return len(waiting)


def _remind(task_id: UUID) -> bool:
    with transaction.atomic():
        case, task = hold(task_id)
        if task.state != Task.State.OPEN or task.reminded_at is not None:
            return False
        task.reminded_at = timezone.now()
        task.save(update_fields=["reminded_at"])
        record(case, CaseEvent.Kind.REMINDED, SYSTEM, task=task.name)
        _tell_officers(case, package_of(case), task)
        return True


def _lapse(task_id: UUID) -> bool:
    with transaction.atomic():
        case, task = hold(task_id)
        if task.state != Task.State.OPEN or task.due_on >= timezone.localdate():
            return False
        package = package_of(case)
        silence = package.tasks[task.name].silence
        if silence is None:
            return False
        if silence.then == "escalate":
            _escalate(case, package, task, silence)
        elif the_calendar().due(task.due_on, since=timezone.localdate(task.opened_at)).unknown:
            # Nobody knows the holidays, so nobody knows whether the last day has passed.
            _log.warning("services.silence_waits_for_the_calendar", task=str(task.pk), due=task.due_on.isoformat())
            return False
        else:
            _approve(case, package, task, silence)
        return True


def _approve(case: Case, package: ServicePackage, task: Task, silence: Silence) -> None:
    with translation.override("id"):
        reason = _("The last day has passed without a decision, so the request counts as approved (%(basis)s).") % {
            "basis": silence.basis
        }
        if not silence.confirmed:
            reason += " " + _("Whether the rule says so has not been confirmed yet.")
    carry_out(case, package, task, Made("approve", reason, {}, SYSTEM, kind=CaseEvent.Kind.SILENT_APPROVAL))


def _escalate(case: Case, package: ServicePackage, task: Task, silence: Silence) -> None:
    task.state, task.ended_at = Task.State.ESCALATED, timezone.now()
    task.save(update_fields=["state", "ended_at"])
    above = Task.objects.create(
        case=case,
        service=case.service,
        element=task.element,
        name=task.name,
        agency=task.agency,
        duty=silence.duty,
        area=task.area,
        applicant_name=task.applicant_name,
        due_on=due_after(timezone.localdate(), silence.deadline or WorkingDays(1), the_calendar()).day,
        not_by=task.not_by,
    )
    record(case, CaseEvent.Kind.ESCALATED, SYSTEM, task=task.name)
    _tell_officers(case, package, above)


def _tell_officers(case: Case, package: ServicePackage, task: Task) -> None:
    for account_id in officers_with(agency=task.agency, duty=task.duty, area=task.area):
        notify(
            kind="task-due",
            values={"service": package.name, "number": case.number or "", "day": _day(task.due_on)},
            reference=f"task:{task.pk}",
            idempotency_key=f"task:{task.pk}:due:{account_id}",
            account_id=account_id,
            by=SYSTEM,
        )


def _day(day: date) -> Label:
    with translation.override("id"):
        indonesian = date_format(day, "j F Y")
    with translation.override("en"):
        return Label(id=indonesian, en=date_format(day, "j F Y"))
