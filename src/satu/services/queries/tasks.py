"""The queue and the task as an officer sees them."""

import re
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
from satu.services.decisions import decide
from satu.services.dossiers import values_of
from satu.services.models import Task, TaskDecision
from satu.services.packages import package_at, the_packages
from satu.services.policies import own_task
from satu.services.queries.parts import basis_of, decided_by, outcomes_in, preview, questions_of, values_now
from satu.services.subjects import about_of
from satu.services.timeline import timeline_of
from satu.services.types import (
    QueueItem,
    QueuePage,
    TaskDecisionView,
    TaskView,
    Urgency,
)

_OF_AREAS = """
WITH one AS (
    SELECT task.id, task.name, task.applicant_name, task.due_on, task.case_id
    FROM unnest(%(duties)s::text[]) AS d(duty) CROSS JOIN unnest(%(areas)s::text[]) AS a(area)
    CROSS JOIN LATERAL (
        SELECT t.* FROM services_task t JOIN services_case c ON c.id = t.case_id
        WHERE t.state = 'open' AND t.agency = %(agency)s AND t.duty = d.duty {and_area}
            AND (t.due_on, t.id) > (%(due_on)s, %(id)s) AND t.due_on <= %(until)s
            AND (%(text)s = '' OR lower(t.applicant_name) LIKE %(like)s OR lower(c.number) LIKE %(like)s)
        ORDER BY t.due_on, t.id LIMIT %(limit)s
    ) task
    ORDER BY task.due_on, task.id LIMIT %(limit)s
)
SELECT one.id, one.name, one.applicant_name, one.due_on, c.number, c.service
FROM one JOIN services_case c ON c.id = one.case_id ORDER BY one.due_on, one.id
"""


_NOTHING = (date.min, UUID(int=0))


def queue_of(
    by: Actor, *, text: str = "", only: Urgency | None = None, after: str | None = None, limit: int = 50
) -> QueuePage:
    """The open tasks that an officer may decide, the most urgent first; in one query, however long the queue is.

    ``text`` looks in names and numbers. ``only`` is ``late``, or ``today`` (with what is late). ``after`` is the page
    before's ``next``. Raises ``NotAllowed`` for whoever is no officer, ``InvalidInput`` for another ``after``.
    """
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer of the city has a queue."))
    due_on, task_id = _read_cursor(after)
    today = timezone.localdate()
    looked_for = " ".join(text.lower().split())
    statement = _OF_AREAS.format(and_area="AND t.area = a.area" if by.areas else "")
    values: dict[str, Any] = {
        "duties": sorted(by.duties),
        "areas": sorted(by.areas) or [""],
        "agency": by.agency,
        "due_on": due_on,
        "id": task_id,
        "until": {"late": today - timedelta(days=1), "today": today}.get(only or "", date.max),
        "text": looked_for,
        "like": "%" + re.sub(r"([\\%_])", r"\\\1", looked_for) + "%",
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    items = tuple(_queue_item(row) for row in rows[:limit])
    following = f"{items[-1].due_on.isoformat()}~{items[-1].id}" if len(rows) > limit else ""
    return QueuePage(items=items, next=following)


def task_for(task_id: UUID, *, by: Actor) -> TaskView:
    """What her task is about. A page uses ``actions.open_task``, which tells the applicant's ledger that she looked.

    Raises what ``policies.own_task`` raises.
    """
    task = own_task(task_id, by=by)
    case = task.case
    package = package_at(case.service, case.version.version)  # type: ignore[union-attr]  # it is submitted
    spec = package.tasks[task.name]
    dossier, answers = basis_of(case, package)
    outcomes, values = outcomes_in(dossier), values_now(case, package)
    pending = {one.fact: one for one in case.pending.all()}
    made = [
        _task_decision(one)
        for one in TaskDecision.objects.filter(task__case=case).order_by("at")
        if one.pk != task.pk
    ]
    return TaskView(
        id=task.pk,
        number=case.number or "",
        service_name=package.name,
        label=spec.label,
        applicant_name=task.applicant_name,
        about=about_of(case),
        state=task.state,  # type: ignore[arg-type]  # the column's choices are the type's
        due=the_calendar().due(task.due_on, since=timezone.localdate(task.opened_at)),
        working_days_left=working_days_left(task.due_on, timezone.now(), the_calendar()),
        facts=tuple(preview(package, outcomes, pending, case.corrections.all())),
        questions=tuple(questions_of(package, answers, values_of(outcomes.values()))),
        advice=tuple(
            decided_by(decide(table, values), timezone.now()) for table in package.tables.values() if table.advises
        ),
        decisions=spec.decisions,
        decided=_task_decision(task.decision) if task.state == Task.State.DECIDED else None,
        earlier=tuple(made),
        timeline=timeline_of(case, list(case.events.order_by("id")), package, to="officer"),
        issues=package.document.title,
    )


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
    spec = package.tasks.get(name) if package else None
    return QueueItem(
        id=task_id,
        number=number,
        service_name=package.name if package else Label(service, service),
        label=spec.label if spec else Label(name, name),
        applicant_name=applicant_name,
        due_on=due_on,
        working_days_left=working_days_left(due_on, timezone.now(), the_calendar()),
    )


def _task_decision(made: TaskDecision) -> TaskDecisionView:
    return TaskDecisionView(
        decision=made.decision,  # type: ignore[arg-type]  # the column's choices are the type's
        reason=made.reason,
        by_name=made.by_name,
        at=made.at,
    )
