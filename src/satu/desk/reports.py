"""HTML for officers: what people said is wrong in the data that their agency owns, and the answer to it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satu.desk.look import render_desk
from satu.identity.policies import actor_of, for_officers
from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput
from satu.services.actions import answer_report, open_report
from satu.services.queries import open_reports, report_for
from satu.theme.wrong import wrong_with


def answers_reports(by: Actor) -> bool:
    """For the desk's menu: reports go to those who work for the whole city."""
    return bool(by.duties) and not by.areas


@require_safe
@for_officers
def reports(request: HttpRequest) -> HttpResponse:
    """Those that wait, the oldest first."""
    told = _("Answered. The citizen reads it in her reports.") if "dijawab" in request.GET else ""
    return render_desk(request, "desk/reports.html", {"reports": open_reports(actor_of(request)), "told": told})


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One report; opening it stands in the citizen's access ledger."""
    by, error = actor_of(request), None
    if request.method == "POST":
        try:
            answer_report(
                report_id=report_id,
                outcome=request.POST.get("outcome", ""),
                answer=request.POST.get("answer", ""),
                by=by,
            )
        except (InvalidInput, Conflict) as raised:
            error = raised
        else:
            response = redirect("desk:reports")
            response["Location"] += "?dijawab"
            return response
    view = report_for(report_id, by=by) if error else open_report(report_id=report_id, by=by)
    page: dict[str, object] = {"report": view, "wrong": wrong_with(error), "answer": request.POST.get("answer", "")}
    return render_desk(request, "desk/report.html", page, status=error.status if error else 200)
