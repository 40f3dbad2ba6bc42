"""HTML for city hall: what is spared, how long things take, how the systems answer, what services still ask."""

from datetime import datetime, time

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from satu.hub.observing import observed_on
from satu.hub.queries import systems_health
from satu.insight import charts, queries, words
from satu.insight.opened import FEWEST, open_figures
from satu.insight.period import Period, day_in, days_before, months, period_of
from satu.insight.policies import for_city_hall
from satu.insight.reckoning import the_city_hall
from satu.insight.types import ServiceSums
from satu.kernel.spread import EXACT_TO
from satu.services.packages import the_packages


@require_safe
@for_city_hall
def overview(request: HttpRequest) -> HttpResponse:
    period = period_of(request)
    services = queries.by_service(period.since, period.until)
    whole = queries.one_of(services, period.service)
    areas = queries.by_area(period.since, period.until, period.service)
    hall = the_city_hall()
    stretches = charts.stretches(queries.by_day(period.since, period.until, period.service))
    page = {
        "whole": whole,
        "reckoning": hall.on(period.until),
        "stretches": stretches,
        "columns": charts.requests_over_time(stretches),
        "districts": charts.districts(areas, hall.tiles.rows if hall.tiles else ()),
        "levels": charts.levels(areas),
        "nowhere": next((area for area in areas if not area.code), None),
        "tiles": hall.tiles,
        "health": systems_health(),
        "busiest": sorted(
            (one for one in services if one.service), key=lambda one: (-one.sums.requests, one.service)
        )[:5],
    }
    return _render(request, "insight/overview.html", period, page)


@require_safe
@for_city_hall
def services(request: HttpRequest) -> HttpResponse:
    period = period_of(request)
    rows = queries.by_service(period.since, period.until)
    page = {
        "whole": queries.one_of(rows),
        "agencies": [(one, _range(one)) for one in rows if one.agency and not one.service],
        "services": [(one, _range(one)) for one in rows if one.service],
        "ticks": [(charts.at(seconds), seconds) for seconds in charts.TICKS],
    }
    return _render(request, "insight/services.html", period, page)


@require_safe
@for_city_hall
def asked(request: HttpRequest) -> HttpResponse:
    period = period_of(request)
    page: dict[str, object] = {"services": queries.asked(queries.by_service(period.since, period.until))}
    return _render(request, "insight/asked.html", period, page)


@require_safe
@for_city_hall
def systems(request: HttpRequest) -> HttpResponse:
    """One day, hour by hour, on the city's clock."""
    day = day_in(request, "hari") or timezone.localdate()
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    whole, hours = observed_on(day)
    by_system = {one.system: one for one in whole}
    page = {
        "day": day,
        "days": days_before(timezone.localdate(), day),
        "today": timezone.localdate(),
        "systems": [
            {
                "state": state,
                "whole": by_system.get(state.system),
                "hours": [one for one in hours if one.system == state.system],
                "columns": charts.hours_of([one for one in hours if one.system == state.system], midnight),
            }
            for state in systems_health()
        ],
    }
    return _render(request, "insight/systems.html", period_of(request), page)


@login_not_required
@require_safe
def opened(request: HttpRequest) -> HttpResponse:
    """What anybody may know of the city's work."""
    page = {"figures": open_figures(), "fewest": FEWEST, "exact_to": EXACT_TO, "words": words}
    return render(request, "insight/open.html", page)


def _range(one: ServiceSums) -> charts.Range | None:
    return charts.spread(one.median, one.p90)


def _render(request: HttpRequest, template: str, period: Period, page: dict[str, object]) -> HttpResponse:
    counting = queries.counting()
    shown = {
        "period": period,
        "months": months(counting.since),
        "packages": the_packages(),
        "counting": counting,
        "exact_to": EXACT_TO,
        "words": words,
    }
    return render(request, template, shown | page)
