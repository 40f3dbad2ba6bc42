"""The queue of an officer: what waits for her, the most urgent first."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.calendar import the_calendar, working_days_left
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput, NotAllowed
from satu.services.objections import OBJECTION, task_spec
from satu.services.packages import the_packages
from satu.services.types import QueueItem, QueuePage, Urgency

#: Her duties and areas, one after the other: of each the first of its index, and the first of those.
_OF_AREAS = """
    SELECT task.* FROM unnest(%(duties)s::text[]) AS d(duty) CROSS JOIN unnest(%(areas)s::text[]) AS a(area)
    CROSS JOIN LATERAL (
        SELECT * FROM services_task t
        WHERE t.state = 'open' AND t.agency = %(agency)s AND t.duty = d.duty {and_area}
            AND (t.due_on, t.id) > (%(due_on)s, %(id)s) AND t.due_on <= %(until)s AND t.not_by <> %(by)s
        ORDER BY t.due_on, t.id LIMIT %(limit)s
    ) task
    ORDER BY task.due_on, task.id LIMIT %(limit)s"""
#: What was looked for: found by an index of its own before anything else, whatever the planner thinks of it.
_FOUND = """
    SELECT t.* FROM found t
    WHERE t.agency = %(agency)s AND t.duty = ANY(%(duties)s::text[]) {and_area}
        AND (t.due_on, t.id) > (%(due_on)s, %(id)s) AND t.due_on <= %(until)s AND t.not_by <> %(by)s
    ORDER BY t.due_on, t.id LIMIT %(limit)s"""
_WITH_CASE = """
SELECT one.id, one.name, one.applicant_name, one.due_on, c.number, c.service
FROM one JOIN services_case c ON c.id = one.case_id ORDER BY one.due_on, one.id"""
_BY_NUMBER = """
    SELECT t.* FROM services_case c JOIN services_task t ON t.case_id = c.id
    WHERE c.number = ANY(%(numbers)s::text[]) AND t.state = 'open'"""
_BY_NAME = """
    SELECT * FROM services_task
    WHERE services_task_words(area, applicant_name) @@ %(words)s::tsquery AND state = 'open'"""
#: A request's number, or as much of its end as somebody reads out.
_NUMBER = re.compile(r"(?:([a-z]+)-)?(?:(20\d\d)-)?(\d{1,9})", re.ASCII)
_YEARS_BACK = 3
_NOTHING = (date.min, UUID(int=0))


def queue_of(
    by: Actor, *, text: str = "", only: Urgency | None = None, after: str | None = None, limit: int = 50
) -> QueuePage:
    """The open tasks that an officer may decide, the most urgent first; in one query, however long the queue is.

    ``text`` is a request's number, or its end; or words of the applicant's name, or how they begin. ``only`` is
    ``late``, or ``today`` (with what is late). ``after`` is the page before's ``next``. Raises ``NotAllowed`` for
    whoever is no officer, ``InvalidInput`` for another ``after``.
    """
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer of the city has a queue."))
    due_on, task_id = _read_cursor(after)
    today = timezone.localdate()
    values: dict[str, Any] = {
        "duties": sorted(by.duties),
        "areas": sorted(by.areas) or [""],
        "agency": by.agency,
        "by": by.reference,
        "due_on": due_on,
        "id": task_id,
        "until": {"late": today - timedelta(days=1), "today": today}.get(only or "", date.max),
        "limit": limit + 1,
    }
    if looked_for := text.replace("\x00", " ").lower().split():
        statement, looking = _found(looked_for, sorted(by.areas), today)
        values |= looking
    else:
        one = _OF_AREAS.format(and_area="AND t.area = a.area" if by.areas else "")
        statement = f"WITH one AS ({one}) {_WITH_CASE}"
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    items = tuple(_queue_item(row) for row in rows[:limit])
    following = f"{items[-1].due_on.isoformat()}~{items[-1].id}" if len(rows) > limit else ""
    return QueuePage(items=items, next=following)


def _found(words: list[str], areas: list[str], today: date) -> tuple[str, dict[str, Any]]:
    """The statement that finds what was looked for, and its values."""
    looking: dict[str, Any]
    if number := _NUMBER.fullmatch("-".join(words)):
        found, looking = _BY_NUMBER, {"numbers": list(_numbers(number, today))}
    else:
        found, looking = _BY_NAME, {"words": _words(words, areas)}
    one = _FOUND.format(and_area="AND t.area = ANY(%(areas)s::text[])" if areas else "")
    return f"WITH found AS MATERIALIZED ({found}), one AS ({one}) {_WITH_CASE}", looking


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


def _read_cursor(after: str | None) -> tuple[date, UUID]:
    if not after:
        return _NOTHING
    try:
        day, _tilde, task_id = after.partition("~")
        return date.fromisoformat(day), UUID(task_id)
    except ValueError as error:
        raise InvalidInput(_("This page of the queue is not there. Begin at its head."), field="after") from error


def _queue_item(row: tuple[UUID, str, str, date, str, str]) -> QueueItem:
    task_id, name, applicant_name, due_on, number, service = row
    package = the_packages().get(service)
    spec = task_spec(package, name) if package and name in {OBJECTION, *package.tasks} else None
    return QueueItem(
        id=task_id,
        number=number,
        service_name=package.name if package else Label(service, service),
        label=spec.label if spec else Label(name, name),
        applicant_name=applicant_name,
        due_on=due_on,
        working_days_left=working_days_left(due_on, timezone.now(), the_calendar()),
    )
