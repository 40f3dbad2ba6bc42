"""From a draft to a submitted case, and again after a correction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.identity.types import Actor
from satu.kernel.errors import Conflict
from satu.kernel.identifiers import Nik
from satu.services import queries
from satu.services.actions.attaching import drop_unasked
from satu.services.actions.comparing import settle_what_was_owed
from satu.services.actions.declaring import keep_declarations
from satu.services.actions.running import (
    context_of,
    expressions_see,
    go_on,
    keep_what_is_owed,
    package_of,
    values_in,
)
from satu.services.counting import counts_of, typed_again
from satu.services.days import day_of
from satu.services.decisions import decide
from satu.services.events import record
from satu.services.fees import keep_fee
from satu.services.forms import read_answers, read_form
from satu.services.models import (
    Case,
    CaseEvent,
    Resubmission,
    Snapshot,
)
from satu.services.packages import keep_version, process_of, the_package
from satu.services.planning import facts_needed
from satu.services.policies import applicant, own_case
from satu.services.queries.attachments import uploads_missing
from satu.services.stated import Stated, state
from satu.services.subjects import Who, chosen, confirm, pull_for
from satu.services.types import FactsMissing, FeeUnknown, InvalidAnswers, ServicePackage, SystemsDown
from satu.services.workflow import RunningProcess

#: A draft's facts older than this, or of another day, are pulled again before anything is decided on them.
DOSSIER_HOLDS = timedelta(minutes=30)


_TAKE_A_NUMBER = """
INSERT INTO services_casecounter (prefix, year, last) VALUES (%s, %s, 1)
ON CONFLICT (prefix, year) DO UPDATE SET last = services_casecounter.last + 1
RETURNING last, (SELECT id FROM services_packageversion WHERE service = %s AND version = %s)
"""


def start_case(*, service: str, by: Actor, about: str = "", business: str = "") -> UUID:
    """Her open draft of this service for whom she chose, or a new one, with its facts pulled.

    ``about`` is the key of one of ``queries.whom_for``, and may be left out where the service is for oneself, or
    there is only one; ``business`` may be the NIB instead. Raises ``Missing``, ``InvalidInput``, ``NotAllowed``,
    ``ActingUnchecked``.
    """
    package = the_package(service)
    nik = applicant(by)
    case = _the_draft(package, nik, chosen(package, by=by, about=about, business=business), by)
    _refresh_dossier(case, package, by)
    return case.pk


def send_case(*, case_id: UUID, answers: Mapping[str, str], by: Actor) -> None:
    """Submit a draft. Of ``answers`` only those to the package's questions are read: facts come from the server side.

    Submitting again what is submitted changes nothing. Raises ``Missing``, ``Conflict`` (withdrawn),
    ``InvalidAnswers``, ``SystemsDown`` and ``FactsMissing``; the draft is kept in each of these.
    """
    case = own_case(case_id, by=by)
    if case.submitted_at is None:
        _refuse_closed(case)
        package = the_package(case.service)
        confirm(case, package, by=by)
        dossier = _refresh_dossier(case, package, by)
        submit_draft(case_id, package, dossier, answers, by)


def submit_draft(
    case_id: UUID, package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str], by: Actor
) -> None:
    """What ``send_case`` does once its facts are fresh and it is known that she may act."""
    stated, clean = _read(case_id, package, dossier, answers)
    _submit(case_id, package, clean, stated, by)


def resubmit_case(*, case_id: UUID, answers: Mapping[str, str], by: Actor) -> None:
    """Send a case again that an officer sent back: facts are pulled anew, the rules look again, the clock goes on.

    Twice is once. Raises what ``send_case`` raises, and ``Conflict`` for a case that nobody sent back.
    """
    case = own_case(case_id, by=by, whole=True)
    if case.state == Case.State.RETURNED:
        package = package_of(case)
        confirm(case, package, by=by)
        stated, clean = _read(case_id, package, pull_for(case, package, by=by), answers)
        _resubmit(case_id, package, clean, stated, by)
    elif not case.resubmissions.exists():
        raise Conflict(_("Nobody has sent this request back to you."))


def _read(
    case_id: UUID, package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str]
) -> tuple[Stated, dict[str, str]]:
    """What she states in the place of silent systems, and her answers.

    Raises ``InvalidAnswers`` with everything that needs another look at once, a file that is not there included.
    """
    stated = state(package, dossier, answers)
    facts = values_in(stated.dossier, package, {})
    wrong: Mapping[str, str | Promise] = {}
    try:
        clean = read_answers(package, answers, facts)
    except InvalidAnswers as error:
        wrong, clean = error.errors, read_form(package.questions, answers, facts)[0]
    values = values_in(stated.dossier, package, clean)
    if errors := {**stated.errors, **wrong, **_no_file(case_id, package, values)}:
        raise InvalidAnswers(errors)
    return stated, clean


def _the_draft(package: ServicePackage, nik: Nik, who: Who, by: Actor) -> Case:
    mine = {
        "applicant_nik": nik.value,
        "service": package.slug,
        "subject_nik": who.nik.value,
        "business": who.business,
        "state": Case.State.DRAFT,
    }
    if draft := Case.objects.filter(**mine).first():
        return draft
    try:
        with transaction.atomic():
            draft = Case.objects.create(**mine, applicant=by.reference, acting=who.acting)
            record(draft, CaseEvent.Kind.BEGUN, by)
            return draft
    except IntegrityError:
        # She began it in another window at the same moment.
        return Case.objects.get(**mine)


def _refresh_dossier(case: Case, package: ServicePackage, by: Actor) -> Mapping[str, Any]:
    """A draft's facts; pulled when they are missing, old, or blocked by a system that may be back."""
    if case.dossier is not None and not _is_stale(case.dossier, package):
        kept: Mapping[str, Any] = case.dossier
        return kept
    dossier = pull_for(case, package, by=by)
    Case.objects.filter(pk=case.pk, state=Case.State.DRAFT).update(dossier=dossier)
    return dossier


