"""The only writers of cases. Each event of a case is its audit entry: who, when, what."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from satu.hub.actions import pull
from satu.hub.catalogue import the_catalogue
from satu.hub.ledger import actions as ledger
from satu.hub.ledger.types import NewEntry, ReleasedFact
from satu.hub.types import Subject
from satu.identity.types import SYSTEM, Actor
from satu.kernel.calendar import WorkingDays, due_after, the_calendar, working_days_left
from satu.kernel.errors import Conflict, InvalidInput, Missing
from satu.kernel.identifiers import Nik
from satu.services import queries
from satu.services.decisions import decide, nested
from satu.services.dossiers import dossier_to_json, outcome_from_json, values_of
from satu.services.forms import read_answers
from satu.services.models import (
    Case,
    CaseDecision,
    CaseEvent,
    CorrectionRequest,
    PackageVersion,
    PendingFact,
    Resubmission,
    Snapshot,
    Task,
    TaskDecision,
)
from satu.services.operations import OperationContext, run_operation
from satu.services.packages import files_of, package_at, process_of, the_package
from satu.services.planning import facts_needed, purpose_of
from satu.services.policies import applicant, own_case, own_task
from satu.services.standard_operations import tell_returned
from satu.services.types import CaseView, FactsMissing, ServicePackage, SystemsDown, Table, TaskView
from satu.services.workflow import RunningProcess, Step

#: A draft's facts older than this are pulled again before anything is decided on them.
DOSSIER_HOLDS = timedelta(minutes=30)
NOTE_LENGTH = 1000
REASON_SHORTEST = 10
_TAKE_A_NUMBER = """
INSERT INTO services_casecounter (prefix, year, last) VALUES (%s, %s, 1)
ON CONFLICT (prefix, year) DO UPDATE SET last = services_casecounter.last + 1
RETURNING last
"""


# -------------------------------------------------------------------------------------------------------- citizen


def begin_case(*, service: str, by: Actor) -> CaseView:
    """Her open draft of this service, or a new one, with its facts pulled. Raises ``Missing`` and ``NotAllowed``."""
    package = the_package(service)
    case = _the_draft(package, applicant(by), by)
    _refresh_dossier(case, package, by)
    return queries.case_for(case.pk, by=by)


def submit_case(*, case_id: UUID, answers: Mapping[str, str], by: Actor) -> CaseView:
    """Submit a draft. Of ``answers`` only those to the package's questions are read: facts come from the server side.

    Submitting again what is submitted changes nothing and gives the same case back. Raises ``Missing``, ``Conflict``
    (withdrawn), ``InvalidAnswers``, ``SystemsDown`` and ``FactsMissing``; the draft is kept in each of these.
    """
    case = own_case(case_id, by=by)
    if case.submitted_at is None:
        _refuse_closed(case)
        package = the_package(case.service)
        clean = read_answers(package, answers)
        _refresh_dossier(case, package, by)
        _submit(case_id, package, clean, by)
    return queries.case_for(case_id, by=by)


def withdraw_case(*, case_id: UUID, by: Actor) -> CaseView:
    """Take a case back before it is decided. Twice is once. Raises ``Missing`` and ``Conflict``."""
    with transaction.atomic():
        case = own_case(case_id, by=by, lock=True)
        if case.state in {Case.State.ISSUED, Case.State.REFUSED}:
            raise Conflict(_("This request is already decided, so it cannot be taken back."))
        if case.state != Case.State.WITHDRAWN:
            case.state, case.closed_at, case.dossier = Case.State.WITHDRAWN, timezone.now(), None
            case.save(update_fields=["state", "closed_at", "dossier"])
            case.tasks.filter(state=Task.State.OPEN).update(state=Task.State.CANCELLED, ended_at=timezone.now())
            _record(case, CaseEvent.Kind.WITHDRAWN, by)
    return queries.case_for(case_id, by=by)


def resubmit_case(*, case_id: UUID, answers: Mapping[str, str], by: Actor) -> CaseView:
    """Send a case again that an officer sent back: facts are pulled anew, the rules look again, the clock goes on.

    Twice is once. Raises what ``submit_case`` raises, and ``Conflict`` for a case that nobody sent back.
    """
    case = own_case(case_id, by=by, whole=True)
    if case.state == Case.State.RETURNED:
        package = _package_of(case)
        clean = read_answers(package, answers)
        dossier = pull(
            about=Subject.person(Nik(case.applicant_nik)),
            facts=facts_needed(package),
            purpose=purpose_of(package, reference=f"case:{case.pk}"),
            by=by,
        )
        _resubmit(case_id, package, dossier_to_json(dossier), clean, by)
    elif not case.resubmissions.exists():
        raise Conflict(_("Nobody has sent this request back to you."))
    return queries.case_for(case_id, by=by)


def report_wrong_fact(*, case_id: UUID, fact: str, note: str, by: Actor) -> CaseView:
    """Ask the agency that owns a fact to correct it. One open request a case and fact; a second adds nothing.

    Raises ``Missing`` for a fact that is not in the case, ``InvalidInput`` for an empty or endless note.
    """
    text = " ".join(note.split())
    if not text:
        raise InvalidInput(_("Say what is wrong and what is right."), field="note")
    if len(text) > NOTE_LENGTH:
        raise InvalidInput(_("Use at most %(count)s characters.") % {"count": NOTE_LENGTH}, field="note")
    with transaction.atomic():
        case = own_case(case_id, by=by, lock=True)
        if fact not in facts_needed(_package_of(case)):
            raise Missing(_("This request does not use that datum."))
        if not case.corrections.filter(fact=fact, state=CorrectionRequest.State.OPEN).exists():
            agency = the_catalogue().fact(fact).agency
            request = CorrectionRequest.objects.create(
                case=case, fact=fact, agency=agency, note=text, by=by.reference
            )
            _record(case, CaseEvent.Kind.REPORTED_WRONG, by, fact=fact, agency=agency, correction=str(request.pk))
    return queries.case_for(case_id, by=by)


# -------------------------------------------------------------------------------------------------------- officer


def open_task(*, task_id: UUID, by: Actor) -> TaskView:
    """The case behind a task, shown to its officer; that she looked is in the applicant's access ledger first.

    Raises what ``policies.own_task`` raises.
    """
    task = own_task(task_id, by=by)
    case, package = task.case, _package_of(task.case)
    dossier, _answers = queries.basis_of(case, package)
    outcomes = [outcome_from_json(outcome) for outcome in dossier["outcomes"]]
    entry = NewEntry(
        subject=Subject.person(Nik(case.applicant_nik)),
        kind="pull",
        purpose=purpose_of(package, reference=f"case:{case.pk}"),
        by=by,
        facts=[ReleasedFact.of(outcome) for outcome in outcomes],
        dossier_id=UUID(dossier["id"]),
    )
    with transaction.atomic(durable=True):
        ledger.append([entry])
    return queries.task_for(task_id, by=by)


def decide_task(*, task_id: UUID, decision: str, reason: str, by: Actor) -> None:
    """An officer's decision: ``approve``, ``refuse`` or ``correction``. A double click is one decision.

    Against the applicant, or back to her, only with a reason, which she reads. Raises what ``policies.own_task``
    raises, ``InvalidInput`` (``decision``, ``reason``), and ``Conflict`` when somebody else was first.
    """
    task = own_task(task_id, by=by)
    package = _package_of(task.case)
    text = _check_decision(package, task, decision, reason)
    with transaction.atomic():
        # The case before the task, as everywhere: a withdrawal at the same moment waits, or we do.
        locked = Case.objects.select_for_update(of=("self",)).select_related("version", "snapshot")
        case = locked.get(pk=task.case_id)
        task = Task.objects.select_for_update().get(pk=task_id)
        if task.state != Task.State.OPEN:
            _refuse_decided(task, decision, by)
            return
        context = _context(case, package, *queries.basis_of(case, package))
        now = timezone.now()
        TaskDecision.objects.create(
            task=task,
            decision=decision,
            reason=text,
            advice={table.key: decide(table, values).row.id for table, values in _advising(case, package)},
            days_left=working_days_left(task.due_on, now, the_calendar()),
            by=by.reference,
            by_name=by.name,
            agency=by.agency,
        )
        task.state, task.ended_at = Task.State.DECIDED, now
        task.save(update_fields=["state", "ended_at"])
        _record(
            case, _DECIDED_AS[TaskDecision.Decision(decision)], by, task=task.name, agency=by.agency, name=by.name
        )
        running = RunningProcess.resume(process_of(package), case.process or {}, _seen(context))
        step = next(step for step in running.waiting() if step.element == task.element)
        running.complete(step, {task.name: {"decision": decision}})
        case.state = Case.State.IN_PROCESS
        _go_on(running, context)
        case.process = running.state()
        case.save(update_fields=["state", "process"])
        if case.state == Case.State.RETURNED:
            tell_returned(case, package, task)


_DECIDED_AS = {
    TaskDecision.Decision.APPROVE: CaseEvent.Kind.APPROVED,
    TaskDecision.Decision.REFUSE: CaseEvent.Kind.DECIDED,
    TaskDecision.Decision.CORRECTION: CaseEvent.Kind.RETURNED,
}


# --------------------------------------------------------------------------------------------------------- worker


def advance_case(*, case_id: UUID) -> None:
    """Carry out the steps that a case waits for, each in its own transaction. May be called any number of times."""
    while _advance_once(case_id):
        pass


def reconcile_pending(*, limit: int = 200) -> int:
    """Fetch optional facts whose system was silent at submission. Returns how many arrived.

    A system that is still silent is asked once a round, for its oldest case.
    """
    silent: set[str] = set()
    arrived = 0
    waiting = PendingFact.objects.filter(settled_at=None).order_by("id").values_list("id", "system")[:limit]
    for pending_id, system in list(waiting):
        if system not in silent:
            if _reconcile(pending_id):
                arrived += 1
            else:
                silent.add(system)
    return arrived


# ---------------------------------------------------------------------------------------------------------- parts


def _the_draft(package: ServicePackage, nik: Nik, by: Actor) -> Case:
    mine = {"applicant_nik": nik.value, "service": package.slug, "state": Case.State.DRAFT}
    if draft := Case.objects.filter(**mine).first():
        return draft
    try:
        with transaction.atomic():
            draft = Case.objects.create(**mine, applicant=by.reference)
            _record(draft, CaseEvent.Kind.BEGUN, by)
            return draft
    except IntegrityError:
        # She began it in another window at the same moment.
        return Case.objects.get(**mine)


def _refresh_dossier(case: Case, package: ServicePackage, by: Actor) -> None:
    """Pull a draft's facts when they are missing, old, or blocked by a system that may be back."""
    if case.dossier is not None and not _is_stale(case.dossier, package):
        return
    dossier = pull(
        about=Subject.person(Nik(case.applicant_nik)),
        facts=facts_needed(package),
        purpose=purpose_of(package, reference=f"case:{case.pk}"),
        by=by,
    )
    Case.objects.filter(pk=case.pk, state=Case.State.DRAFT).update(dossier=dossier_to_json(dossier))


