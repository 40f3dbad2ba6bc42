"""Deciding several tasks at once: each by itself, through the action that decides one."""

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext as _

from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput, SatuError
from satu.services import queries
from satu.services.actions.deciding import decide_task
from satu.services.every_service import OBJECTION
from satu.services.models import Task
from satu.services.packages import package_at
from satu.services.policies import own_task
from satu.services.types import TaskSpec
from satu.services.work.types import BatchItem, BatchResult

#: So many are decided at once; the page says so.
BATCH = 50
_log = structlog.get_logger(__name__)


def batch_items(*, task_ids: Iterable[UUID], by: Actor) -> list[BatchItem]:
    """What these tasks are, before they are decided: those that are hers, each with why it cannot go with the others.

    Raises ``InvalidInput`` for more than ``BATCH``.
    """
    return [_item(task_id, by) for task_id in _limited(task_ids)]


def decide_batch(*, task_ids: Iterable[UUID], by: Actor) -> list[BatchResult]:
    """Approve, or take note of, each of these tasks by ``decide_task``, in a transaction of its own.

    Only of tasks whose package says ``batch``, and where no table advises her otherwise. What one of them comes to
    changes nothing about the others, and each result says what became of it. A double click is one decision each.
    Raises ``InvalidInput`` for more than ``BATCH``.
    """
    return [_decide(item, by) for item in batch_items(task_ids=task_ids, by=by)]


def _limited(task_ids: Iterable[UUID]) -> list[UUID]:
    once = list(dict.fromkeys(task_ids))
    if len(once) > BATCH:
        raise InvalidInput(_("At most %(count)s at once.") % {"count": BATCH}, field="task")
    return once


def _item(task_id: UUID, by: Actor) -> BatchItem:
    try:
        task = own_task(task_id, by=by)
    except SatuError as error:
        return BatchItem(
            id=task_id, number="", applicant_name="", label=None, decision="", refusal=str(error.sentence)
        )
    package = package_at(task.case.service, task.case.version.version)  # type: ignore[union-attr]  # it is submitted
    spec = package.tasks.get(task.name)
    return BatchItem(
        id=task_id,
        number=task.case.number or "",
        applicant_name=task.applicant_name,
        label=spec.label if spec else None,
        decision="noted" if spec and spec.informs else "approve",
        refusal=_why_not(task, spec, by),
    )


def _why_not(task: Task, spec: TaskSpec | None, by: Actor) -> str:
    """Why a task cannot be decided with others; nothing when it can."""
    if task.state == Task.State.DECIDED and task.decision.by != by.reference:
        return _("%(name)s has decided this already.") % {"name": task.decision.by_name}
    if task.name == OBJECTION or spec is None or not spec.batch:
        return _("This has to be decided by itself.")
    if task.state == Task.State.OPEN and any(one.result != "approve" for one in queries.advice_on(task)):
        return _("The rule does not advise to approve it. Open it and look.")
    return ""


def _decide(item: BatchItem, by: Actor) -> BatchResult:
    if item.refusal:
        return BatchResult(item, "refused", item.refusal)
    try:
        decide_task(task_id=item.id, decision=item.decision, reason="", by=by)
    except Conflict as error:
        return BatchResult(item, "late", str(error.sentence))
    except SatuError as error:
        return BatchResult(item, "refused", str(error.sentence))
    except DatabaseError:
        _log.exception("services.batch_decision_failed", task=str(item.id))
        return BatchResult(item, "failed", _("Something went wrong, and nothing was decided here. Try it again."))
    return BatchResult(item, "decided", "")
