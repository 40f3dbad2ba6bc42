"""What an officer does with a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satu.hub.ledger import actions as ledger
from satu.hub.ledger.types import NewEntry
from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput
from satu.services import queries
from satu.services.actions.declaring import verify_declarations
from satu.services.actions.holding import hold, keep_decision, read_reason, refuse_decided
from satu.services.actions.objecting import decide_objection
from satu.services.actions.running import context_of, expressions_see, go_on, package_of
from satu.services.actions.standing_still import decide_stuck
from satu.services.conversation.models import Attachment
from satu.services.days import day_of
from satu.services.decisions import decide
from satu.services.dossiers import outcome_from_json, released
from satu.services.events import record
from satu.services.every_service import DIFFERS, OBJECTION, STUCK
from satu.services.forms import read_form
from satu.services.models import (
    Case,
    CaseEvent,
    Task,
    TaskDecision,
)
from satu.services.packages import process_of
from satu.services.policies import own_task
from satu.services.standard_operations import tell_returned
from satu.services.subjects import by_subject, dossier_id, purpose_for
from satu.services.types import InvalidAnswers, Question, ServicePackage, Table, TaskView
from satu.services.workflow import RunningProcess


def open_task(*, task_id: UUID, by: Actor) -> TaskView:
    """The case behind a task, shown to its officer; that she looked is in the applicant's access ledger first.

    Raises what ``policies.own_task`` raises.
    """
    task = own_task(task_id, by=by)
    case, package = task.case, package_of(task.case)
    dossier, _answers = queries.basis_of(case)
    outcomes = {one["fact"]: released(outcome_from_json(one)) for one in dossier["outcomes"]}
    entries = [
        NewEntry(
            subject=subject,
            kind="pull",
            purpose=purpose_for(case, package, subject),
            by=by,
            facts=[outcomes[fact] for fact in facts],
            dossier_id=dossier_id(dossier, subject),
        )
        for subject, facts in by_subject(case, outcomes).items()
    ]
    with transaction.atomic(durable=True):
        ledger.append(entries)
    return queries.task_for(task_id, by=by)


def decide_task(
    *, task_id: UUID, decision: str, reason: str, by: Actor, answers: Mapping[str, str] | None = None
) -> None:
    """An officer's decision: ``approve``, ``refuse``, ``correction``, ``noted``, or ``again`` about a request that
    stands still. A double click is one decision.

    Against the applicant, or back to her, only with a reason, which she reads. ``answers`` are those to the task's
    form; they are not asked for when it goes back to her. Raises ``InvalidAnswers``, what ``policies.own_task``
    raises, ``InvalidInput`` (``decision``, ``reason``), and ``Conflict`` when somebody else was first.
    """
    task = own_task(task_id, by=by)
    if task.name == OBJECTION:
        decide_objection(task_id=task_id, decision=decision, reason=reason, by=by)
        return
    if task.name == STUCK:
        decide_stuck(task_id=task_id, decision=decision, reason=reason, by=by)
        return
    if task.name == DIFFERS:
        _take_note(task_id, decision, reason, by)
        return
    package = package_of(task.case)
    text = _check_decision(package, task, decision, reason)
    form = package.tasks[task.name].form if decision != "correction" else ()
    answered = _read_form(form, answers or {}, task)
    with transaction.atomic():
        case, task = hold(task_id)
        if task.state != Task.State.OPEN:
            refuse_decided(task, decision, by)
            return
        carry_out(case, package, task, Made(decision, text, answered, by))


@transaction.atomic
def _take_note(task_id: UUID, decision: str, reason: str, by: Actor) -> None:
    """She has seen that a system says something else than the applicant stated; the process is not concerned."""
    case, task = hold(task_id)
    if task.state != Task.State.OPEN:
        refuse_decided(task, decision, by)
        return
    if decision != TaskDecision.Decision.NOTED:
        raise InvalidInput(_("Choose what you decide."), field="decision")
    keep_decision(task, decision, read_reason(reason, required=False), by)
    record(case, CaseEvent.Kind.NOTED, by, task=task.name, agency=by.agency, name=by.name)


@dataclass(frozen=True, slots=True)
class Made:
    """A decision about a task, checked."""

    decision: str
    reason: str
    answers: Mapping[str, str]
    by: Actor
    kind: CaseEvent.Kind | None = None
    """What the timeline calls it, where an officer's decision is not meant."""


