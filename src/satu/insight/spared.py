"""*Yang dihemat*, on the desk: what residents were spared, for every officer. The figures are those of city hall."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from satu.identity.policies import for_officers
from satu.insight import queries, words
from satu.insight.downloads import services_file
from satu.insight.period import months, period_of
from satu.insight.reckoning import the_city_hall
from satu.kernel.spread import EXACT_TO


@require_safe
@for_officers
def page(request: HttpRequest) -> HttpResponse:
    """All of it, and each service."""
    period, counting = period_of(request), queries.counting()
    rows = queries.by_service(period.since, period.until)
    shown = {
        "period": period,
        "months": months(counting.since),
        "counting": counting,
        "whole": queries.one_of(rows),
        "services": [one for one in rows if one.service],
        "reckoning": the_city_hall().on(period.until),
        "exact_to": EXACT_TO,
        "words": words,
    }
    return render(request, "insight/spared.html", shown)


@require_safe
@for_officers
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same file as city hall's, without the agencies' lines."""
    period = period_of(request)
    rows = queries.by_service(period.since, period.until)
    mine = [*(one for one in rows if one.service), queries.one_of(rows)]
    return services_file(mine, period, f"dihemat-{period.since}-{period.until}")
