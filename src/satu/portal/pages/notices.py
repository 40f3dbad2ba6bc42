"""*Pemberitahuan*: what the city told a resident, and where else she wants to hear it."""

from itertools import groupby
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from satu.identity.actions import remove_contact_point, verify_contact_point
from satu.identity.policies import actor_of, for_residents
from satu.identity.types import Channel
from satu.kernel.errors import Missing, SatuError
from satu.messaging import actions
from satu.messaging.queries import channels_of, inbox_of, notice_of
from satu.messaging.types import CHANNELS
from satu.theme.wrong import wrong_with

_PAGE = 20


@require_safe
@for_residents
def notices(request: HttpRequest) -> HttpResponse:
    """The inbox, newest first, by day."""
    found = inbox_of(actor_of(request), limit=_PAGE + 1, before=_uuid(request.GET.get("sebelum")))
    shown = found[:_PAGE]
    page = {
        "days": [(day, list(on_day)) for day, on_day in groupby(shown, key=lambda one: timezone.localdate(one.at))],
        "unread": any(not one.read for one in shown),
        "older": shown[-1].id if len(found) > _PAGE else None,
        "first": "sebelum" not in request.GET,
    }
    return render(request, "portal/notices.html", page)


@require_POST
@for_residents
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Read it, and go to what it is about."""
    by = actor_of(request)
    notice = notice_of(notice_id, by=by)
    actions.mark_read(notice_id=notice_id, by=by)
    return redirect(notice.link or "portal:notices")


@require_POST
@for_residents
def read_all(request: HttpRequest) -> HttpResponse:
    actions.mark_all_read(by=actor_of(request))
    return redirect("portal:notices")


@require_safe
@for_residents
def settings(request: HttpRequest) -> HttpResponse:
    """Her addresses, and on which channels she wants notices."""
    return _settings(request)


@require_POST
@for_residents
def add_address(request: HttpRequest, channel: str) -> HttpResponse:
    """Send a code to a new address, or another one to one that waits."""
    known, address = _channel(channel), request.POST.get("address", "")
    try:
        actions.add_contact_point(channel=known, address=address, by=actor_of(request))
    except SatuError as error:
        return _settings(request, error, field=f"address-{known}", typed=address)
    return redirect("portal:notice-settings")


@require_POST
@for_residents
def verify_address(request: HttpRequest, contact_point_id: UUID) -> HttpResponse:
    try:
        verify_contact_point(
            contact_point_id=contact_point_id, code=request.POST.get("code", ""), by=actor_of(request)
        )
    except Missing:
        raise
    except SatuError as error:
        return _settings(request, error, field=f"code-{contact_point_id}")
    return redirect("portal:notice-settings")


@require_POST
@for_residents
def remove_address(request: HttpRequest, contact_point_id: UUID) -> HttpResponse:
    remove_contact_point(contact_point_id=contact_point_id, by=actor_of(request))
    return redirect("portal:notice-settings")


@require_POST
@for_residents
def subscribe(request: HttpRequest, channel: str) -> HttpResponse:
    wanted = request.POST.get("wanted") == "yes"
    actions.subscribe(channel=_channel(channel), wanted=wanted, by=actor_of(request))
    return redirect("portal:notice-settings")


def _settings(
    request: HttpRequest, error: SatuError | None = None, *, field: str = "", typed: str = ""
) -> HttpResponse:
    wrong = wrong_with({field: error.sentence} if error else None)
    page = {"channels": channels_of(actor_of(request)), "wrong": wrong, "typed": typed}
    return render(request, "portal/notice_settings.html", page, status=error.status if error else 200)


def _channel(text: str) -> Channel:
    if text not in CHANNELS:
        raise Missing("")
    return cast("Channel", text)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
