"""City hall: the figures of its pages, by the same queries, for those whose duty it is. And some for everybody."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.periods import Since, Until, days_of
from satu.api.schemas import city as shapes
from satu.hub.observing import observed_on
from satu.hub.queries import systems_health
from satu.insight import queries
from satu.insight.opened import open_figures
from satu.insight.policies import require_city_hall
from satu.insight.reckoning import the_city_hall
from satu.services.packages import the_package

chapter = Chapter(_("City hall"), "officer")
Service = Annotated[str, Query(max_length=60, description=_("Of one service; left out, of all."))]
Day = Annotated[date | None, Query(description=_("The day; left out, today."))]


@chapter.look("/city/overview", _("What residents were spared"), shapes.Overview)
def read_city_overview(
    request: HttpRequest, since: Since = None, until: Until = None, service: Service = ""
) -> object:
    require_city_hall(actor(request))
    if service:
        the_package(service)  # raises Missing
    first, last = days_of(since, until)
    whole = queries.one_of(queries.by_service(first, last), service)
    reckoning = the_city_hall().on(last)
    figures = {"rupiah": reckoning.rupiah(whole.sums), "hours": reckoning.hours(whole.sums)}
    return {"whole": whole, "reckoning": reckoning} | figures | _counted(first, last)


@chapter.look("/city/services", _("Times and deadlines by agency and service"), shapes.FiguresByService)
def list_city_services(request: HttpRequest, since: Since = None, until: Until = None) -> object:
    require_city_hall(actor(request))
    first, last = days_of(since, until)
    return _listed(first, last, queries.by_service(first, last))


@chapter.look("/city/days", _("Requests by day"), shapes.FiguresByDay)
def list_city_days(request: HttpRequest, since: Since = None, until: Until = None, service: Service = "") -> object:
    require_city_hall(actor(request))
    first, last = days_of(since, until)
    return _listed(first, last, queries.by_day(first, last, service))


@chapter.look("/city/areas", _("Requests by kelurahan"), shapes.FiguresByArea)
def list_city_areas(request: HttpRequest, since: Since = None, until: Until = None, service: Service = "") -> object:
    require_city_hall(actor(request))
    first, last = days_of(since, until)
    return _listed(first, last, queries.by_area(first, last, service))


@chapter.look("/city/asked", _("What services still ask"), shapes.FiguresStillAsked)
def list_city_asked(request: HttpRequest, since: Since = None, until: Until = None) -> object:
    require_city_hall(actor(request))
    first, last = days_of(since, until)
    return _listed(first, last, queries.asked(queries.by_service(first, last)))


@chapter.look("/city/systems", _("How the systems answered on a day, hour by hour"), shapes.SystemsOfADay)
def read_city_systems(request: HttpRequest, day: Day = None) -> object:
    require_city_hall(actor(request))
    chosen = days_of(day, day)[0] if day else timezone.localdate()
    whole, hours = observed_on(chosen)
    return {"day": chosen, "now": list(systems_health()), "whole": whole, "hours": hours}


@chapter.look("/open-figures", _("The city's open figures"), shapes.OpenFigures, public=True)
def read_open_figures(request: HttpRequest) -> object:  # noqa: ARG001
    return open_figures()


def _listed(first: date, last: date, items: Iterable[object]) -> dict[str, object]:
    return {"items": list(items)} | _counted(first, last)


def _counted(first: date, last: date) -> dict[str, object]:
    return {"since": first, "until": last, "counted_until": queries.counting().until}