def _is_stale(dossier: Mapping[str, Any], package: ServicePackage) -> bool:
    facts = {outcome["fact"] for outcome in dossier["outcomes"]}
    return (
        timezone.now() - datetime.fromisoformat(dossier["pulled_at"]) > DOSSIER_HOLDS
        or not facts.issuperset(facts_needed(package))
        or bool(_blocking(dossier, package))
    )


def _blocking(dossier: Mapping[str, Any], package: ServicePackage) -> list[str]:
    """The required facts whose system did not answer."""
    required = {need.fact for need in package.needs if need.required}
    return [o["fact"] for o in dossier["outcomes"] if o["kind"] == "unavailable" and o["fact"] in required]


@transaction.atomic
def _submit(case_id: UUID, package: ServicePackage, answers: Mapping[str, str], by: Actor) -> None:
    case = own_case(case_id, by=by, lock=True)
    if case.submitted_at is not None:
        return  # a double click: the other one was faster
    _refuse_closed(case)
    dossier = case.dossier
    if dossier is None or _blocking(dossier, package):
        raise _systems_down(dossier, package)
    _refuse_missing_facts(dossier, package, answers)
    Snapshot.objects.create(case=case, dossier=dossier, answers=dict(answers))
    _record(case, CaseEvent.Kind.SUBMITTED, by)
    case.version = _keep_version(package)
    case.dossier = None
    case.submitted_at = timezone.now()
    case.state = Case.State.SUBMITTED
    context = _context(case, package, dossier, answers)
    running = RunningProcess.start(process_of(package), _seen(context))
    _go_on(running, context)
    case.process = running.state()
    _keep_what_is_owed(case, dossier)
    case.number = _next_number(package)
    case.save(update_fields=["number", "version", "state", "dossier", "process", "submitted_at"])


