"""The officers of an agency, for its administrator."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.paging import USUAL, Limit
from satu.api.schemas import desk as shapes
from satu.identity import officers, roster
from satu.messaging import actions as messages

OfOfficer = Annotated[int | None, Query(ge=1, le=2_147_483_647, description=_("Of one officer, by her number."))]
chapter = Chapter(_("Officers of an agency"), "officer")


@chapter.look("/officers", _("Officers whom the administrator looks after"), list[shapes.Officer])
def list_officers(request: HttpRequest) -> object:
    return list(roster.officers_of(actor(request)))


@chapter.act("/officers", _("Add an officer"), shapes.Numbered, how="with-the-action", status=201)
def add_officer(request: HttpRequest, given: shapes.NewOfficer) -> dict[str, object]:
    number = messages.add_officer(
        login=given.login, name=given.name, duties=given.duties, areas=given.areas, by=actor(request)
    )
    return {"id": number}


@chapter.look("/officers/changes", _("What was changed about them, the newest first"), list[shapes.OfficerChange])
def list_officer_changes(request: HttpRequest, officer: OfOfficer = None, limit: Limit = USUAL) -> object:
    return list(roster.changes_for(actor(request), account_id=officer, limit=limit))


@chapter.look("/officers/{int:officer_id}", _("One officer"), shapes.Officer)
def read_officer(request: HttpRequest, officer_id: int) -> object:
    return roster.officer_for(officer_id, by=actor(request))


@chapter.settle("/officers/{int:officer_id}/rights", _("Other duties and areas"), shapes.Officer)
def change_rights(request: HttpRequest, officer_id: int, given: shapes.Rights) -> object:
    by = actor(request)
    officers.change_rights(account_id=officer_id, duties=given.duties, areas=given.areas, by=by)
    return roster.officer_for(officer_id, by=by)


@chapter.act(
    "/officers/{int:officer_id}/invitation",
    _("Send the invitation again"),
    None,
    how="with-the-action",
    status=204,
    about=_("To an officer who has not opened her account yet. The invitation before opens nothing any more."),
)
def invite_officer(request: HttpRequest, officer_id: int) -> None:
    messages.invite_officer(account_id=officer_id, by=actor(request))


@chapter.act(
    "/officers/{int:officer_id}/suspension", _("Suspend an officer"), None, how="with-the-action", status=204
)
def suspend_officer(request: HttpRequest, officer_id: int) -> None:
    officers.suspend_officer(account_id=officer_id, by=actor(request))


@chapter.remove("/officers/{int:officer_id}/suspension", _("Let an officer sign in again"))
def resume_officer(request: HttpRequest, officer_id: int) -> None:
    officers.resume_officer(account_id=officer_id, by=actor(request))
