"""What was spared: counted over documents that were issued, from the events of their cases, in the database."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from satu.kernel.city import Label, the_city
from satu.services.packages import the_packages

#: Of each request that was sent in the period: what it was counted with, and when its main document came. One beside
#: that has its key in the event.
_COUNT = """
WITH sent AS (
    SELECT e.case_id, c.service, e.at,
        (e.detail->>'paper_fields')::int AS paper_fields, (e.detail->>'typed')::int AS typed,
        (e.detail->>'photocopies')::int AS photocopies, (e.detail->>'files')::int AS files,
        (e.detail->>'visits')::int AS visits
    FROM services_caseevent e JOIN services_case c ON c.id = e.case_id
    WHERE e.kind = 'submitted' AND e.detail ? 'typed' AND e.at >= %(since)s AND e.at < %(until)s
), later AS (
    SELECT e.case_id,
        min(e.at) FILTER (WHERE e.kind = 'issued' AND NOT e.detail ? 'key') AS issued_at,
        bool_or(e.actor_kind = 'officer') AS touched,
        coalesce(sum((e.detail->>'typed')::int) FILTER (WHERE e.kind = 'resubmitted'), 0) AS typed_again
    FROM services_caseevent e WHERE e.case_id IN (SELECT case_id FROM sent) GROUP BY e.case_id
), one AS (
    SELECT s.*, l.issued_at, l.touched, s.typed + l.typed_again AS typed_in_all, l.issued_at - s.at AS took
    FROM sent s JOIN later l USING (case_id)
)
SELECT service, count(*), count(issued_at),
    coalesce(sum(paper_fields) FILTER (WHERE issued_at IS NOT NULL), 0),
    coalesce(sum(typed_in_all) FILTER (WHERE issued_at IS NOT NULL), 0),
    coalesce(sum(greatest(photocopies - files, 0)) FILTER (WHERE issued_at IS NOT NULL), 0),
    coalesce(sum(visits) FILTER (WHERE issued_at IS NOT NULL), 0),
    count(*) FILTER (WHERE issued_at IS NOT NULL AND NOT touched),
    extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY took)),
    extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY took))
FROM one GROUP BY GROUPING SETS ((service), ()) ORDER BY service NULLS LAST
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """One service's sums in a period, or those of all (``service`` empty).

    Everything but ``requests`` is of requests that became a document; times are seconds, ``None`` without one.
    """

    service: str
    service_name: Label | None
    agency_name: Label | None
    requests: int
    documents: int
    paper_fields: int
    typed: int
    photocopies: int
    visits: int
    touch_free: int
    median: float | None
    p90: float | None

    @property
    def touch_free_share(self) -> float | None:
        """Of the documents, those that no officer touched; 0 to 1."""
        return self.touch_free / self.documents if self.documents else None


def saved(*, since: date, until: date) -> list[Saved]:
    """By service, and for all of them at the end, over requests sent from ``since`` to ``until``, both days in."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"since": _midnight(since), "until": _midnight(until + timedelta(days=1))})
        rows = cursor.fetchall()
    agencies, packages = the_city().agencies, the_packages()
    views = []
    for service, requests, documents, paper_fields, typed, photocopies, visits, touch_free, median, p90 in rows:
        package = packages.get(service or "")
        views.append(
            Saved(
                service=service or "",
                service_name=package.name if package else None,
                agency_name=agencies[package.agency].name if package else None,
                requests=requests,
                documents=documents,
                paper_fields=paper_fields,
                typed=int(typed),
                photocopies=photocopies,
                visits=visits,
                touch_free=touch_free,
                median=None if median is None else float(median),
                p90=None if p90 is None else float(p90),
            )
        )
    return views


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
