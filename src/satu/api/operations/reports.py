"""*Ini salah*: what somebody says is wrong in her data, and what the agency that owns it answers."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.schemas import cases, desk, own
from satu.api.schemas.parts import Made
from satu.services import actions, queries

chapter = Chapter(_("Wrong data"), "resident")
answers = Chapter(_("Wrong data"), "officer")


@chapter.look("/reports", _("What the caller said is wrong, and what was answered"), list[own.Report])
def list_reports(request: HttpRequest) -> object:
    return queries.reports_of(actor(request))


@chapter.act(
    "/reports",
    _("Say that one's own datum is wrong"),
    Made,
    how="the-action-itself",
    status=201,
    about=_("The agency that owns it answers. While one report waits, a second of the same datum adds nothing."),
)
def report_own_fact(request: HttpRequest, given: cases.WrongFact) -> dict[str, object]:
    return {"id": actions.report_own_fact(fact=given.fact, note=given.note, by=actor(request))}


@answers.look("/reports/waiting", _("Reports that wait for the officer's agency"), list[desk.ReportLine])
def list_open_reports(request: HttpRequest) -> object:
    return queries.open_reports(actor(request))


@answers.look(
    "/reports/{uuid:report_id}",
    _("One report"),
    desk.ReportForOfficer,
    about=_("That she looked stands in the citizen's access ledger before she sees it."),
)
def read_report(request: HttpRequest, report_id: UUID) -> object:
    return actions.open_report(report_id=report_id, by=actor(request))


@answers.act("/reports/{uuid:report_id}/answer", _("Answer a report"), None, how="with-the-action", status=204)
def answer_report(request: HttpRequest, report_id: UUID, given: desk.AnswerToReport) -> None:
    actions.answer_report(report_id=report_id, outcome=given.outcome, answer=given.answer, by=actor(request))
