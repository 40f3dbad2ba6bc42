"""The queue of an officer: what waits for her, the most urgent first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.calendar import the_calendar, working_days_left
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput, NotAllowed
from satu.services.every_service import names, task_spec
from satu.services.packages import the_packages
from satu.services.policies import own_task
from satu.services.queries.queue_sql import (
    BACKWARD,
    FORWARD,
    MOST,
    Direction,
    Selection,
    is_a_name,
    last_day,
    select,
    select_found,
)
from satu.services.queries.work import Share, share_of
from satu.services.types import QueueItem, QueuePage, Urgency
from satu.services.work.types import COUNTED, Around, Count, QueueFilter

_NOTHING = (date.min, UUID(int=0))
_WITH_CASE = """
SELECT one.id, one.name, one.applicant_name, one.due_on, c.number, c.service, taking.by, taking.by_name,
    c.acting->>'name'
FROM one JOIN services_case c ON c.id = one.case_id
LEFT JOIN work_taking taking ON taking.task_id = one.id AND taking.until > %(now)s
ORDER BY one.due_on {way}, one.id {way}"""
Row = tuple[UUID, str, str, date, str, str, str | None, str | None, str | None]
Rows = list[Row]
_TAKEN_BY = 6
_LETTERS = 3


def queue_of(
    by: Actor,
    *,
    text: str = "",
    only: Urgency | None = None,
    after: str | None = None,
    limit: int = 50,
    where: QueueFilter | None = None,
) -> QueuePage:
    """The open tasks that an officer may decide, the most urgent first; in one query, however long the queue is.

    ``text`` is a request's number, or its end; or words of the applicant's name, or how they begin. ``where`` narrows
    it; ``only`` is short for ``late``, or ``today`` (with what is late). ``after`` is the page before's ``next``.
    Raises ``NotAllowed`` for whoever is no officer, ``InvalidInput`` (``after``; ``q``: too little of a name).
    """
    where = where or QueueFilter.read({"due": only})
    words = _looked_for(text)
    rows = _read(by, where, words=words, place=_read_cursor(after), way=FORWARD, limit=limit + 1)
    items = tuple(_items(rows[:limit], by))
    following = f"{items[-1].due_on.isoformat()}~{items[-1].id}" if len(rows) > limit else ""
    if following and is_a_name(words) and _too_many(by, where, words):
        return QueuePage(items=items, next="", more_than=MOST)
    return QueuePage(items=items, next=following)


def around(by: Actor, *, due_on: date, task_id: UUID, where: QueueFilter, before: int, behind: int) -> Around:
    """So many tasks before and behind one in her queue; that one itself need not be in it any more."""
    place = (due_on, task_id)
    back = _read(by, where, place=place, way=BACKWARD, limit=before) if before else []
    on = _read(by, where, place=place, way=FORWARD, limit=behind)
    items = _items([*reversed(back), *on], by)
    return Around(
        before=tuple(items[: len(back)]),
        behind=tuple(items[len(back) :]),
    )


def place_of(task_id: UUID, *, by: Actor) -> date:
    """The last day of a task of hers, by which it has its place in the queue. Raises what ``own_task`` raises."""
    return own_task(task_id, by=by).due_on


def counts_of(by: Actor, filters: Sequence[QueueFilter]) -> list[Count]:
    """How many tasks wait under each of these filters, in one query; nobody counts further than ``COUNTED``.

    Filters that differ by their days alone are one reading: the tasks come in the order of their days, so the first
    of them tell how many there are until any day.
    """
    _refuse_others(by)
    if not filters:
        return []
    readings = list(dict.fromkeys(replace(where, due="") for where in filters))
    values: dict[str, Any] = _values(by, _share(by, *filters), _NOTHING, COUNTED + 1)
    read = []
    for number, where in enumerate(readings):
        one = select(by, where, FORWARD, suffix=str(number))
        values |= one.values
        read.append(f"r{number} AS MATERIALIZED ({one.sql})")
    counted = []
    for number, where in enumerate(filters):
        reading = readings.index(replace(where, due=""))
        counted.append(f"(SELECT count(*) FROM r{reading} WHERE due_on <= %(day{number})s)")  # noqa: S608 - ours
        values[f"day{number}"] = last_day(where)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(read)} SELECT {', '.join(counted)}", values)
        numbers = cursor.fetchone() or ()
    return [Count(min(number, COUNTED), number > COUNTED) for number in numbers]


def _looked_for(text: str) -> list[str]:
    words = text.replace("\x00", " ").lower().split()
    if is_a_name(words) and len("".join(words)) < _LETTERS:
        raise InvalidInput(_("Type at least three letters of the name, or the number of the request."), field="q")
    return words


def _too_many(by: Actor, where: QueueFilter, words: list[str]) -> bool:
    """Whether more are called so than are looked at; asked only where they fill more than a page."""
    one = select_found(by, where, FORWARD, words=words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {one.first.rstrip(',')} SELECT count(*) FROM found",  # noqa: S608 - ours
            _values(by, _share(by, where), _NOTHING, 0) | one.values,
        )
        (number,) = cursor.fetchone() or (0,)
    return bool(number > MOST)


def _read(
    by: Actor,
    where: QueueFilter,
    *,
    words: list[str] | None = None,
    place: tuple[date, UUID],
    way: Direction,
    limit: int,
) -> Rows:
    _refuse_others(by)
    one: Selection = select_found(by, where, way, words=words) if words else select(by, where, way)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {one.first} one AS ({one.sql}) {_WITH_CASE.format(way=way.order)}",
            _values(by, _share(by, where), place, limit) | one.values,
        )
        rows: Rows = cursor.fetchall()
    return rows


def _values(by: Actor, share: Share, place: tuple[date, UUID], limit: int) -> dict[str, Any]:
    due_on, task_id = place
    return {
        "agency": by.agency,
        "by": by.reference,
        "holders": share.holders,
        "gone": share.gone,
        "now": timezone.now(),
        "due_on": due_on,
        "id": task_id,
        "limit": limit,
    }


def _share(by: Actor, *filters: QueueFilter) -> Share:
    """Who is away is asked only where it matters to what is chosen."""
    return share_of(by) if any(where.whose for where in filters) else Share(by.reference, {})


def _items(rows: Rows, by: Actor) -> list[QueueItem]:
    taken = any(row[_TAKEN_BY] for row in rows)
    share = share_of(by) if taken else Share(by.reference, {})
    now, calendar = timezone.now(), the_calendar()
    days = {due_on: working_days_left(due_on, now, calendar) for due_on in {_due_on(row) for row in rows}}
    return [_queue_item(row, share, days) for row in rows]


def _due_on(row: Row) -> date:
    _task, _name, _applicant, due_on, *_rest = row
    return due_on


def _refuse_others(by: Actor) -> None:
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer of the city has a queue."))


def _read_cursor(after: str | None) -> tuple[date, UUID]:
    if not after:
        return _NOTHING
    try:
        day, _tilde, task_id = after.partition("~")
        return date.fromisoformat(day), UUID(task_id)
    except ValueError as error:
        raise InvalidInput(_("This page of the queue is not there. Begin at its head."), field="after") from error


def _queue_item(row: Row, share: Share, days: Mapping[date, int]) -> QueueItem:
    task_id, name, applicant_name, due_on, number, service, taken_by, taken_by_name, about = row
    holder, holder_name = share.holder(taken_by or "", taken_by_name or "")
    package = the_packages().get(service)
    spec = task_spec(package, name) if package and name in names(package) else None
    return QueueItem(
        id=task_id,
        number=number,
        service_name=package.name if package else Label(service, service),
        label=spec.label if spec else Label(name, name),
        applicant_name=applicant_name,
        due_on=due_on,
        working_days_left=days[due_on],
        batch=bool(spec and spec.batch),
        taken_by=holder_name,
        hers=share.is_hers(holder),
        about_name=about or "",
    )
