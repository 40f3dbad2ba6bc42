"""Showing one document to somebody: the owner's page, and what whoever has the link sees."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from satu.documents.sharing import (
    HOURS,
    OPENINGS,
    Waiting,
    end_share,
    file_of_share,
    open_share,
    share_document,
    share_waiting,
    shares_of,
)
from satu.identity.policies import actor_of, for_residents
from satu.kernel.errors import InvalidInput, Missing
from satu.portal.pages.cases import qr_svg
from satu.theme.wrong import wrong_with


@require_http_methods(["GET", "HEAD", "POST"])
@for_residents
def share(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Make a link and QR code for one document; below, those that there are, and when each was opened."""
    by, error = actor_of(request), None
    if request.method == "POST":
        try:
            share_document(
                document_id=document_id,
                shows=request.POST.get("shows", ""),
                hours=_number(request, "hours"),
                openings=_number(request, "openings"),
                by=by,
            )
        except InvalidInput as raised:
            error = raised
        else:
            return redirect("portal:share", document_id=document_id)
    document, shares = shares_of(document_id, by=by)
    page = {
        "document": document,
        "open": [(one, qr_svg(one.address)) for one in shares if one.state == "open"],
        "over": [one for one in shares if one.state != "open"],
        "hours": HOURS,
        "openings": OPENINGS,
        "wrong": wrong_with(error),
        "typed": request.POST,
    }
    return render(request, "portal/share.html", page, status=error.status if error else 200)


@require_POST
@for_residents
def end(request: HttpRequest, share_id: UUID) -> HttpResponse:
    return redirect("portal:share", document_id=end_share(share_id=share_id, by=actor_of(request)))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """Nothing of the document before a press: a messenger that looks at the address first opens nothing."""
    if request.method == "POST":
        return _opened(request, secret)
    waiting = share_waiting(secret)
    if waiting is None or waiting.state != "open":
        return _gone(request, waiting)
    return render(request, "portal/shared.html", {"opened": None, "waiting": waiting, "secret": secret})


def _opened(request: HttpRequest, secret: str) -> HttpResponse:
    """Also for whoever loads the page again, which opens it once more."""
    try:
        opened = open_share(secret)
    except Missing:
        return _gone(request, share_waiting(secret))
    return render(request, "portal/shared.html", {"opened": opened, "secret": secret})


def _gone(request: HttpRequest, waiting: Waiting | None) -> HttpResponse:
    state, status = ("never", 404) if waiting is None else (waiting.state, 410)
    return render(request, "portal/shared_gone.html", {"state": state}, status=status)


@login_not_required
@never_cache
@require_safe
def shared_file(request: HttpRequest, secret: str) -> HttpResponse:
    """The signed file itself, for whoever has just opened the share."""
    try:
        file = file_of_share(secret, request.GET.get("tiket", ""))
    except Missing:
        waiting = share_waiting(secret)
        if waiting is not None and waiting.state == "open":
            raise  # opening it once more helps
        return _gone(request, waiting)
    response = HttpResponse(file.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _number(request: HttpRequest, field: str) -> int:
    text = request.POST.get(field, "")
    return int(text) if text.isdecimal() and len(text) < 5 else -1  # noqa: PLR2004 - no choice is longer