def _is_stale(dossier: Mapping[str, Any], package: ServicePackage) -> bool:
    facts = {outcome["fact"] for outcome in dossier["outcomes"]}
    pulled_at = datetime.fromisoformat(dossier["pulled_at"])
    return (
        timezone.now() - pulled_at > DOSSIER_HOLDS
        or timezone.localdate(pulled_at) != timezone.localdate()  # an age is one day's
        or not facts.issuperset(facts_needed(package))
        or bool(blocking(dossier, package))
    )


@transaction.atomic
def _submit(case_id: UUID, package: ServicePackage, answers: Mapping[str, str], stated: Stated, by: Actor) -> None:
    case = own_case(case_id, by=by, lock=True)
    if case.submitted_at is not None:
        return  # a double click: the other one was faster
    _refuse_closed(case)
    dossier = case.dossier
    if dossier is not None and stated.answers:
        dossier = state(package, dossier, stated.answers).dossier
    if dossier is None or blocking(dossier, package):
        raise systems_down(dossier, package)
    _refuse_missing_facts(case, package, dossier, answers)
    _settle_files(case, package, dossier, answers)
    Snapshot.objects.create(case=case, dossier=dossier, answers=dict(answers))
    counts = counts_of(case, package, answers, values_in(dossier, package, {}), stated=len(stated.answers))
    record(case, CaseEvent.Kind.SUBMITTED, by, **counts)
    case.dossier = None
    case.submitted_at = timezone.now()
    case.state = Case.State.SUBMITTED
    _keep_fee(case, package, dossier, answers)
    context = context_of(case, package, dossier, answers)
    running = RunningProcess.start(process_of(package), expressions_see(context))
    go_on(running, context)
    case.process = running.state()
    keep_what_is_owed(case, dossier)
    keep_declarations(case, package, answers, stated, by)
    case.number, case.version_id = _number_and_version(package)
    case.save(update_fields=["number", "version", "state", "dossier", "process", "submitted_at"])


@transaction.atomic
def _resubmit(case_id: UUID, package: ServicePackage, answers: Mapping[str, str], stated: Stated, by: Actor) -> None:
    dossier = stated.dossier
    case = own_case(case_id, by=by, lock=True)
    if case.state != Case.State.RETURNED:
        return  # a double click: the other one was faster
    if blocking(dossier, package):
        raise systems_down(dossier, package)
    _refuse_missing_facts(case, package, dossier, answers)
    _settle_files(case, package, dossier, answers)
    number = case.resubmissions.count() + 1
    old, before = queries.basis_of(case)
    Resubmission.objects.create(case=case, number=number, dossier=dossier, answers=dict(answers))
    record(case, CaseEvent.Kind.RESUBMITTED, by, typed=typed_again(package, answers, before))
    _keep_fee(case, package, dossier, answers)
    settle_what_was_owed(case, old, dossier)
    keep_what_is_owed(case, dossier)
    keep_declarations(case, package, answers, stated, by)
    context = context_of(case, package, dossier, answers)
    case.state = Case.State.IN_PROCESS
    running = _corrected(case, package, expressions_see(context))
    go_on(running, context)
    case.process = running.state()
    case.save(update_fields=["state", "process"])


