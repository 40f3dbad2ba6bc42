"""HTML for officers: the case behind a task, to be decided, between the tasks before and behind it."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from satu.desk.look import render_desk
from satu.desk.narrowing import as_query, where_of
from satu.desk.told import told
from satu.hub.catalogue import the_catalogue
from satu.hub.rows import Row, in_rows
from satu.identity.policies import actor_of, for_officers
from satu.identity.types import Actor
from satu.kernel.city import the_city
from satu.kernel.errors import Conflict, InvalidInput, SatuError
from satu.services.actions import (
    attach_to_task,
    decide_task,
    open_task,
    post_task_message,
    read_task_messages,
    release_task,
    remove_attachment,
    reopen_case,
    take_task,
)
from satu.services.conversation.scanning import ScannerDown
from satu.services.queries import around, files_of_task, objection_of_task, picture_of_task, place_of, queue_of, taken
from satu.services.types import PreviewFact, QueueItem, TaskView
from satu.services.work.types import Around
from satu.theme.talk import sent_files, sent_token
from satu.theme.wrong import Wrong, wrong_with

_FORM = "f-"
"""Begins the names of the fields of a task's form."""
_BEFORE, _BEHIND = 4, 15
"""So many of the queue stand beside the case."""


@require_safe
@for_officers
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    return _task_page(request, open_task(task_id=task_id, by=actor_of(request)), None)