def _refuse_closed(case: Case) -> None:
    if case.state == Case.State.WITHDRAWN:
        raise Conflict(_("You took this request back. Begin a new one."))


def _systems_down(dossier: Mapping[str, Any] | None, package: ServicePackage) -> SystemsDown:
    troubles = tuple(trouble for trouble in queries.troubles_of(dossier, package) if trouble.required)
    names = ", ".join(str(trouble.system_name) for trouble in troubles)
    return SystemsDown(
        _("%(systems)s does not answer at the moment. Your draft is kept; please try again later.")
        % {"systems": names},
        troubles,
    )


def _refuse_missing_facts(dossier: Mapping[str, Any], package: ServicePackage, answers: Mapping[str, str]) -> None:
    """What the document needs and no system holds stops here, unless a rule refuses the case anyway."""
    values = _values(dossier, answers)
    looked_at = {name for table in package.tables.values() for name in table.inputs}
    missing = tuple(
        need.fact for need in package.needs if need.required and need.fact not in values.keys() | looked_at
    )
    deciding = [table for table in package.tables.values() if not table.advises]
    if missing and all(decide(table, values).result == "approve" for table in deciding):
        catalogue = the_catalogue()
        names = ", ".join(str(catalogue.fact(fact).label) for fact in missing)
        raise FactsMissing(
            _("The city has no record of: %(facts)s. Please have it completed first; your draft is kept.")
            % {"facts": names},
            missing,
        )