def _corrected(case: Case, package: ServicePackage, values: Mapping[str, Any]) -> RunningProcess:
    """The process behind the correction; from its beginning, where it was sent back from a step that stood still."""
    running = RunningProcess.resume(process_of(package), case.process or {}, values)
    correction = next((step for step in running.waiting() if step.kind == "correction"), None)
    if correction is None:
        return RunningProcess.start(process_of(package), values)
    running.complete(correction, {}, afresh=package.is_steps)
    return running


def _refuse_closed(case: Case) -> None:
    if case.state == Case.State.WITHDRAWN:
        raise Conflict(_("You took this request back. Begin a new one."))


def blocking(dossier: Mapping[str, Any], package: ServicePackage) -> list[str]:
    """The required facts whose system did not answer."""
    required = {need.fact for need in package.needs if need.required}
    return [o["fact"] for o in dossier["outcomes"] if o["kind"] == "unavailable" and o["fact"] in required]


def systems_down(dossier: Mapping[str, Any] | None, package: ServicePackage) -> SystemsDown:
    """The error that names the systems that did not answer."""
    troubles = tuple(trouble for trouble in queries.troubles_of(dossier, package) if trouble.required)
    names = ", ".join(str(trouble.system_name) for trouble in troubles)
    return SystemsDown(
        _("%(systems)s does not answer at the moment. Your draft is kept; please try again later.")
        % {"systems": names},
        troubles,
    )


def _refuse_missing_facts(
    case: Case, package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str]
) -> None:
    """What the document needs and no system holds stops here, unless a rule refuses the case anyway."""
    values = values_in(dossier, package, answers)
    looked_at = {name for table in package.tables.values() for name in table.inputs}
    missing = tuple(
        need.fact for need in package.needs if need.required and need.fact not in values.keys() | looked_at
    )
    if missing and _rules_agree(case, package, values):
        catalogue = the_catalogue()
        names = ", ".join(str(catalogue.fact(fact).label) for fact in missing)
        raise FactsMissing(
            _("The city has no record of: %(facts)s. Please have it completed first; your draft is kept.")
            % {"facts": names},
            missing,
        )


def _settle_files(
    case: Case, package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str]
) -> None:
    """The files that these answers ask for are there, and no officer gets one that they do not ask for."""
    if package.uploads:
        values = values_in(dossier, package, answers)
        if missing := _no_file(case.pk, package, values):
            raise InvalidAnswers(missing)
        drop_unasked(case, package, values)


def _no_file(case_id: UUID, package: ServicePackage, values: Mapping[str, Any]) -> dict[str, str | Promise]:
    return dict.fromkeys(uploads_missing(case_id, package, values), _("Please choose a file."))


def _keep_fee(case: Case, package: ServicePackage, dossier: Mapping[str, Any], answers: Mapping[str, str]) -> None:
    """What cannot be worked out stops here, unless a rule refuses the case anyway: then it costs nothing."""
    values = values_in(dossier, package, answers)
    try:
        keep_fee(case, package, values)
    except FeeUnknown:
        if _rules_agree(case, package, values):
            raise


def _rules_agree(case: Case, package: ServicePackage, values: Mapping[str, Any]) -> bool:
    deciding = [table for table in package.tables.values() if not table.advises]
    return all(decide(table, values, on=day_of(case)).result == "approve" for table in deciding)


def _number_and_version(package: ServicePackage) -> tuple[str, int]:
    """The next public number of the year, and which of the kept versions the package is; in one statement.

    Numbers have no gaps: the counter's row is locked until the submission stands, so this comes last in it.
    """
    year = timezone.localdate().year
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_A_NUMBER, [package.prefix, year, package.slug, package.version])
        number, version = cursor.fetchone()
    return f"{package.prefix}-{year}-{number:06d}", version or keep_version(package).pk