def carry_out(case: Case, package: ServicePackage, task: Task, made: Made) -> None:
    """Keep a decision about an open task and go on from there; case and task are locked."""
    decision, by = made.decision, made.by
    advice = {table.key: decide(table, values, on=day_of(case)).row.id for table, values in _advising(case, package)}
    keep_decision(task, decision, made.reason, by, answers=made.answers, advice=advice)
    who = {"agency": by.agency, "name": by.name} if by.kind == "officer" else {}
    if made.kind is None and _needs_another(package, task, decision):
        record(case, CaseEvent.Kind.AGREED_FIRST, by, task=task.name, **who)
        _open_for_another(task, by)
        return
    record(case, made.kind or _DECIDED_AS[TaskDecision.Decision(decision)], by, task=task.name, **who)
    if decision == TaskDecision.Decision.APPROVE and by.kind == "officer":
        verify_declarations(case, package, by)
    context = context_of(case, package, *queries.basis_of(case))
    running = RunningProcess.resume(process_of(package), case.process or {}, expressions_see(context))
    step = next(step for step in running.waiting() if step.element == task.element)
    running.complete(step, {task.name: {"decision": decision, "answers": dict(made.answers)}})
    if case.state in Case.OPEN:  # an officer may take note of a request that is closed meanwhile
        case.state = Case.State.IN_PROCESS
    go_on(running, context)
    case.process = running.state()
    case.save(update_fields=["state", "process"])
    if case.state == Case.State.RETURNED:
        tell_returned(case, package, task)


def _needs_another(package: ServicePackage, task: Task, decision: str) -> bool:
    """An approval that a second officer has to make too."""
    return package.tasks[task.name].four_eyes and decision == "approve" and not task.not_by


def _open_for_another(task: Task, first: Actor) -> None:
    """The same task for anybody but the first one; its days go on."""
    Task.objects.create(
        case=task.case,
        service=task.service,
        element=task.element,
        name=task.name,
        agency=task.agency,
        duty=task.duty,
        area=task.area,
        applicant_name=task.applicant_name,
        due_on=task.due_on,
        not_by=first.reference,
        remind_on=task.remind_on,
        reminded_at=task.reminded_at,
        silence=task.silence,
    )


_DECIDED_AS = {
    TaskDecision.Decision.APPROVE: CaseEvent.Kind.APPROVED,
    TaskDecision.Decision.REFUSE: CaseEvent.Kind.DECIDED,
    TaskDecision.Decision.CORRECTION: CaseEvent.Kind.RETURNED,
    TaskDecision.Decision.NOTED: CaseEvent.Kind.NOTED,
}


def _check_decision(package: ServicePackage, task: Task, decision: str, reason: str) -> str:
    """The reason, cleaned."""
    if decision not in package.tasks[task.name].decisions:
        raise InvalidInput(_("Choose what you decide."), field="decision")
    return read_reason(reason, required=decision not in {"approve", "noted"})


def _read_form(form: Sequence[Question], answers: Mapping[str, str], task: Task) -> Mapping[str, str]:
    """The answers; of photos, the ids of those that she has attached to the task. Raises ``InvalidAnswers``."""
    kept: dict[str, list[str]] = {}
    for file in Attachment.objects.filter(task=task, removed_at=None).order_by("at") if form else ():
        kept.setdefault(file.key, []).append(str(file.pk))
    photos = {one.key: " ".join(kept.get(one.key, ())) for one in form if one.type == "photo"}
    read, wrong = read_form([one for one in form if one.type != "photo"], answers, {})
    wrong |= {one.key: _("Take a photo.") for one in form if one.required and photos.get(one.key) == ""}
    if wrong:
        raise InvalidAnswers(wrong)
    return {one.key: photos.get(one.key, read.get(one.key, "")) for one in form}


def _advising(case: Case, package: ServicePackage) -> list[tuple[Table, dict[str, Any]]]:
    """The tables that advise, with the values that they see now."""
    values = queries.values_now(case, package)
    return [(table, values) for table in package.tables.values() if table.advises]
