"""An officer's queue, the case behind each task, and what she does with it."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from ninja import Query

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.once import token_of
from satu.api.operations.cases import as_text
from satu.api.operations.conversation import Files, Key, Sent, Text, refuse_other_parts, sent
from satu.api.paging import USUAL, Limit, linked
from satu.api.schemas import desk as shapes
from satu.api.schemas import parts
from satu.api.schemas.parts import Made, Picture
from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput, Missing
from satu.services import actions, queries
from satu.services.types import TaskView

chapter = Chapter(_("Tasks of officers"), "officer")


@chapter.look("/tasks", _("The officer's queue"), shapes.Queue)
def list_tasks(
    request: HttpRequest,
    response: HttpResponse,
    *,
    q: Annotated[str, Query(max_length=100, description=_("A request's number or its end, or a name."))] = "",
    only: Annotated[Literal["late", "today"] | None, Query(description=_("Those that are due."))] = None,
    cursor: Annotated[str, Query(max_length=60, description=_("`next` of the page before."))] = "",
    limit: Limit = USUAL,
) -> dict[str, object]:
    try:
        found = queries.queue_of(actor(request), text=q, only=only, after=cursor or None, limit=limit)
    except InvalidInput as error:
        raise InvalidInput(error.sentence, field="q" if error.field == "q" else "cursor") from error
    return linked(request, response, found.items, found.next or None)


@chapter.look("/tasks/waiting", _("Where an applicant has written and nobody has read it"), list[shapes.Waiting])
def list_waiting(request: HttpRequest) -> object:
    return queries.unread_messages(by=actor(request))


@chapter.look(
    "/tasks/{uuid:task_id}",
    _("One task with its case"),
    shapes.Task,
    about=_("That she looked stands in the applicant's access ledger before she sees it."),
)
def read_task(request: HttpRequest, task_id: UUID) -> dict[str, object]:
    return _whole(actions.open_task(task_id=task_id, by=actor(request)), actor(request))


@chapter.look("/tasks/{uuid:task_id}/process", _("The picture of its way"), Picture)
def read_task_process(request: HttpRequest, task_id: UUID) -> object:
    found = queries.picture_of_task(task_id, by=actor(request))
    if found is None:
        raise Missing(gettext_lazy("A draft has no way yet."))
    return found


@chapter.act(
    "/tasks/{uuid:task_id}/decision",
    _("Decide"),
    None,
    how="the-action-itself",
    status=204,
    about=_("A second time the same is once; when somebody else was first, that is a conflict."),
)
def decide_task(request: HttpRequest, task_id: UUID, given: shapes.Decide) -> None:
    actions.decide_task(
        task_id=task_id,
        decision=given.decision,
        reason=given.reason,
        answers=as_text(given.answers),
        by=actor(request),
    )


@chapter.act(
    "/tasks/{uuid:task_id}/reopening", _("Take a refused request up again"), None, how="the-action-itself", status=204
)
def reopen_case(request: HttpRequest, task_id: UUID, given: shapes.Because) -> None:
    actions.reopen_case(task_id=task_id, reason=given.reason, by=actor(request))


@chapter.act(
    "/tasks/{uuid:task_id}/files",
    _("Send a photo or PDF of an inspection"),
    Made,
    how="the-action-itself",
    status=201,
)
def send_task_file(request: HttpRequest, task_id: UUID, key: Key, file: Sent) -> dict[str, object]:
    refuse_other_parts(request)
    name, content = file.name or "", file.read()
    return {"id": actions.attach_to_task(task_id=task_id, key=key, name=name, content=content, by=actor(request))}


@chapter.look(
    "/tasks/{uuid:task_id}/messages",
    _("What was written on its request"),
    parts.Conversation,
    about=_("From now on an officer has read it."),
)
def read_task_messages(request: HttpRequest, task_id: UUID) -> object:
    return actions.read_task_messages(task_id=task_id, by=actor(request))


@chapter.act("/tasks/{uuid:task_id}/messages", _("Write to the applicant"), Made, how="the-action-itself", status=201)
def write_task_message(request: HttpRequest, task_id: UUID, text: Text, files: Files = []) -> dict[str, object]:  # noqa: B006
    refuse_other_parts(request)
    posted = actions.post_task_message(
        task_id=task_id, text=text, token=token_of(request), files=sent(files), by=actor(request)
    )
    return {"id": posted}


def _whole(task: TaskView, by: Actor) -> dict[str, object]:
    was_refused = any(step.kind in {"refused", "objected"} for step in task.timeline)
    apart = {"due_on", "files", "objection"}
    plain = {name: getattr(task, name) for name in shapes.Task.model_fields if name not in apart}
    return plain | {
        "due_on": task.due.day,
        "files": queries.files_of_task(task.id, by=by),
        "objection": queries.objection_of_task(task.id, by=by) if was_refused else None,
    }
