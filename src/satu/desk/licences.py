"""HTML for officers who look after licences: the register, one licence with its history, and its end."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from satu.desk.look import render_desk
from satu.identity.policies import actor_of, for_officers
from satu.kernel.errors import Conflict, InvalidInput
from satu.permits.actions import revoke_licence
from satu.permits.queries import licence_for, licences_for
from satu.theme.wrong import wrong_with


@require_safe
@for_officers
def licences(request: HttpRequest) -> HttpResponse:
    """The newest, or those that were searched. What is typed may be a name, but no NIK is searched for."""
    text = request.GET.get("cari", "")[:100]
    page: dict[str, object] = {"licences": licences_for(actor_of(request), text=text), "text": text}
    return render_desk(request, "desk/licences.html", page)


@require_safe
@for_officers
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    told = _("Revoked. The QR page of its letter says so from now on.") if "dicabut" in request.GET else ""
    return _page(request, licence_id, told=told)


@require_POST
@for_officers
def revoke(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    try:
        revoke_licence(licence_id=licence_id, reason=reason, by=actor_of(request))
    except (InvalidInput, Conflict) as error:
        return _page(request, licence_id, error=error, reason=reason)
    response = redirect("desk:licence", licence_id=licence_id)
    response["Location"] += "?dicabut"
    return response


def _page(
    request: HttpRequest,
    licence_id: UUID,
    *,
    error: InvalidInput | Conflict | None = None,
    reason: str = "",
    told: str = "",
) -> HttpResponse:
    page: dict[str, object] = {
        "licence": licence_for(licence_id, by=actor_of(request)),
        "wrong": wrong_with(error),
        "reason": reason,
        "told": told,
    }
    return render_desk(request, "desk/licence.html", page, status=error.status if error else 200)
