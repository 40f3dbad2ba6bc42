"""HTML for administrators: what waits for each officer and what they decided; the same as CSV."""

import csv
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from satu.desk.look import render_desk
from satu.identity.policies import actor_of, for_officers
from satu.services.queries import workload_of
from satu.services.queries.workload import LOOKED_BACK
from satu.theme.figures import took

_COLUMNS = ("officer", "open", "open_late", "works_on", "decided_today", "decided_this_week", "median_seconds")


@require_safe
@for_officers
def workload(request: HttpRequest) -> HttpResponse:
    rows = workload_of(actor_of(request))
    most = max((max(row.waiting, row.week) for row in rows), default=0) or 1
    page: dict[str, object] = {"rows": rows, "most": most, "days": LOOKED_BACK.days, "took": took}
    return render_desk(request, "desk/workload.html", page)


@require_safe
@for_officers
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same figures for a spreadsheet; the median in seconds."""
    text = StringIO()
    sheet = csv.writer(text)
    sheet.writerow(_COLUMNS)
    for row in workload_of(actor_of(request)):
        median = "" if row.median is None else f"{row.median:.0f}"
        figures = (row.waiting, row.late, row.taken, row.today, row.week)
        sheet.writerow([_harmless(row.officer.name), *figures, median])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="beban-{timezone.localdate()}.csv"'
    return answer


def _harmless(name: str) -> str:
    """A spreadsheet takes what begins so for a formula."""
    return f"'{name}" if name[:1] in {"=", "+", "-", "@"} else name