def _values(dossier: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    found = values_of(outcome_from_json(outcome) for outcome in dossier["outcomes"])
    return {**found, **{f"answers.{key}": answer for key, answer in answers.items()}}


def _context(
    case: Case, package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str]
) -> OperationContext:
    facts = values_of(outcome_from_json(outcome) for outcome in dossier["outcomes"])
    return OperationContext(case=case, package=package, facts=facts, answers=answers)


def _seen(context: OperationContext) -> dict[str, Any]:
    """What expressions in a process may look at."""
    return nested({**context.facts, **{f"answers.{key}": answer for key, answer in context.answers.items()}})


def _go_on(running: RunningProcess, context: OperationContext) -> None:
    """Go as far as it goes in this transaction, and leave operations to a job."""
    _settle(running, context)
    if any(step.kind == "operation" for step in running.waiting()):
        jobs.configure_task("services.advance_case").defer(case_id=str(context.case.pk))


def _settle(running: RunningProcess, context: OperationContext) -> None:
    """Rules decide, tasks open, the applicant is waited for: none of it changes anything outside."""
    while decisions := [step for step in running.waiting() if step.kind == "decision"]:
        running.complete(decisions[0], _decide(decisions[0], context))
    for step in running.waiting():
        if step.kind == "task":
            _open_task(step, context)
        elif step.kind == "correction":
            context.case.state = Case.State.RETURNED


