"""After a refusal: an objection (keberatan), which another officer decides, and taking a refused case up again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import SYSTEM, Actor
from satu.kernel.calendar import due_after, the_calendar
from satu.kernel.errors import Conflict, InvalidInput, NotAllowed
from satu.kernel.identifiers import Nik
from satu.messaging.actions import notify
from satu.services import queries
from satu.services.actions.holding import REASON_SHORTEST, hold, hold_case, keep_decision, read_reason, refuse_decided
from satu.services.actions.running import (
    context_of,
    expressions_see,
    go_on,
    keep_what_is_owed,
    package_of,
)
from satu.services.actions.sending import blocking, systems_down
from satu.services.actions.standing_still import officers_of
from satu.services.actions.talking import clean_text
from satu.services.conversation.models import Objection, Reopening
from satu.services.events import record
from satu.services.every_service import OBJECTION
from satu.services.models import Case, CaseEvent, Resubmission, Task
from satu.services.objections import Limit, the_rule
from satu.services.packages import process_of
from satu.services.policies import own_case, own_task
from satu.services.queries.objections import may_reopen, refusals
from satu.services.stated import keep_stated
from satu.services.subjects import pull_for
from satu.services.types import ServicePackage
from satu.services.workflow import RunningProcess


def object_to_refusal(*, case_id: UUID, text: str, by: Actor) -> UUID:
    """Her objection to a refusal: a task for the officers who have such cases. Once a refusal; twice is once.

    Raises ``Missing``, ``InvalidInput`` (``text``), and ``Conflict`` when it is not refused or the time is over.
    """
    clean = clean_text(text)
    if len(clean) < REASON_SHORTEST:
        raise InvalidInput(_("Write in a sentence why you object."), field="text")
    with transaction.atomic():
        case = own_case(case_id, by=by, lock=True)
        if case.state != Case.State.REFUSED or case.closed_at is None:
            raise Conflict(_("This request is not refused, so there is nothing to object to."))
        if (before := Objection.objects.filter(case=case, refused_at=case.closed_at).first()) is not None:
            return before.pk
        limit = _limit_not_over(case.closed_at)
        objection = Objection.objects.create(
            case=case, task=_open_task(case, limit, by), refused_at=case.closed_at, text=clean, by=by.reference
        )
        record(case, CaseEvent.Kind.OBJECTED, by)
    return objection.pk


def decide_objection(*, task_id: UUID, decision: str, reason: str, by: Actor) -> None:
    """``approve``: the case comes again at its first step, on facts pulled anew. ``refuse``: it stays refused.

    Only by another officer than the one who refused. A double click is one decision. Raises what ``decide_task``
    raises, ``NotAllowed`` for the one who refused, and ``SystemsDown``.
    """
    task = own_task(task_id, by=by)
    text = read_reason(reason)
    if decision not in {"approve", "refuse"}:
        raise InvalidInput(_("Choose what you decide."), field="decision")
    if refusals(task.case).filter(by=by.reference).exists():
        raise NotAllowed(_("You refused this request, so another officer decides on the objection."))
    package = package_of(task.case)
    granted = decision == "approve" and task.state == Task.State.OPEN
    dossier = _pulled(task.case, package) if granted else {}
    with transaction.atomic():
        case, task = hold(task_id)
        if task.state != Task.State.OPEN:
            refuse_decided(task, decision, by)
            return
        keep_decision(task, decision, text, by)
        if decision == "approve":
            _reopen(case, package, dossier, text, by)
        else:
            record(case, CaseEvent.Kind.OBJECTION_REFUSED, by, agency=by.agency, name=by.name)
            _tell("objection-refused", case, package, str(task.pk))


def reopen_case(*, task_id: UUID, reason: str, by: Actor) -> None:
    """An officer whose task it was takes a refused case up again, at its first step, on facts pulled anew.

    Twice is once. Raises what ``policies.own_task`` raises, ``InvalidInput`` (``reason``), ``SystemsDown``, and
    ``Conflict`` when it is not refused, or an objection waits to be decided.
    """
    task = own_task(task_id, by=by)
    text = read_reason(reason)
    if Reopening.objects.filter(case=task.case, by=by.reference, reason=text).exists():
        return
    if not may_reopen(task.case):
        raise Conflict(_("Only a refused request is taken up again, and one without an open objection."))
    package = package_of(task.case)
    dossier = _pulled(task.case, package)
    with transaction.atomic():
        case = hold_case(task.case_id)
        if not may_reopen(case):
            raise Conflict(_("Only a refused request is taken up again, and one without an open objection."))
        _reopen(case, package, dossier, text, by)


def _reopen(case: Case, package: ServicePackage, dossier: Mapping[str, Any], reason: str, by: Actor) -> None:
    _old, answers = queries.basis_of(case)
    assert case.closed_at is not None  # noqa: S101 - it is refused
    Reopening.objects.create(
        case=case,
        refused_at=case.closed_at,
        reason=reason,
        by=by.reference,
        by_name=by.name,
        agency=by.agency,
    )
    number = case.resubmissions.count() + 1
    Resubmission.objects.create(case=case, number=number, dossier=dict(dossier), answers=dict(answers))
    record(case, CaseEvent.Kind.REOPENED, by, agency=by.agency, name=by.name)
    keep_what_is_owed(case, dossier)
    context = context_of(case, package, dossier, answers)
    case.state, case.closed_at = Case.State.IN_PROCESS, None
    running = RunningProcess.start(process_of(package), expressions_see(context))
    go_on(running, context)
    case.process = running.state()
    case.save(update_fields=["state", "process", "closed_at"])
    _tell("request-reopened", case, package, str(number))


def _pulled(case: Case, package: ServicePackage) -> Mapping[str, Any]:
    """Facts as they are now; the network before any transaction. Raises ``SystemsDown``."""
    dossier = keep_stated(pull_for(case, package, by=SYSTEM), queries.basis_of(case)[0])
    if blocking(dossier, package):
        raise systems_down(dossier, package)
    return dossier


def _open_task(case: Case, limit: Limit, by: Actor) -> Task:
    """For the officers who refused it; where a rule did, for those who have such cases; else for the agency's."""
    agency, duty, area = officers_of(case, package_of(case))
    return Task.objects.create(
        case=case,
        service=case.service,
        element=OBJECTION,
        name=OBJECTION,
        agency=agency,
        duty=duty,
        area=area,
        applicant_name=by.name[:120],
        due_on=due_after(timezone.localdate(), limit.decide_within, the_calendar()).day,
    )


def _limit_not_over(refused_at: datetime) -> Limit:
    day = timezone.localdate(refused_at)
    limit = the_rule().limit(day)
    if limit is None or timezone.localdate() > due_after(day, limit.days, the_calendar()).day:
        raise Conflict(_("The time to object to this refusal is over."))
    return limit


def _tell(kind: str, case: Case, package: ServicePackage, once: str) -> None:
    notify(
        kind=kind,
        values={"service": package.name, "number": case.number or "", "case": str(case.pk)},
        reference=f"case:{case.pk}",
        idempotency_key=f"case:{case.pk}:{kind}:{once}",
        nik=Nik(case.applicant_nik),
        by=SYSTEM,
    )
