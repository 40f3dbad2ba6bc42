"""HTML for officers: the queue of their tasks, what it is narrowed to, and deciding several at once."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from satu.desk.look import render_desk
from satu.desk.narrowing import as_query, choices, ways, where_of
from satu.desk.told import told
from satu.identity.absence import away_from
from satu.identity.policies import actor_of, for_officers
from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput
from satu.services.actions import batch_items, decide_batch, keep_filter, remove_filter, rename_filter
from satu.services.queries import filters_of, queue_of, unread_messages
from satu.services.types import QueuePage
from satu.theme.wrong import wrong_with

_PAGE = 50
#: Where on the page what is wrong may be mended; without a filter there is none to name.
_IDS = {"q": "cari", "after": "cari", "task": "tasks"}


@require_safe
@for_officers
def queue(request: HttpRequest) -> HttpResponse:
    """The open tasks, fresh on each load."""
    return _queue_page(request, actor_of(request))


def _queue_page(request: HttpRequest, by: Actor, error: InvalidInput | None = None, typed: str = "") -> HttpResponse:
    where, text = where_of(request), request.GET.get("cari", "")[:100]
    try:
        page = queue_of(by, text=text, where=where, after=request.GET.get("setelah") or None, limit=_PAGE)
    except InvalidInput as refused:
        page, error = QueuePage((), ""), refused
    due, kept = ways(by, where, text)
    return render_desk(
        request,
        "desk/tasks.html",
        {
            "queue": page,
            "text": text,
            "where": where,
            "query": as_query(where),
            "following": as_query(where, cari=text, setelah=page.next) if page.next else "",
            "due": due,
            "kept": kept,
            "is_kept": any(one.here for one in kept),
            "choices": choices(by),
            "several": any(item.batch for item in page.items),
            "waiting": unread_messages(by=by),
            "away": away_from(by.agency),
            "told": told(request),
            "wrong": wrong_with(error, ids=_IDS if as_query(where) else {**_IDS, "name": "cari"}),
            "typed": typed,
        },
        status=error.status if error else 200,
    )


@require_POST
@for_officers
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what the queue is narrowed to, under a name."""
    by, where, name = actor_of(request), where_of(request), request.POST.get("name", "")
    before = {one.id: one.where for one in filters_of(by)}
    try:
        kept = keep_filter(name=name, where=where, by=by)
    except InvalidInput as error:
        return _queue_page(request, by, error, name)
    done = "kept" if before.get(kept, where) == where else "replaced"
    return redirect(reverse("desk:tasks") + as_query(where, selesai=done))


@require_POST
@for_officers
def rename(request: HttpRequest, filter_id: UUID) -> HttpResponse:
    by, name = actor_of(request), request.POST.get("name", "")
    try:
        rename_filter(filter_id=filter_id, name=name, by=by)
    except InvalidInput as error:
        return _queue_page(request, by, error, name)
    return redirect(reverse("desk:tasks") + as_query(where_of(request), selesai="renamed"))


@require_POST
@for_officers
def remove(request: HttpRequest, filter_id: UUID) -> HttpResponse:
    remove_filter(filter_id=filter_id, by=actor_of(request))
    return redirect(reverse("desk:tasks") + as_query(where_of(request), selesai="removed"))


@require_POST
@for_officers
def batch(request: HttpRequest) -> HttpResponse:
    """Several tasks at once: first what they are, then, when she is sure, what became of each."""
    by = actor_of(request)
    tasks = list(_task_ids(request))
    if not tasks:
        return _queue_page(request, by, InvalidInput(_("Choose at least one task."), field="tasks"))
    try:
        if request.POST.get("sure") != "yes":
            items = batch_items(task_ids=tasks, by=by)
            page: dict[str, object] = {
                "ready": [item for item in items if not item.refusal],
                "aside": [item for item in items if item.refusal],
            }
            return render_desk(request, "desk/batch.html", page | {"query": as_query(where_of(request))})
        results = decide_batch(task_ids=tasks, by=by)
    except InvalidInput as error:
        return _queue_page(request, by, error)
    decided = Counter(result.outcome for result in results)["decided"]
    page = {"results": results, "decided": decided, "query": as_query(where_of(request))}
    return render_desk(request, "desk/batch_done.html", page)


def _task_ids(request: HttpRequest) -> Iterator[UUID]:
    for text in request.POST.getlist("task"):
        try:
            yield UUID(text)
        except ValueError:
            continue
