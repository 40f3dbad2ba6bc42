"""Who may see what was sent on a case: whose case it is, and officers of whose agency, duty and area a task is."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.errors import Missing
from satu.services.models import Case, Task


def tasks_of(case_id: UUID, *, by: Actor) -> "QuerySet[Task]":
    """The tasks of a case that are, or were, this officer's."""
    if by.kind != "officer":
        return Task.objects.none()
    rows = Task.objects.filter(case_id=case_id, agency=by.agency, duty__in=by.duties)
    return rows.filter(area__in=by.areas) if by.areas else rows


def may_see(case: Case, *, by: Actor) -> bool:
    if by.kind == "resident":
        return by.nik is not None and by.nik.value == case.applicant_nik
    return tasks_of(case.pk, by=by).exists()


def visible(case: Case | None, *, by: Actor) -> Case:
    """The case, for whoever may see it. Raises ``Missing``: others may not know that there is one."""
    if case is None or not may_see(case, by=by):
        raise Missing(_("There is no such file or message for you."))
    return case
