"""The only writers of the sums: what has happened since the last time, or everything again."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from satu.hub.areas import every_kelurahan
from satu.insight.models import Day, DayArea, DayTime, Position, Request
from satu.kernel.calendar import WorkingDays, due_after, the_calendar
from satu.kernel.spread import bucket_of
from satu.services.packages import package_at
from satu.services.queries.statistics import (
    Counted,
    counted,
    events_after,
    news_after,
    sent_after,
    settled_after,
)

_EVENTS = 20_000  # looked at in one go
_CASES = 2_000  # counted in one query
_LOCK = int.from_bytes(b"satusums")
_COLUMNS = [field.attname for field in Request._meta.concrete_fields if not field.primary_key]  # noqa: SLF001

_DAYS = """
INSERT INTO insight_day (day, service, agency, requests, documents, refused, withdrawn, paper_fields, typed,
    files, photocopies, visits, touch_free, in_time)
SELECT sent_on, service, agency, count(*), count(bucket),
    count(*) FILTER (WHERE outcome = 'refused'), count(*) FILTER (WHERE outcome = 'withdrawn'),
    coalesce(sum(paper_fields) FILTER (WHERE bucket IS NOT NULL), 0),
    coalesce(sum(typed) FILTER (WHERE bucket IS NOT NULL), 0),
    coalesce(sum(files) FILTER (WHERE bucket IS NOT NULL), 0),
    coalesce(sum(greatest(photocopies - files, 0)) FILTER (WHERE bucket IS NOT NULL), 0),
    coalesce(sum(visits) FILTER (WHERE bucket IS NOT NULL), 0),
    count(bucket) FILTER (WHERE NOT touched), count(*) FILTER (WHERE in_time)
FROM insight_request {where} GROUP BY sent_on, service, agency
"""
_AREAS = """
INSERT INTO insight_dayarea (day, service, area, requests, documents)
SELECT sent_on, service, area, count(*), count(bucket) FROM insight_request {where} GROUP BY sent_on, service, area
"""
_TIMES = """
INSERT INTO insight_daytime (day, service, agency, bucket, count)
SELECT sent_on, service, agency, bucket, count(*) FROM insight_request {where}
GROUP BY sent_on, service, agency, bucket HAVING bucket IS NOT NULL
"""
#: What is summed up, and how.
_SUMS: dict[type[Day] | type[DayArea] | type[DayTime], str] = {Day: _DAYS, DayArea: _AREAS, DayTime: _TIMES}


def fold() -> int:
    """Count what has happened since the last time. Returns of how many requests; 0 also while another one folds.

    May be called any number of times: a request's line is made anew from all its events, and the sums of its day
    from all its lines. What is not settled yet is looked at again, as soon as there is more of it.
    """
    with transaction.atomic():
        if not _alone(wait=False):
            return 0
        position, _created = Position.objects.get_or_create(pk=1)
        # Before anything is read: what is settled now, every later statement sees.
        settled = settled_after(position.event)
        waiting, cases = events_after(position.event), 0
        if waiting != position.seen:
            days: set[date] = set()
            event, waiting = position.event, 0
            while news := news_after(event, limit=_EVENTS):
                days |= _keep(news.cases)
                event, waiting, cases = news.last_event, waiting + news.events, cases + len(news.cases)
            _sum_up(sorted(days))
        position.seen = waiting - events_after(position.event, until=settled)
        position.event, position.at = settled, timezone.now()
        position.save()
    return cases


def rebuild(report: Callable[[int], object] = lambda _cases: None) -> int:
    """Make every sum again from the events. Returns of how many requests; until it ends the old sums stand.

    ``report`` is called with the number of requests after each step.
    """
    with transaction.atomic():
        _alone(wait=True)
        settled = settled_after(0)
        Request.objects.all().delete()
        Position.objects.all().delete()
        for model in _SUMS:
            model.objects.all().delete()
        event, cases = 0, 0
        while news := sent_after(event, limit=_EVENTS):
            _keep(news.cases)
            event, cases = news.last_event, cases + len(news.cases)
            report(len(news.cases))
        _sum_up(None)
        Position.objects.create(pk=1, event=settled, seen=0, at=timezone.now())
    return cases


def _alone(*, wait: bool) -> bool:
    """Whether nobody else writes the sums, until this transaction ends."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _keep(cases: Iterable[UUID]) -> set[date]:
    """Keep a line of each request. Returns the days on which they were sent."""
    waiting, days, codes = sorted(cases), set(), _codes()
    for start in range(0, len(waiting), _CASES):
        lines = [_line(one, codes) for one in counted(waiting[start : start + _CASES])]
        Request.objects.bulk_create(lines, update_conflicts=True, unique_fields=["case"], update_fields=_COLUMNS)
        days |= {line.sent_on for line in lines}
    return days


def _codes() -> dict[tuple[str, str], str]:
    """The code of each kelurahan, by the names under which records know it."""
    return {(one.name.lower(), one.kecamatan.lower()): one.code for one in every_kelurahan()}


def _line(one: Counted, codes: dict[tuple[str, str], str]) -> Request:
    package = package_at(one.service, one.version)
    due = _due(one, package.deadline_days)
    decided = one.ended_at if one.outcome in {"issued", "refused"} else None
    took = bucket_of((one.ended_at - one.sent_at).total_seconds()) if one.ended_at else None
    return Request(
        case=one.case,
        sent_on=timezone.localdate(one.sent_at),
        service=one.service,
        agency=package.agency,
        area=one.kelurahan_code or codes.get((one.kelurahan.lower(), one.kecamatan.lower()), ""),
        paper_fields=one.paper_fields,
        typed=one.typed,
        photocopies=one.photocopies,
        files=one.files,
        visits=one.visits,
        outcome=one.outcome,
        touched=one.touched,
        bucket=took if one.outcome == "issued" else None,
        due_on=due,
        in_time=None if decided is None else due is not None and timezone.localdate(decided) <= due,
    )


def _due(one: Counted, promised: int) -> date | None:
    """The last day of what the service promises, moved by the working days in which the applicant had it."""
    waited = 0
    for returned, resent in zip_longest(one.returned_at, one.resent_at):
        back = resent or one.ended_at
        if returned is None or back is None:
            return None
        waited += _working_days(timezone.localdate(returned), timezone.localdate(back))
    return _last_day(timezone.localdate(one.sent_at), promised + waited)


@lru_cache(maxsize=4096)
def _last_day(sent: date, days: int) -> date:
    return due_after(sent, WorkingDays(days), the_calendar()).day


@lru_cache(maxsize=4096)
def _working_days(first: date, last: date) -> int:
    """Working days after the first day, with the last one."""
    calendar = the_calendar()
    days = (date.fromordinal(number) for number in range(first.toordinal() + 1, last.toordinal() + 1))
    return sum(1 for day in days if calendar.is_working(day))


def _sum_up(days: list[date] | None) -> None:
    """Make the sums of some days anew, or of all, where there are none."""
    with connection.cursor() as cursor:
        if days is None:
            for sql in _SUMS.values():
                cursor.execute(sql.format(where=""))
            return
        for model, sql in _SUMS.items():
            model.objects.filter(day__in=days).delete()
            cursor.execute(sql.format(where="WHERE sent_on = ANY(%s)"), [days])
