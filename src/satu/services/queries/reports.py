"""What people said of their data, for themselves and for the officers of the agency that owns it."""

from typing import cast
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.hub.telling import INTEGRATOR
from satu.identity.queries import agencies_that_answer
from satu.identity.types import Actor
from satu.kernel.city import the_city
from satu.kernel.errors import Missing, NotAllowed
from satu.services.conversation.models import DataReport
from satu.services.conversation.types import DataReportView, ReportState

_LATEST = 50


def reports_of(by: Actor) -> list[DataReportView]:
    """Hers, the newest first."""
    nik = by.nik.value if by.nik else ""
    return [_view(row) for row in DataReport.objects.filter(reporter_nik=nik).order_by("-at")[:_LATEST]]


def facts_reported(by: Actor) -> frozenset[str]:
    """Of her own facts, those of which she said that they are wrong and which nobody has answered yet."""
    nik = by.nik.value if by.nik else ""
    rows = DataReport.objects.filter(reporter_nik=nik, subject_nik=nik, answered_at=None)
    return frozenset(rows.values_list("fact", flat=True))


def open_reports(by: Actor) -> list[DataReportView]:
    """Those that wait for her agency, the oldest first.

    An integrator also has those that nobody else would answer: the agency that owns the data has no officer.
    """
    rows = DataReport.objects.filter(_hers(by), answered_at=None).order_by("at")
    return [_view(row, by) for row in rows[:_LATEST]]


def report_for(report_id: UUID, *, by: Actor) -> DataReportView:
    """One for an officer of the agency that owns the fact, or who stands in for it. Raises ``Missing``."""
    return _view(own_report(report_id, by=by), by)


def own_report(report_id: UUID, *, by: Actor) -> DataReport:
    row = DataReport.objects.filter(_hers(by), pk=report_id).first()
    if row is None:
        raise Missing(_("There is no such report for your agency."))
    return row


def _hers(by: Actor) -> Q:
    """For an officer with any duty, for the whole city: a report names a person anywhere in it."""
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer of the city can answer this."))
    if not by.duties or by.areas:
        return Q(pk__in=[])
    if by.has_duty(INTEGRATOR):
        return Q(agency=by.agency) | ~Q(agency__in=agencies_that_answer())
    return Q(agency=by.agency)


def _view(row: DataReport, by: Actor | None = None) -> DataReportView:
    return DataReportView(
        id=row.pk,
        case_id=row.case_id,
        fact=row.fact,
        label=the_catalogue().fact(row.fact).label,
        agency=the_city().agencies[row.agency].name,
        reporter_name=row.reporter_name,
        reporter_nik=row.reporter_nik,
        owner_has_nobody=by is not None and row.agency != by.agency,
        about_another=row.subject_nik != row.reporter_nik,
        recorded=row.recorded,
        note=row.note,
        at=row.at,
        state=cast("ReportState", row.outcome or "open"),
        answer=row.answer,
        answered_at=row.answered_at,
    )
