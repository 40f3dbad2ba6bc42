"""HTML for officers: the queue of their tasks, and the case behind each, to be decided."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from satu.desk.pages import render_desk
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
    reopen_case,
)
from satu.services.queries import files_of_task, objection_of_task, picture_of_task, queue_of, unread_messages
from satu.services.types import InvalidAnswers, PreviewFact, QueuePage, TaskView, Urgency
from satu.theme.talk import sent_files, sent_token

_FORM = "f-"
"""Begins the names of the fields of a task's form."""
_BESIDE = 30
_ONLY: dict[str, Urgency] = {"late": "late", "today": "today"}


@require_safe
@for_officers
def queue(request: HttpRequest) -> HttpResponse:
    """The open tasks, fresh on each load."""
    by = actor_of(request)
    page = _queue(request, by, limit=50) | {"waiting": unread_messages(by=by)}
    return render_desk(request, "desk/tasks.html", page)


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
    """Decide, and go on to the next one in the queue."""
    by = actor_of(request)
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    answers = {key.removeprefix(_FORM): value for key, value in request.POST.dict().items() if key.startswith(_FORM)}
    try:
        _keep_photos(request, task_id, by)
        decide_task(task_id=task_id, decision=decision, reason=reason, answers=answers, by=by)
    except (InvalidInput, Conflict) as error:
        return _task_page(request, open_task(task_id=task_id, by=by), error, reason, answers)
    following = queue_of(by, limit=1).items
    address = reverse("desk:task", args=[following[0].id]) if following else reverse("desk:tasks")
    return redirect(f"{address}?selesai={decision}")


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
        return _task_page(request, view, None, message_text=text, message_error=error)
    return redirect(reverse("desk:task", args=[task_id]) + "#pesan")


def _keep_photos(request: HttpRequest, task_id: UUID, by: Actor) -> None:
    """The photos of a task's form, before anything is decided: what went wrong later, they are kept."""
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            key = name.removeprefix(_FORM)
            attach_to_task(task_id=task_id, key=key, name=file.name or key, content=file.read(), by=by)


@require_POST
@for_officers
def reopen(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take a refused request up again."""
    by = actor_of(request)
    try:
        reopen_case(task_id=task_id, reason=request.POST.get("reason", ""), by=by)
    except (InvalidInput, Conflict) as error:
        return _task_page(request, open_task(task_id=task_id, by=by), error)
    return redirect("desk:task", task_id=task_id)


_DONE = {
    "approve": lambda: _("Approved. The letter is being issued."),
    "refuse": lambda: _("Refused. The applicant reads your reason."),
    "correction": lambda: _("Sent back. The clock stands still until the applicant sends it again."),
    "noted": lambda: _("Taken note of."),
}


def _queue(request: HttpRequest, by: Actor, *, limit: int) -> dict[str, object]:
    text, only = request.GET.get("cari", "")[:100], request.GET.get("hanya", "")
    page: QueuePage = queue_of(
        by, text=text, only=_ONLY.get(only), after=request.GET.get("setelah") or None, limit=limit
    )
    done = _DONE.get(request.GET.get("selesai", ""))
    return {"queue": page, "text": text, "only": only, "told": done() if done else ""}


def _task_page(
    request: HttpRequest,
    view: TaskView,
    error: InvalidInput | Conflict | None,
    reason: str = "",
    answers: Mapping[str, str] | None = None,
    *,
    message_text: str = "",
    message_error: SatuError | None = None,
) -> HttpResponse:
    agencies = the_city().agencies
    refused = error or message_error
    wrong = error.errors if isinstance(error, InvalidAnswers) else {}
    picture = picture_of_task(view.id, by=actor_of(request))
    address = reverse("desk:process", args=[view.id])
    was_refused = any(step.kind in {"refused", "objected"} for step in view.timeline)
    page: dict[str, object] = {
        "task": view,
        "talk": read_task_messages(task_id=view.id, by=actor_of(request)),
        "token": uuid4(),
        "message_text": message_text,
        "message_error": message_error,
        "process": {"address": address, "done": picture.done, "now": picture.now} if picture else None,
        "objection": objection_of_task(view.id, by=actor_of(request)) if was_refused else None,
        "files": files_of_task(view.id, by=actor_of(request)),
        "error": error,
        "reason": reason,
        "answers": answers or {},
        "wrong": wrong,
        "wrong_list": [{"text": sentence, "href": f"#{_FORM}{key}"} for key, sentence in wrong.items()],
        "said": _rows([fact for fact in view.facts if not fact.answer_only]),
        "checked": _rows([fact for fact in view.facts if fact.answer_only]),
        "sources": {code: agencies[system.agency].short for code, system in the_catalogue().systems.items()},
    }
    beside = _queue(request, actor_of(request), limit=_BESIDE)
    return render_desk(request, "desk/task.html", beside | page, status=refused.status if refused else 200)


def _rows(facts: list[PreviewFact]) -> list[Row[PreviewFact]]:
    return in_rows(
        facts,
        key=lambda fact: fact.fact,
        shown=lambda fact: fact.shown if fact.outcome == "found" else "",
        source=lambda fact: fact.system,
    )
