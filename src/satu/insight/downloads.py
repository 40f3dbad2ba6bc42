"""The same figures for a spreadsheet. No line is about a person; times are seconds, shares are between 0 and 1."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from satu.hub.observing import Observed, observed_on
from satu.insight import queries
from satu.insight.opened import FEWEST, open_figures
from satu.insight.period import Period, day_in, period_of
from satu.insight.policies import for_city_hall
from satu.insight.reckoning import Reckoning, the_city_hall
from satu.insight.types import AreaSums, Asked, DaySums, OpenLine, ServiceSums, Sums

_Line = Sequence[object]
_SUMS = (
    *("requests", "documents", "refused", "withdrawn", "waiting", "paper_fields", "fields_typed", "fields_spared"),
    *("files_sent", "photocopies_avoided", "visits_avoided", "touch_free_documents", "decided_in_time"),
)


@require_safe
@for_city_hall
def services(request: HttpRequest) -> HttpResponse:
    period = period_of(request)
    rows = queries.by_service(period.since, period.until)
    return services_file(rows, period, f"layanan-{period.since}-{period.until}")


@require_safe
@for_city_hall
def days(request: HttpRequest) -> HttpResponse:
    period = period_of(request)
    rows = queries.by_day(period.since, period.until, period.service)
    return _csv(_days(rows), f"harian-{period.since}-{period.until}")


@require_safe
@for_city_hall
def areas(request: HttpRequest) -> HttpResponse:
    period = period_of(request)
    rows = queries.by_area(period.since, period.until, period.service)
    return _csv(_areas(rows), f"kelurahan-{period.since}-{period.until}")


@require_safe
@for_city_hall
def asked(request: HttpRequest) -> HttpResponse:
    period = period_of(request)
    rows = queries.asked(queries.by_service(period.since, period.until))
    return _csv(_asked(rows), f"isian-{period.since}-{period.until}")


@require_safe
@for_city_hall
def systems(request: HttpRequest) -> HttpResponse:
    day = day_in(request, "hari") or timezone.localdate()
    whole, hours = observed_on(day)
    return _csv(_systems([*whole, *hours]), f"sistem-{day}")


@login_not_required
@require_safe
def opened(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a page takes a request
    """For everybody: the same as the page says, and nothing that rests on fewer than five."""
    figures = open_figures()
    lines = [figures.whole, *figures.lines] if figures.whole else []
    return _csv(_opened(lines), f"terbuka-{figures.since}-{figures.until}")


def services_file(rows: Sequence[ServiceSums], period: Period, name: str) -> HttpResponse:
    """The sums of ``queries.by_service``, with what they are reckoned at."""
    return _csv(_services(rows, the_city_hall().on(period.until)), name)


def _csv(lines: Iterable[_Line], name: str) -> HttpResponse:
    text = StringIO()
    csv.writer(text).writerows(lines)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _services(rows: Sequence[ServiceSums], reckoning: Reckoning) -> Iterator[_Line]:
    yield (
        *("service", "agency", *_SUMS, "rupiah_spared", "hours_spared", "median_seconds", "p90_seconds"),
        *("promised_working_days", "open_and_late_today"),
    )
    for row in rows:
        yield (
            row.service or "total",
            row.agency_name or "",
            *_sums(row.sums),
            reckoning.rupiah(row.sums),
            f"{reckoning.hours(row.sums):.1f}",
            *map(_seconds, (row.median, row.p90)),
            "" if row.promised is None else row.promised,
            row.late,
        )


def _opened(lines: Sequence[OpenLine]) -> Iterator[_Line]:
    yield (
        *("service", "agency", "requests", "documents", "median_seconds", "p90_seconds", "promised_working_days"),
        *("in_time_share", "touch_free_share"),
    )
    for line in lines:
        yield (
            *(line.service or "total", line.agency_name or ""),
            *(f"<{FEWEST}" if count is None else count for count in (line.requests, line.documents)),
            *map(_seconds, (line.median, line.p90)),
            "" if line.promised is None else line.promised,
            *map(_seconds, (line.in_time_share, line.touch_free_share)),
        )


def _days(rows: Sequence[DaySums]) -> Iterator[_Line]:
    yield ("day", *_SUMS)
    for row in rows:
        yield (row.day.isoformat(), *_sums(row.sums))


def _areas(rows: Sequence[AreaSums]) -> Iterator[_Line]:
    yield ("code", "kelurahan", "kecamatan", "requests", "documents")
    for row in rows:
        yield (row.code or "unknown", row.name, row.kecamatan, row.requests, row.documents)


def _asked(rows: Sequence[Asked]) -> Iterator[_Line]:
    yield (
        *("service", "paper_fields", "questions", "uploads", "documents", "fields_typed", "files_sent"),
        *("typed_per_document", "asks_for"),
    )
    for row in rows:
        asks = "; ".join(str(label) for label in (*row.questions, *row.uploads))
        each = row.sums.typed_each
        yield (
            *(row.service, row.paper_fields, len(row.questions), len(row.uploads), row.sums.documents),
            *(row.sums.typed, row.sums.files, "" if each is None else f"{each:.2f}", asks),
        )


def _systems(rows: Sequence[Observed]) -> Iterator[_Line]:
    yield ("system", "hour", "asked", "answered", "late", "silent", "spared", "p50_seconds", "p95_seconds")
    for row in rows:
        hour = timezone.localtime(row.hour).isoformat(timespec="minutes") if row.hour else "day"
        yield (
            *(row.system, hour, row.asked, row.answered, row.late, row.silent, row.spared),
            *map(_seconds, (row.p50, row.p95)),
        )


def _sums(sums: Sums) -> _Line:
    return (
        *(sums.requests, sums.documents, sums.refused, sums.withdrawn, sums.waiting, sums.paper_fields, sums.typed),
        *(sums.fields_spared, sums.files, sums.photocopies, sums.visits, sums.touch_free, sums.in_time),
    )


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
