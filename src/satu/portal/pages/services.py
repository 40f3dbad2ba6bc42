"""Finding a service and beginning it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from satu.hub.catalogue import the_catalogue
from satu.identity.policies import actor_of, for_residents
from satu.services.actions import start_case
from satu.services.packages import the_package
from satu.services.queries import search_services, whom_for


@login_not_required
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """All services, or those that the typed words may mean."""
    text = request.GET.get("q", "").strip()[:100]
    page = {
        "text": text,
        "hits": search_services(text),
        "services": search_services(""),
    }
    return render(request, "portal/services.html", page)


@login_not_required
@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """What a service gives, what it uses and what it costs: for anybody, before signing in."""
    package = the_package(slug)
    catalogue = the_catalogue()
    facts = [catalogue.fact(need.fact) for need in package.needs]
    systems = {system.code: system for fact in facts for system in catalogue.systems_answering(fact.key)[:1]}
    page = {
        "service": package,
        "hit": next(hit for hit in search_services(package.slug) if hit.slug == slug),
        "facts": [fact for fact in facts if not fact.internal],
        "systems": list(systems.values()),
    }
    return render(request, "portal/service.html", page)


@require_POST
@for_residents
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Fetch what the service needs and show it. This reads data, so it is a press and not a visit.

    Where there is more than one for whom she may ask, she chooses first.
    """
    by, about = actor_of(request), request.POST.get("about", "")
    package = the_package(slug)
    if not about and package.acts_for != ("self",):
        choices = whom_for(slug, by=by)
        if len(choices) != 1:
            return render(request, "portal/whom.html", {"service": package, "choices": choices})
        about = choices[0].key
    return redirect("portal:case", case_id=start_case(service=slug, about=about, by=by))
