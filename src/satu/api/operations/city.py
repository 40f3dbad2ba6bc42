"""How the connected systems answer, and what residents were spared."""

from datetime import date, timedelta
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query

from satu.api.chapters import Chapter
from satu.api.schemas import desk, services
from satu.hub.queries import systems_health
from satu.services.queries.saved import saved

chapter = Chapter(_("The city's work"), "officer")
_USUAL = timedelta(days=30)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 1, 1)


@chapter.look("/systems", _("How the connected systems answer"), list[services.Health])
def list_systems(request: HttpRequest) -> object:  # noqa: ARG001
    return list(systems_health())


@chapter.look(
    "/saved",
    _("What residents were spared"),
    desk.SavedAnswer,
    about=_(
        "By service, and for all of them at the end, over requests sent in the period. No line is about a person."
    ),
)
def read_saved(
    request: HttpRequest,  # noqa: ARG001
    since: Annotated[
        date | None, Query(description=_("The first day; left out, thirty days before the last."))
    ] = None,
    until: Annotated[date | None, Query(description=_("The last day; left out, today."))] = None,
) -> dict[str, object]:
    last = _within(until) if until else timezone.localdate()
    first = min(_within(since) if since else last - _USUAL, last)
    return {"since": first, "until": last, "services": saved(since=first, until=last)}


def _within(day: date) -> date:
    return min(max(day, _EARLIEST), _LATEST)
