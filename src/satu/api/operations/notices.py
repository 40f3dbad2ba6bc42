"""What the city told the caller, and where else she wants to hear it."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.paging import USUAL, Before, Limit, page
from satu.api.schemas import own as shapes
from satu.identity.actions import remove_contact_point, verify_contact_point
from satu.messaging import actions, queries

chapter = Chapter(_("Notices"), "resident")


@chapter.look("/notices", _("The inbox"), shapes.Notices)
def list_notices(
    request: HttpRequest, response: HttpResponse, cursor: Before = None, limit: Limit = USUAL
) -> dict[str, object]:
    return page(request, response, queries.inbox_of(actor(request), limit=limit + 1, before=cursor), limit)


@chapter.look(
    "/notices/{uuid:notice_id}", _("One notice"), shapes.Notice, about=_("Reading it here does not mark it as read.")
)
def read_notice(request: HttpRequest, notice_id: UUID) -> object:
    return queries.notice_of(notice_id, by=actor(request))


@chapter.act("/notices/{uuid:notice_id}/read", _("Mark a notice as read"), None, how="with-the-action", status=204)
def mark_notice_read(request: HttpRequest, notice_id: UUID) -> None:
    actions.mark_read(notice_id=notice_id, by=actor(request))


@chapter.act("/notices/read", _("Mark all notices as read"), None, how="with-the-action", status=204)
def mark_notices_read(request: HttpRequest) -> None:
    actions.mark_all_read(by=actor(request))


@chapter.look("/channels", _("Channels besides the inbox"), list[shapes.Channel])
def list_channels(request: HttpRequest) -> object:
    return queries.channels_of(actor(request))


@chapter.settle("/channels/{channel}", _("Whether notices are wanted on a channel"), list[shapes.Channel])
def choose_channel(request: HttpRequest, channel: Literal["email", "sms"], given: shapes.Wanted) -> object:
    actions.subscribe(channel=channel, wanted=given.wanted, by=actor(request))
    return queries.channels_of(actor(request))


@chapter.act(
    "/contact-points",
    _("Add an address"),
    shapes.Address,
    how="with-the-action",
    status=201,
    about=_("A code is sent there; an address that waits on the same channel is replaced."),
)
def add_contact_point(request: HttpRequest, given: shapes.NewAddress) -> object:
    return actions.add_contact_point(channel=given.channel, address=given.address, by=actor(request))


@chapter.act(
    "/contact-points/{uuid:contact_point_id}/verification",
    _("Tell the code that came to an address"),
    shapes.Address,
    how="the-action-itself",
)
def verify_address(request: HttpRequest, contact_point_id: UUID, given: shapes.Code) -> object:
    return verify_contact_point(contact_point_id=contact_point_id, code=given.code, by=actor(request))


@chapter.remove("/contact-points/{uuid:contact_point_id}", _("Forget an address"))
def remove_address(request: HttpRequest, contact_point_id: UUID) -> None:
    remove_contact_point(contact_point_id=contact_point_id, by=actor(request))
