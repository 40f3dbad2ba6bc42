"""Who may see and change a case: the person whose it is; and an officer, the tasks of her agency, duty and area."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.errors import Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.services.models import Case, Task
from satu.services.subjects import may_see


def applicant(by: Actor) -> Nik:
    """The person who acts for herself. Raises ``NotAllowed`` for officers and for Satu itself."""
    if by.kind != "resident" or by.nik is None:
        raise NotAllowed(_("Only a resident can ask for a service. Sign in with your own account."))
    return by.nik


def own_case(case_id: UUID, *, by: Actor, lock: bool = False, whole: bool = False) -> Case:
    """Her case: with ``lock`` kept until the transaction ends, ``whole`` with its version and snapshot.

    Raises ``Missing``, also for somebody else's.
    """
    rows = Case.objects.select_for_update() if lock else Case.objects.all()
    if whole:
        rows = rows.select_related("version", "snapshot")
    case = rows.filter(pk=case_id, applicant_nik=by.nik.value).first() if by.nik else None
    if case is None:
        raise Missing(_("There is no such request. Look for it among your own requests."))
    return case


def case_to_read(case_id: UUID, *, by: Actor) -> Case:
    """A case of hers, or one about her that somebody else has sent, whole. Raises ``Missing``."""
    case = None
    if by.nik:
        rows = Case.objects.select_related("version", "snapshot", "offer")
        hers = Q(applicant_nik=by.nik.value) | Q(subject_nik=by.nik.value)
        case = rows.filter(hers, pk=case_id).first()
    if case is None or by.nik is None or not may_see(case, by.nik):
        raise Missing(_("There is no such request. Look for it among your own requests."))
    return case


def own_task(task_id: UUID, *, by: Actor) -> Task:
    """A task that is hers to decide, with its case.

    Raises ``NotAllowed`` for whoever is no officer, and ``Missing`` for a task of another agency, duty or area: she
    may not know that there is one. One that waits for a second officer is not the first one's.
    """
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer of the city can decide this."))
    rows = Task.objects.select_related("case__version", "case__snapshot").filter(
        pk=task_id, agency=by.agency, duty__in=by.duties
    )
    rows = rows.exclude(state=Task.State.OPEN, not_by=by.reference)
    task = (rows.filter(area__in=by.areas) if by.areas else rows).first()
    if task is None:
        raise Missing(_("There is no such task among yours."))
    return task