def _open_task(step: Step, context: OperationContext) -> None:
    """Give a step to the officers whose it is. After a correction the clock goes on with the days that were left."""
    case, spec = context.case, context.package.tasks[step.implementation]
    if case.tasks.filter(element=step.element, state=Task.State.OPEN).exists():
        return
    before = (
        TaskDecision.objects.filter(task__case=case, task__element=step.element, decision="correction")
        .order_by("at")
        .last()
    )
    days = WorkingDays(max(before.days_left, 0)) if before else spec.deadline
    Task.objects.create(
        case=case,
        element=step.element,
        name=spec.id,
        agency=spec.agency,
        duty=spec.duty,
        area=str(context.facts.get("person.kelurahan_code", "")) if spec.area == "kelurahan-of-applicant" else "",
        applicant_name=str(context.facts.get("person.name", ""))[:120],
        due_on=due_after(timezone.localdate(), days, the_calendar()).day,
    )


def _check_decision(package: ServicePackage, task: Task, decision: str, reason: str) -> str:
    """The reason, cleaned."""
    text = " ".join(reason.split())
    if decision not in package.tasks[task.name].decisions:
        raise InvalidInput(_("Choose what you decide."), field="decision")
    if decision != "approve" and len(text) < REASON_SHORTEST:
        raise InvalidInput(_("Write in a sentence why; the applicant reads it."), field="reason")
    if len(text) > NOTE_LENGTH:
        raise InvalidInput(_("Use at most %(count)s characters.") % {"count": NOTE_LENGTH}, field="reason")
    return text


def _refuse_decided(task: Task, decision: str, by: Actor) -> None:
    """Nothing to do when it is a double click; else the other one was faster."""
    if task.state == Task.State.CANCELLED:
        raise Conflict(_("The applicant took this request back."))
    made = task.decision
    if (made.by, made.decision) != (by.reference, decision):
        raise Conflict(_("%(name)s has decided this already.") % {"name": made.by_name})


def _advising(case: Case, package: ServicePackage) -> list[tuple[Table, dict[str, Any]]]:
    """The tables that advise, with the values that they see now."""
    values = queries.values_now(case, package)
    return [(table, values) for table in package.tables.values() if table.advises]


@transaction.atomic
def _resubmit(
    case_id: UUID, package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str], by: Actor
) -> None:
    case = own_case(case_id, by=by, lock=True)
    if case.state != Case.State.RETURNED:
        return  # a double click: the other one was faster
    if _blocking(dossier, package):
        raise _systems_down(dossier, package)
    _refuse_missing_facts(dossier, package, answers)
    number = case.resubmissions.count() + 1
    Resubmission.objects.create(case=case, number=number, dossier=dossier, answers=dict(answers))
    _record(case, CaseEvent.Kind.RESUBMITTED, by)
    _settle_what_was_owed(case, dossier)
    _keep_what_is_owed(case, dossier)
    context = _context(case, package, dossier, answers)
    running = RunningProcess.resume(process_of(package), case.process or {}, _seen(context))
    case.state = Case.State.IN_PROCESS
    running.complete(next(step for step in running.waiting() if step.kind == "correction"), {})
    _go_on(running, context)
    case.process = running.state()
    case.save(update_fields=["state", "process"])


def _settle_what_was_owed(case: Case, dossier: Mapping[str, Any]) -> None:
    """A newer pull has brought what an earlier one could not."""
    found = {outcome["fact"]: outcome for outcome in dossier["outcomes"] if outcome["kind"] != "unavailable"}
    for pending in PendingFact.objects.filter(case=case, settled_at=None, fact__in=found):
        pending.settled_at, pending.outcome = timezone.now(), found[pending.fact]
        pending.save(update_fields=["settled_at", "outcome"])


def _keep_what_is_owed(case: Case, dossier: Mapping[str, Any]) -> None:
    """Facts whose system did not answer are fetched later."""
    owed = [outcome for outcome in dossier["outcomes"] if outcome["kind"] == "unavailable"]
    PendingFact.objects.bulk_create(
        [PendingFact(case=case, fact=outcome["fact"], system=outcome["system"]) for outcome in owed],
        ignore_conflicts=True,
    )


