"""What waits for each officer of an agency, and what they decided: for its administrator."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from satu.identity.roster import officers_of
from satu.identity.types import Actor, OfficerView
from satu.services.work.types import Workload

#: Decisions count for so many days back, where a median is taken.
LOOKED_BACK = timedelta(days=30)
_OPEN = """
SELECT duty, area, count(*), count(*) FILTER (WHERE due_on < %(today)s)
FROM services_task WHERE state = 'open' AND agency = %(agency)s GROUP BY duty, area"""
_TAKEN = """
SELECT k.by, count(*) FROM work_taking k JOIN services_task t ON t.id = k.task_id
WHERE t.state = 'open' AND t.agency = %(agency)s AND k.until > %(now)s GROUP BY k.by"""
_DECIDED = """
SELECT d.by, count(*) FILTER (WHERE d.at >= %(midnight)s), count(*) FILTER (WHERE d.at >= %(monday)s),
    extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY d.at - t.opened_at))
FROM services_taskdecision d JOIN services_task t ON t.id = d.task_id
WHERE d.agency = %(agency)s AND d.at >= %(since)s GROUP BY d.by"""


def workload_of(by: Actor) -> Sequence[Workload]:
    """Each officer of the administrator's agency, by name. What waits for several is counted for each of them.

    Raises ``NotAllowed`` for whoever is no administrator.
    """
    officers = officers_of(by)
    now = timezone.now()
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    values: dict[str, Any] = {
        "agency": by.agency,
        "now": now,
        "today": timezone.localdate(now),
        "midnight": midnight,
        "monday": midnight - timedelta(days=midnight.weekday()),
        "since": now - LOOKED_BACK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)
        waiting: list[tuple[str, str, int, int]] = cursor.fetchall()
        cursor.execute(_TAKEN, values)
        taken = dict(cursor.fetchall())
        cursor.execute(_DECIDED, values)
        decided = {reference: tuple(rest) for reference, *rest in cursor.fetchall()}
    return [_load(officer, waiting, taken, decided.get(officer.reference, (0, 0, None))) for officer in officers]


def _load(
    officer: OfficerView,
    waiting: list[tuple[str, str, int, int]],
    taken: dict[str, int],
    decided: tuple[int, int, float | None],
) -> Workload:
    hers = [
        (number, late)
        for duty, area, number, late in waiting
        if duty in officer.duties and (not officer.areas or area in officer.areas)
    ]
    today, week, median = decided
    return Workload(
        officer=officer,
        waiting=sum(number for number, _late in hers),
        late=sum(late for _number, late in hers),
        taken=taken.get(officer.reference, 0),
        today=today,
        week=week,
        median=None if median is None else float(median),
    )