@require_safe
@for_officers
def process(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The way of the request, as BPMN."""
    picture = picture_of_task(task_id, by=actor_of(request))
    return HttpResponse(picture.bpmn if picture else "", content_type="application/xml; charset=utf-8")


@require_POST
@for_officers
def decide(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Decide, and go on to the next one of what she is looking at; from its end, to its head."""
    by, where = actor_of(request), where_of(request)
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    answers = {key.removeprefix(_FORM): value for key, value in request.POST.dict().items() if key.startswith(_FORM)}
    try:
        _keep_photos(request, task_id, by)
        due_on = place_of(task_id, by=by)
        decide_task(task_id=task_id, decision=decision, reason=reason, answers=answers, by=by)
    except (InvalidInput, Conflict, ScannerDown) as error:
        view = open_task(task_id=task_id, by=by)
        ids = {one.key: _FORM + one.key for one in view.form}
        wrong = wrong_with(error, ids=ids, labels={one.key: one.label for one in view.form})
        return _task_page(request, view, error, reason, answers, wrong=wrong)
    behind = around(by, due_on=due_on, task_id=task_id, where=where, before=0, behind=1).behind
    following = behind or queue_of(by, limit=1, where=where).items
    address = reverse("desk:task", args=[following[0].id]) if following else reverse("desk:tasks")
    return redirect(address + as_query(where, selesai=decision))


@require_POST
@for_officers
def take(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """She works on it; or, with ``no``, no longer."""
    by, where, gives_back = actor_of(request), where_of(request), request.POST.get("take") == "no"
    try:
        (release_task if gives_back else take_task)(task_id=task_id, by=by)
    except Conflict as error:
        return _task_page(request, open_task(task_id=task_id, by=by), error)
    done = as_query(where, selesai="released" if gives_back else "taken")
    return redirect(reverse("desk:task", args=[task_id]) + done)


@require_POST
@for_officers
def message(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Write to the applicant."""
    by, text = actor_of(request), request.POST.get("text", "")
    try:
        post_task_message(task_id=task_id, text=text, token=sent_token(request), files=sent_files(request), by=by)
    except SatuError as error:
        if error.field is None:
            raise
        view = open_task(task_id=task_id, by=by)
        wrong = wrong_with(error, ids={"file": "files"})
        return _task_page(request, view, error, message_text=text, wrong=wrong)
    return redirect(reverse("desk:task", args=[task_id]) + as_query(where_of(request)) + "#pesan")


@require_POST
@for_officers
def remove_file(request: HttpRequest, task_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Take away a file that she has attached to her task, such as a wrong photo."""
    by, where = actor_of(request), where_of(request)
    try:
        remove_attachment(attachment_id=attachment_id, by=by)
    except Conflict as error:
        return _task_page(request, open_task(task_id=task_id, by=by), error)
    return redirect(reverse("desk:task", args=[task_id]) + as_query(where, selesai="file-removed"))


def _keep_photos(request: HttpRequest, task_id: UUID, by: Actor) -> None:
    """The photos of a task's form, before anything is decided: what went wrong later, they are kept."""
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            key = name.removeprefix(_FORM)
            try:
                attach_to_task(task_id=task_id, key=key, name=file.name or key, content=file.read(), by=by)
            except SatuError as error:
                if error.field == "file":
                    error.errors = {key: error.sentence}
                raise


@require_POST
@for_officers
def reopen(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take a refused request up again."""
    by = actor_of(request)
    try:
        reopen_case(task_id=task_id, reason=request.POST.get("reason", ""), by=by)
    except (InvalidInput, Conflict) as error:
        wrong = wrong_with(error, ids={"reason": "reopen-reason"})
        return _task_page(request, open_task(task_id=task_id, by=by), error, wrong=wrong)
    return redirect(reverse("desk:task", args=[task_id]) + as_query(where_of(request)))


def _task_page(
    request: HttpRequest,
    view: TaskView,
    error: SatuError | None,
    reason: str = "",
    answers: Mapping[str, str] | None = None,
    *,
    message_text: str = "",
    wrong: Wrong | None = None,
) -> HttpResponse:
    agencies, by = the_city().agencies, actor_of(request)
    picture = picture_of_task(view.id, by=by)
    address = reverse("desk:process", args=[view.id])
    was_refused = any(step.kind in {"refused", "objected"} for step in view.timeline)
    page: dict[str, object] = {
        "task": view,
        "talk": read_task_messages(task_id=view.id, by=by),
        "token": uuid4(),
        "message_text": message_text,
        "process": {"address": address, "done": picture.done, "now": picture.now, "unfold": True}
        if picture
        else None,
        "objection": objection_of_task(view.id, by=by) if was_refused else None,
        "files": files_of_task(view.id, by=by),
        "wrong": wrong or wrong_with(error),
        "reason": reason,
        "answers": answers or {},
        "said": _rows([fact for fact in view.facts if not fact.answer_only]),
        "checked": _rows([fact for fact in view.facts if fact.answer_only]),
        "sources": {code: agencies[system.agency].short for code, system in the_catalogue().systems.items()},
    }
    page |= _beside(request, view, by)
    return render_desk(request, "desk/task.html", page, status=error.status if error else 200)


def _beside(request: HttpRequest, view: TaskView, by: Actor) -> dict[str, object]:
    """The part of the queue in which it stands, with who works on it."""
    where = where_of(request)
    near: Around = around(by, due_on=view.due.day, task_id=view.id, where=where, before=_BEFORE, behind=_BEHIND)
    mine = taken(view.id, by=by)
    here = QueueItem(
        id=view.id,
        number=view.number,
        service_name=view.service_name,
        label=view.label,
        applicant_name=view.applicant_name,
        due_on=view.due.day,
        working_days_left=view.working_days_left,
    )
    return {
        "beside": [*near.before, *([here] if view.state == "open" else []), *near.behind],
        "previous": near.before[-1] if near.before else None,
        "following": near.behind[0] if near.behind else None,
        "taken": mine if view.state == "open" else None,
        "query": as_query(where),
        "told": told(request),
    }


def _rows(facts: list[PreviewFact]) -> list[Row[PreviewFact]]:
    return in_rows(
        facts,
        key=lambda fact: fact.fact,
        shown=lambda fact: fact.shown if fact.is_known else "",
        source=lambda fact: fact.system,
    )
