"""The statements behind the queue. Each reads an index in its own order and stops at the limit."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from satu.identity.types import Actor
from satu.services.packages import the_packages
from satu.services.work.types import QueueFilter

#: Her duties and areas, one after the other: of each the first of its index, and the first of those.
_OF_AREAS = """
    SELECT task.* FROM unnest(%(duties{n})s::text[]) AS d(duty) CROSS JOIN unnest(%(areas{n})s::text[]) AS a(area)
    CROSS JOIN LATERAL (
        SELECT t.id, t.case_id, t.name, t.applicant_name, t.due_on FROM services_task t
        WHERE t.state = 'open' AND t.agency = %(agency)s AND t.duty = d.duty {and_area}
            AND (t.due_on, t.id) {beyond} (%(due_on)s, %(id)s) AND t.due_on <= %(until{n})s AND t.not_by <> %(by)s
            {narrowed}
        ORDER BY t.due_on {order}, t.id {order} LIMIT %(limit)s
    ) task
    ORDER BY task.due_on {order}, task.id {order} LIMIT %(limit)s"""
#: What was looked for: found by an index of its own before anything else, whatever the planner thinks of it.
_FOUND = """
    SELECT t.id, t.case_id, t.name, t.applicant_name, t.due_on FROM {found} t
    WHERE t.agency = %(agency)s AND t.duty = ANY(%(duties{n})s::text[]) {and_area}
        AND (t.due_on, t.id) {beyond} (%(due_on)s, %(id)s) AND t.due_on <= %(until{n})s AND t.not_by <> %(by)s
        {narrowed}
    ORDER BY t.due_on {order}, t.id {order} LIMIT %(limit)s"""
_BY_NUMBER = """
    SELECT t.* FROM services_case c JOIN services_task t ON t.case_id = c.id
    WHERE c.number = ANY(%(numbers)s::text[]) AND t.state = 'open'"""
#: A name that very many have is not sorted to its end: so many of hers are found, and she is asked for more of it.
MOST = 300
_BY_NAME = """
    SELECT * FROM services_task t
    WHERE services_task_words(area, applicant_name) @@ %(words)s::tsquery AND state = 'open'
        AND agency = %(agency)s AND duty = ANY(%(duties)s::text[]) AND due_on <= %(until)s AND not_by <> %(by)s
        {narrowed}
    LIMIT {most}"""
#: What she works on: few, so they are the beginning and not a condition.
_TAKEN = """(
    SELECT t.* FROM work_taking k JOIN services_task t ON t.id = k.task_id
    WHERE k.by = ANY(%(holders)s::text[]) AND k.until > %(now)s AND t.state = 'open')"""
#: The last column of the queue's indexes: what is of another service is passed over there, and no row of it is read.
_OF_SERVICE = "AND t.service = %(service{n})s"
_ABOUT_ANOTHER = "AND EXISTS (SELECT FROM services_case c WHERE c.id = t.case_id AND c.acting <> '{{}}')"
_MINE = """AND EXISTS (
    SELECT FROM work_taking k
    WHERE k.task_id = t.id AND k.until > %(now)s AND k.by = ANY(%(holders)s::text[]))"""
_FREE = """AND NOT EXISTS (
    SELECT FROM work_taking k
    WHERE k.task_id = t.id AND k.until > %(now)s AND k.by <> ALL(%(gone)s::text[]))"""
#: A request's number, or as much of its end as somebody reads out.
_NUMBER = re.compile(r"(?:([a-z]+)[-./ ]*)?(?:(20\d\d)(?:[-./ ]+|(?=\d{6}\Z)))?(\d{1,9})", re.ASCII)
_YEARS_BACK = 3
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Direction:
    """Onward from a place in the queue, or back from it."""

    beyond: str
    order: str


FORWARD, BACKWARD = Direction(">", "ASC"), Direction("<", "DESC")


@dataclass(frozen=True, slots=True)
class Selection:
    """``sql`` gives tasks in order; ``first`` are the queries that it needs before it, each with a comma behind.

    The caller adds the values ``agency``, ``by``, ``holders``, ``gone``, ``now``, ``due_on``, ``id`` and ``limit``.
    """

    sql: str
    values: dict[str, Any]
    first: str = ""


def select(by: Actor, where: QueueFilter, way: Direction, *, suffix: str = "") -> Selection:
    """Her open tasks. ``suffix`` keeps the values of several in one statement apart."""
    if where.whose == "mine":
        return _found(by, where, way, _Source(_TAKEN, suffix))
    duties, areas = _rights(by, where)
    narrowed, values = _narrowed(where, suffix)
    sql = _OF_AREAS.format(
        n=suffix,
        beyond=way.beyond,
        order=way.order,
        narrowed=narrowed,
        and_area="AND t.area = a.area" if areas is not None else "",
    )
    every = [""] if areas is None else areas
    return Selection(sql, values | {f"duties{suffix}": duties, f"areas{suffix}": every})


def is_a_name(words: list[str]) -> bool:
    """Whether what was looked for is a name, and no request's number."""
    return bool(words) and not _NUMBER.fullmatch("-".join(words))