def _decide(step: Step, context: OperationContext) -> Mapping[str, object]:
    """Run a decision table for a case and keep why: table, version, the row that fired, the values it saw."""
    table = context.package.tables[step.implementation]
    answers = {f"answers.{key}": answer for key, answer in context.answers.items()}
    decision = decide(table, {**context.facts, **answers})
    CaseDecision.objects.create(
        case=context.case,
        element=step.element,
        round=0 if context.case.state == Case.State.SUBMITTED else context.case.resubmissions.count(),
        table=table.key,
        table_version=table.version,
        row=decision.row.id,
        result=decision.result,
        values=dict(decision.values),
    )
    context.record(CaseEvent.Kind.DECIDED, table=table.key, row=decision.row.id, result=decision.result)
    return {table.key: {"result": decision.result, "row": decision.row.id}}


@transaction.atomic
def _advance_once(case_id: UUID) -> bool:
    """One step. Returns whether another may follow at once."""
    case = (
        Case.objects.select_for_update(of=("self",)).select_related("version", "snapshot").filter(pk=case_id).first()
    )
    if case is None or case.process is None or case.state == Case.State.WITHDRAWN:
        return False
    package = _package_of(case)
    context = _context(case, package, *queries.basis_of(case, package))
    running = RunningProcess.resume(process_of(package), case.process, _seen(context))
    steps = [step for step in running.waiting() if step.kind == "operation"]
    if not steps:
        return False
    running.complete(steps[0], run_operation(steps[0].implementation, context))
    if case.state == Case.State.SUBMITTED and not running.finished:
        case.state = Case.State.IN_PROCESS
    _settle(running, context)
    case.process = running.state()
    case.save(update_fields=["state", "process", "document_id", "closed_at"])
    return not running.finished


def _package_of(case: Case) -> ServicePackage:
    """The package as this case began with it; a draft follows the package."""
    return package_at(case.service, case.version.version) if case.version else the_package(case.service)


def _reconcile(pending_id: int) -> bool:
    """Pull one pending fact. Returns whether its system answered."""
    pending = PendingFact.objects.select_related("case__version", "case__snapshot").get(pk=pending_id)
    case = pending.case
    package = _package_of(case)
    dossier = pull(
        about=Subject.person(Nik(case.applicant_nik)),
        facts=(pending.fact,),
        purpose=purpose_of(package, reference=f"case:{case.pk}", facts=(pending.fact,)),
        by=SYSTEM,
    )
    outcome = dossier_to_json(dossier)["outcomes"][0]
    if outcome["kind"] == "unavailable":
        return False
    with transaction.atomic():
        settled = PendingFact.objects.filter(pk=pending_id, settled_at=None).update(
            settled_at=timezone.now(), outcome=outcome
        )
        if settled:
            changes = _would_decide_otherwise(case, package)
            _record(
                case, CaseEvent.Kind.FACT_ARRIVED, SYSTEM, fact=pending.fact, outcome=outcome["kind"], changes=changes
            )
    return True


def _would_decide_otherwise(case: Case, package: ServicePackage) -> bool:
    """Whether a decision of the case would have been another one with the fact that has arrived."""
    values = queries.values_now(case, package)
    made = dict(CaseDecision.objects.filter(case=case).order_by("id").values_list("table", "row"))
    return any(decide(package.tables[key], values).row.id != row for key, row in made.items())


def _keep_version(package: ServicePackage) -> PackageVersion:
    kept = PackageVersion.objects.filter(service=package.slug, version=package.version).only("id", "version").first()
    if kept is None:
        kept, _created = PackageVersion.objects.get_or_create(
            service=package.slug, version=package.version, defaults={"files": files_of(package.folder, package.bpmn)}
        )
    return kept


def _next_number(package: ServicePackage) -> str:
    """The next public number of the year, without gaps: the counter's row is locked until the submission stands."""
    year = timezone.localdate().year
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_A_NUMBER, [package.prefix, year])
        (number,) = cursor.fetchone()
    return f"{package.prefix}-{year}-{number:06d}"


def _record(case: Case, kind: str, by: Actor, **detail: object) -> None:
    """Append to the timeline. No value of a fact may stand in ``detail``."""
    CaseEvent.objects.create(case=case, kind=kind, actor=by.reference, actor_kind=by.kind, detail=detail)
