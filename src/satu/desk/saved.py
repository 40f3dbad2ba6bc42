"""*Yang dihemat*: what residents were spared, by service and period; the same as CSV."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from satu.desk.look import render_desk
from satu.identity.policies import for_officers
from satu.services.queries.saved import Saved, saved

_USUAL = timedelta(days=30)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@require_safe
@for_officers
def page(request: HttpRequest) -> HttpResponse:
    since, until = _period(request)
    *rows, total = saved(since=since, until=until)
    shown = {"since": since, "until": until, "rows": rows, "total": total, "took": took}
    return render_desk(request, "desk/saved.html", shown)


@require_safe
@for_officers
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same figures for a spreadsheet; times in seconds. No line is about a person."""
    since, until = _period(request)
    text = StringIO()
    csv.writer(text).writerows(_lines(saved(since=since, until=until)))
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="dihemat-{since}-{until}.csv"'
    return answer


def _lines(rows: list[Saved]) -> Iterator[list[object]]:
    yield [
        *("service", "agency", "requests", "documents", "paper_fields", "fields_typed", "photocopies_avoided"),
        *("visits_avoided", "touch_free_documents", "median_seconds", "p90_seconds"),
    ]
    for row in rows:
        times = ["" if one is None else f"{one:.3f}" for one in (row.median, row.p90)]
        yield [
            *(
                row.service or "total",
                row.agency_name or "",
                row.requests,
                row.documents,
                row.paper_fields,
                row.typed,
            ),
            *(row.photocopies, row.visits, row.touch_free, *times),
        ]


def _period(request: HttpRequest) -> tuple[date, date]:
    """What was asked for, or the last thirty days."""
    today = timezone.localdate()
    until = _day(request.GET.get("sampai", "")) or today
    since = _day(request.GET.get("dari", "")) or until - _USUAL
    return min(since, until), until


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2999, 1, 1) else None


def took(seconds: float | None) -> str:
    """A span of time as people say it."""
    if seconds is None:
        return "-"
    if seconds < _MINUTE:
        return _("%(num)s s") % {"num": f"{seconds:.1f}"}
    if seconds < _HOUR:
        return _("%(num)s min") % {"num": round(seconds / _MINUTE)}
    if seconds < _DAY:
        return _("%(num)s h") % {"num": round(seconds / _HOUR)}
    return _("%(num)s d") % {"num": round(seconds / _DAY)}
