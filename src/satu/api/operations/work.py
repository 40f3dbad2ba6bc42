"""How officers share their work: who works on what, several at once, kept filters, absences, and the workload."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.schemas import desk as shapes
from satu.api.schemas.parts import Made
from satu.identity import absence
from satu.services import actions, queries
from satu.services.work.types import QueueFilter

chapter = Chapter(_("Sharing the work"), "officer")


@chapter.act(
    "/tasks/{uuid:task_id}/taking", _("Say that one works on a task"), None, how="with-the-action", status=204
)
def take_task(request: HttpRequest, task_id: UUID) -> None:
    actions.take_task(task_id=task_id, by=actor(request))


@chapter.remove("/tasks/{uuid:task_id}/taking", _("Leave a task to others again"))
def release_task(request: HttpRequest, task_id: UUID) -> None:
    actions.release_task(task_id=task_id, by=actor(request))


@chapter.ask("/tasks/batch/preview", _("Which of several tasks can be decided at once"), list[shapes.BatchItem])
def preview_batch(request: HttpRequest, given: shapes.Tasks) -> object:
    return list(actions.batch_items(task_ids=given.tasks, by=actor(request)))


@chapter.act(
    "/tasks/batch",
    _("Approve several tasks at once"),
    list[shapes.BatchResult],
    how="the-action-itself",
    about=_("Each in a transaction of its own, and each answer says what became of it."),
)
def decide_batch(request: HttpRequest, given: shapes.Tasks) -> object:
    return list(actions.decide_batch(task_ids=given.tasks, by=actor(request)))


@chapter.look("/task-filters", _("Filters that the officer has kept"), list[shapes.Filter])
def list_filters(request: HttpRequest) -> object:
    return list(queries.filters_of(actor(request)))


@chapter.act("/task-filters", _("Keep a filter under a name"), Made, how="with-the-action", status=201)
def keep_filter(request: HttpRequest, given: shapes.NewFilter) -> dict[str, object]:
    where = QueueFilter(**given.model_dump(exclude={"name"}))
    return {"id": actions.keep_filter(name=given.name, where=where, by=actor(request))}


@chapter.settle("/task-filters/{uuid:filter_id}", _("Give a filter another name"), list[shapes.Filter])
def rename_filter(request: HttpRequest, filter_id: UUID, given: shapes.NewName) -> object:
    actions.rename_filter(filter_id=filter_id, name=given.name, by=actor(request))
    return list(queries.filters_of(actor(request)))


@chapter.remove("/task-filters/{uuid:filter_id}", _("Forget a filter"))
def remove_filter(request: HttpRequest, filter_id: UUID) -> None:
    actions.remove_filter(filter_id=filter_id, by=actor(request))


@chapter.look("/workload", _("What waits for each officer of the agency"), list[shapes.Workload])
def read_workload(request: HttpRequest) -> object:
    return list(queries.workload_of(actor(request)))


@chapter.look("/absences", _("Absences, and who could stand in"), shapes.Absences)
def list_absences(
    request: HttpRequest,
    officer: Annotated[
        int | None,
        Query(ge=1, le=2_147_483_647, description=_("Whose, where that is somebody whom the caller looks after.")),
    ] = None,
) -> dict[str, object]:
    by = actor(request)
    able = absence.stand_ins(by, account_id=officer)
    return {
        "items": absence.absences_of(by, account_id=officer),
        "stand_ins": [{"id": number, "name": name} for number, name in able],
    }


@chapter.act("/absences", _("Enter an absence"), Made, how="with-the-action", status=201)
def enter_absence(request: HttpRequest, given: shapes.NewAbsence) -> dict[str, object]:
    made = absence.enter_absence(
        first=given.first, last=given.last, stand_in=given.stand_in, account_id=given.officer, by=actor(request)
    )
    return {"id": made}


@chapter.remove("/absences/{uuid:absence_id}", _("End an absence"))
def end_absence(request: HttpRequest, absence_id: UUID) -> None:
    absence.end_absence(absence_id=absence_id, by=actor(request))
