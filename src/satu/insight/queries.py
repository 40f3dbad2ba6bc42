"""The readers of the sums. A period is its first and last day, both in, by the day on which requests were sent."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from satu.hub.areas import every_kelurahan
from satu.insight.types import AreaSums, Asked, Counting, DaySums, ServiceSums, Sums
from satu.kernel.city import Label, the_city
from satu.kernel.spread import percentile
from satu.services.packages import the_packages

_NAMES = tuple(field.name for field in fields(Sums))
_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in _NAMES)
#: The days stand in the text: a plan for any days at all would be one for a few of them.
_PERIOD = "day BETWEEN DATE '{since}' AND DATE '{until}' AND (%(service)s = '' OR service = %(service)s)"
_BY_SERVICE = f"""
SELECT coalesce(service, ''), coalesce(agency, ''), {_SUMS} FROM insight_day WHERE {_PERIOD}
GROUP BY GROUPING SETS ((service, agency), (agency), ())
"""  # noqa: S608 - constants
_TIMES = f"""
SELECT service, agency, bucket, sum(count)::bigint FROM insight_daytime WHERE {_PERIOD} GROUP BY 1, 2, 3
"""  # noqa: S608
_LATE = "SELECT service, agency, count(*) FROM insight_request WHERE outcome = '' AND due_on < %s GROUP BY 1, 2"
_BY_DAY = f"SELECT day, {_SUMS} FROM insight_day WHERE {_PERIOD} GROUP BY day"  # noqa: S608
_BY_AREA = f"""
SELECT area, sum(requests)::bigint, sum(documents)::bigint FROM insight_dayarea WHERE {_PERIOD} GROUP BY area
"""  # noqa: S608

_Key = tuple[str, str]


def counting() -> Counting:
    """How far the sums go."""
    rows = _rows("SELECT at, (SELECT min(day) FROM insight_day) FROM insight_position", None)
    return Counting(*rows[0]) if rows else Counting(None)


def by_service(since: date, until: date) -> Sequence[ServiceSums]:
    """Everything first, then the agencies, then the services; of those that were asked for. Three queries."""
    sums = {(service, agency): Sums(*row) for service, agency, *row in _in(since, until, _BY_SERVICE)}
    times = _times(since, until)
    open_and_late = _rows(_LATE, [timezone.localdate()])
    late = _up(Counter({(service, agency): count for service, agency, count in open_and_late}))
    return [_service(key, sums[key], times[key], late[key]) for key in sorted(sums, key=_order)]


def one_of(rows: Sequence[ServiceSums], service: str = "") -> ServiceSums:
    """Of those of ``by_service`` a service, or all where none is named; of nothing, where nothing was sent."""
    found = (one for one in rows if one.service == service and (service or not one.agency))
    return next(found, ServiceSums(service, None, "", None, Sums(), None, None, None, 0))


def by_day(since: date, until: date, service: str = "") -> Sequence[DaySums]:
    """Every day of the period, those on which nothing was sent too."""
    rows = _in(since, until, _BY_DAY, service)
    found = {day: Sums(*row) for day, *row in rows}
    days = map(date.fromordinal, range(since.toordinal(), until.toordinal() + 1))
    return [DaySums(day, found.get(day, Sums())) for day in days]


def by_area(since: date, until: date, service: str = "") -> Sequence[AreaSums]:
    """Every kelurahan by its code, those without a request too; what is of none that is known comes last."""
    rows = _in(since, until, _BY_AREA, service)
    found = {area: (requests, documents) for area, requests, documents in rows}
    every = sorted(every_kelurahan(), key=lambda one: one.code)
    views = [AreaSums(one.code, one.name, one.kecamatan, *found.pop(one.code, (0, 0))) for one in every]
    nowhere = [sum(counts) for counts in zip(*found.values(), strict=True)] or [0, 0]
    return [*views, AreaSums("", "", "", *nowhere)] if any(nowhere) else views


def asked(services: Sequence[ServiceSums]) -> Sequence[Asked]:
    """What each service of the city still asks for, the most first; with its sums of ``by_service``."""
    agencies, counted = the_city().agencies, {one.service: one.sums for one in services if one.service}
    views = [
        Asked(
            service=package.slug,
            service_name=package.name,
            agency_name=agencies[package.agency].name,
            questions=tuple(question.label for question in package.questions),
            uploads=tuple(upload.label for upload in package.uploads),
            paper_fields=len(package.paper.fields),
            sums=counted.get(package.slug, Sums()),
        )
        for package in the_packages().values()
    ]
    return sorted(views, key=lambda one: (-one.at_most, one.service))


def _times(since: date, until: date) -> Mapping[_Key, Counter[int]]:
    """How many documents took how long, by service and agency, by agency and in all."""
    times: dict[_Key, Counter[int]] = defaultdict(Counter)
    for service, agency, bucket, count in _in(since, until, _TIMES):
        for key in ((service, agency), ("", agency), ("", "")):
            times[key][bucket] += count
    return times


def _up(counts: Counter[_Key]) -> Counter[_Key]:
    """The same with the sums by agency and of all."""
    whole: Counter[_Key] = Counter()
    for (service, agency), count in counts.items():
        for key in ((service, agency), ("", agency), ("", "")):
            whole[key] += count
    return whole


def _order(key: _Key) -> tuple[bool, bool, str, str]:
    service, agency = key
    return (bool(agency), bool(service), agency, service)


def _service(key: _Key, sums: Sums, times: Mapping[int, int], late: int) -> ServiceSums:
    service, agency = key
    package = the_packages().get(service)
    known = the_city().agencies.get(agency)
    name = package.name if package else Label(service, service) if service else None
    return ServiceSums(
        service=service,
        service_name=name,
        agency=agency,
        agency_name=known.name if known else Label(agency, agency) if agency else None,
        sums=sums,
        median=percentile(times, 0.5),
        p90=percentile(times, 0.9),
        promised=package.deadline_days if package else None,
        late=late,
    )


def added(sums: Sequence[Sums]) -> Sums:
    """All of them together."""
    return Sums(*(sum(column) for column in zip(*map(astuple, sums), strict=True))) if sums else Sums()


def _in(since: date, until: date, sql: str, service: str = "") -> list[tuple[Any, ...]]:
    """What a question about a period answers."""
    return _rows(sql.format(since=since.isoformat(), until=until.isoformat()), {"service": service})


def _rows(sql: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