def select_found(by: Actor, where: QueueFilter, way: Direction, *, words: list[str]) -> Selection:
    """The same, of what was looked for: a number or its end, or words of a name."""
    looking: dict[str, Any]
    also = _MINE if where.whose == "mine" else ""
    if number := _NUMBER.fullmatch("-".join(words)):
        found, looking = _BY_NUMBER, {"numbers": list(_numbers(number, timezone.localdate()))}
    else:
        narrowed = f"{_narrowed(where, '')[0]} {also}"
        found = _BY_NAME.format(narrowed=narrowed, most=MOST + 1)
        looking = {"words": _words(words, _rights(by, where)[1] or [])}
    one = _found(by, where, way, _Source("found", also=also))
    return Selection(one.sql, one.values | looking, f"found AS MATERIALIZED ({found}),")


@dataclass(frozen=True, slots=True)
class _Source:
    """What is chosen from, when it is not her whole queue; ``also`` is one more condition."""

    sql: str
    suffix: str = ""
    also: str = ""


def _found(by: Actor, where: QueueFilter, way: Direction, source: _Source) -> Selection:
    duties, areas = _rights(by, where)
    n = source.suffix
    narrowed, values = _narrowed(where, n)
    sql = _FOUND.format(
        n=n,
        found=source.sql,
        beyond=way.beyond,
        order=way.order,
        narrowed=f"{narrowed} {source.also}",
        and_area=f"AND t.area = ANY(%(areas{n})s::text[])" if areas is not None else "",
    )
    return Selection(sql, values | {f"duties{n}": duties, f"areas{n}": areas or []})


def _rights(by: Actor, where: QueueFilter) -> tuple[list[str], list[str] | None]:
    """Her duties and areas (``None``: the whole city), narrowed. Nothing here is more than she has."""
    duties = sorted(by.duties & {where.duty} if where.duty else by.duties)
    if not where.kelurahan:
        return duties, sorted(by.areas) or None
    return duties, [where.kelurahan] if where.kelurahan in by.areas or not by.areas else []


def _narrowed(where: QueueFilter, n: str) -> tuple[str, dict[str, Any]]:
    conditions = [
        _OF_SERVICE.format(n=n) if where.service else "",
        _ABOUT_ANOTHER.format() if where.another else "",
        _FREE if where.whose == "free" else "",
    ]
    values: dict[str, Any] = {f"until{n}": last_day(where)}
    if where.service:
        values[f"service{n}"] = where.service
    return " ".join(filter(None, conditions)), values


def last_day(where: QueueFilter) -> date:
    """The last of the days that a filter asks for."""
    today = timezone.localdate()
    if where.due == "late":
        return today - timedelta(days=1)
    if where.due == "week":
        return today + timedelta(days=_SUNDAY - today.weekday())
    return today if where.due == "today" else date.max


def _numbers(number: re.Match[str], today: date) -> Iterator[str]:
    """What somebody may mean by the end of a number: of any service, of the last years."""
    prefix, year, serial = number.groups()
    prefixes = [prefix.upper()] if prefix else sorted({one.prefix for one in the_packages().values()})
    years: Iterable[int] = [int(year)] if year else range(today.year - _YEARS_BACK + 1, today.year + 1)
    return (f"{one}-{of}-{int(serial):06d}" for of in years for one in prefixes)


def _words(words: list[str], areas: list[str]) -> str:
    """PostgreSQL's text query: each word begins a word of the name, in one of the areas (as in the index)."""
    beginnings = [[f"{area}/{word}" for area in areas] or [word] for word in words]
    return " & ".join("(" + " | ".join(f"{_quoted(one)}:*" for one in some) + ")" for some in beginnings)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
