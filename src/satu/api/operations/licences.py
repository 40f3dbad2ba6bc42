"""The register of licences, for officers who look after a kind of them."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Query

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.paging import USUAL, Before, Limit, page
from satu.api.schemas import desk as shapes
from satu.permits import actions, queries

chapter = Chapter(_("Licences"), "officer")


@chapter.look("/licences", _("Licences of the officer's kinds"), shapes.Licences)
def list_licences(
    request: HttpRequest,
    response: HttpResponse,
    q: Annotated[str, Query(max_length=100, description=_("A number, a holder or a place. Never a NIK."))] = "",
    cursor: Before = None,
    limit: Limit = USUAL,
) -> dict[str, object]:
    found = queries.licences_for(actor(request), text=q, limit=limit + 1, before=cursor)
    return page(request, response, found, limit)


@chapter.look("/licences/{uuid:licence_id}", _("One licence with its history"), shapes.Licence)
def read_licence(request: HttpRequest, licence_id: UUID) -> object:
    return queries.licence_for(licence_id, by=actor(request))


@chapter.act(
    "/licences/{uuid:licence_id}/revocation",
    _("End a licence"),
    shapes.Licence,
    how="with-the-action",
    about=_("Its holder and everybody with its document reads the reason, from this moment on."),
)
def revoke_licence(request: HttpRequest, licence_id: UUID, given: shapes.Because) -> object:
    return actions.revoke_licence(licence_id=licence_id, reason=given.reason, by=actor(request))
