"""What else an applicant does with her case."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.identity.types import Actor
from satu.kernel.errors import Conflict, Missing
from satu.kernel.identifiers import Nik
from satu.services import queries
from satu.services.actions.attaching import discard_attachments
from satu.services.actions.correcting import clean_note, keep_report
from satu.services.actions.paying import give_back
from satu.services.actions.running import package_of
from satu.services.events import record
from satu.services.models import (
    Case,
    CaseEvent,
    CorrectionRequest,
    Task,
)
from satu.services.operations import has_lasted
from satu.services.planning import facts_needed
from satu.services.policies import own_case
from satu.services.types import CaseView


def withdraw_case(*, case_id: UUID, by: Actor) -> CaseView:
    """Take a case back before it is decided; what was paid is given back. Twice is once.

    Raises ``Missing``, and ``Conflict`` when it is decided, or something of it stays: a register was changed.
    """
    with transaction.atomic():
        case = own_case(case_id, by=by, lock=True)
        if case.state in {Case.State.ISSUED, Case.State.REFUSED} or _stays(case):
            raise Conflict(_("This request is already decided, so it cannot be taken back."))
        if case.state != Case.State.WITHDRAWN:
            if case.state == Case.State.DRAFT:
                discard_attachments(case)
            case.state, case.closed_at, case.dossier = Case.State.WITHDRAWN, timezone.now(), None
            case.save(update_fields=["state", "closed_at", "dossier"])
            case.tasks.filter(state=Task.State.OPEN).update(state=Task.State.CANCELLED, ended_at=timezone.now())
            record(case, CaseEvent.Kind.WITHDRAWN, by)
            give_back(case)
    return queries.case_for(case_id, by=by)


def _stays(case: Case) -> bool:
    """Whether a register was changed for it, or a document issued."""
    return has_lasted(case.events.all()) or case.documents.exists()


def report_wrong_fact(*, case_id: UUID, fact: str, note: str, by: Actor) -> CaseView:
    """Ask the agency that owns a fact to correct it. One open request a case and fact; a second adds nothing.

    Raises ``Missing`` for a fact that is not in the case, ``InvalidInput`` for an empty or endless note.
    """
    text = clean_note(note)
    seen = next((one for one in queries.case_for(case_id, by=by).facts if one.fact == fact), None)
    with transaction.atomic():
        case = own_case(case_id, by=by, lock=True)
        if fact not in facts_needed(package_of(case)):
            raise Missing(_("This request does not use that datum."))
        if not case.corrections.filter(fact=fact, state=CorrectionRequest.State.OPEN).exists():
            agency = the_catalogue().fact(fact).agency
            request = CorrectionRequest.objects.create(
                case=case, fact=fact, agency=agency, note=text, by=by.reference
            )
            record(case, CaseEvent.Kind.REPORTED_WRONG, by, fact=fact, agency=agency, correction=str(request.pk))
            keep_report(
                fact=fact,
                recorded=seen.shown if seen and seen.outcome == "found" else "",
                note=text,
                about=Nik(case.subject_nik or case.applicant_nik),
                by=by,
                case=case,
            )
    return queries.case_for(case_id, by=by)
