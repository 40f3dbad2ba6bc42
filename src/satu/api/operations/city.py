"""How the connected systems answer, and what residents were spared."""

from dataclasses import asdict

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from satu.api.chapters import Chapter
from satu.api.periods import Since, Until, days_of
from satu.api.schemas import city, services
from satu.hub.queries import systems_health
from satu.insight.queries import by_service, one_of
from satu.insight.types import ServiceSums

chapter = Chapter(_("The city's work"), "officer")


@chapter.look("/systems", _("How the connected systems answer"), list[services.Health])
def list_systems(request: HttpRequest) -> object:  # noqa: ARG001
    return list(systems_health())


@chapter.look(
    "/saved",
    _("What residents were spared"),
    city.SavedAnswer,
    about=_(
        "By service, and for all of them at the end, over requests sent in the period. No line is about a person."
    ),
)
def read_saved(request: HttpRequest, since: Since = None, until: Until = None) -> dict[str, object]:  # noqa: ARG001
    first, last = days_of(since, until)
    rows = by_service(first, last)
    shown = [*(one for one in rows if one.service), one_of(rows)]
    return {"since": first, "until": last, "services": list(map(_line, shown))}


def _line(one: ServiceSums) -> dict[str, object]:
    """The sums beside their service, in one line."""
    named = {name: getattr(one, name) for name in ("service", "service_name", "agency_name", "median", "p90")}
    return asdict(one.sums) | named
