"""The figures that anybody may have: the last twelve months by service, and nothing that rests on a few people."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone

from satu.insight import queries
from satu.insight.types import OpenFigures, OpenLine, ServiceSums

#: What rests on fewer than so many is not shown.
FEWEST = 5
_TWELVE_MONTHS = timedelta(days=364)


def open_figures() -> OpenFigures:
    """As they were last counted. Asks for little more than when that was, until something new is counted."""
    return _figures(timezone.localdate(), queries.counting().until)


@lru_cache(maxsize=1)
def _figures(today: date, counted: datetime | None) -> OpenFigures:
    since = today - _TWELVE_MONTHS
    rows = queries.by_service(since, today)
    lines = [_line(row) for row in rows if row.service]
    whole = next((row for row in rows if not row.agency and not row.service), None)
    return OpenFigures(since, today, counted, lines=lines, whole=_together(whole, lines) if whole else None)


def _together(whole: ServiceSums, lines: Sequence[OpenLine]) -> OpenLine:
    """All of them. Counts are those of the lines that show one, so that nobody can take the rest from the whole."""
    counts = (sum(shown or 0 for shown in column) for column in _columns(lines))
    return _line(whole, tuple(counts))


def _columns(lines: Sequence[OpenLine]) -> Iterator[list[int | None]]:
    yield [line.requests for line in lines]
    yield [line.documents for line in lines]


def _line(row: ServiceSums, counts: Sequence[int] = ()) -> OpenLine:
    sums = row.sums
    requests, documents = counts or (sums.requests, sums.documents)
    issued, decided = sums.documents >= FEWEST, sums.decided >= FEWEST
    return OpenLine(
        service=row.service,
        service_name=row.service_name,
        agency_name=row.agency_name,
        requests=requests if requests >= FEWEST else None,
        documents=documents if documents >= FEWEST else None,
        median=row.median if issued else None,
        p90=row.p90 if issued else None,
        promised=row.promised,
        in_time_share=sums.in_time_share if decided else None,
        touch_free_share=sums.touch_free_share if issued else None,
    )
