"""Finding a service and beginning it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from satu.hub.catalogue import the_catalogue
from satu.identity.policies import actor_of, for_residents
from satu.kernel.errors import Missing
from satu.services.actions import start_case
from satu.services.packages import the_package
from satu.services.queries import (
    life_event,
    life_events,
    nearest_services,
    search_services,
    services_named,
    whom_for,
)
from satu.services.types import RELATIONS

_ALL = 200
_WHILE_TYPING = 4


@login_not_required
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """All services, or those that the typed words may mean; while she types, the first few of them alone."""
    text = request.GET.get("q", "").strip()[:100]
    if request.headers.get("HX-Request"):
        response = render(request, "portal/found.html", {"text": text, "hits": _while_typing(text)})
        patch_vary_headers(response, ("HX-Request",))
        return response
    hits = search_services(text) if text else []
    page = {
        "text": text,
        "hits": hits,
        "nearest": nearest_services(text) if text and not hits else [],
        "services": [] if hits else search_services("", limit=_ALL),
        "events": [] if hits else life_events(),
    }
    return render(request, "portal/services.html", page)


def _while_typing(text: str) -> list[object]:
    return list(search_services(text, limit=_WHILE_TYPING)) if text else []


@login_not_required
@require_safe
def event(request: HttpRequest, key: str) -> HttpResponse:
    """What the city does for people to whom this happens."""
    found = life_event(key)
    if found is None:
        raise Missing(_("There is nothing of that name here."))
    return render(request, "portal/event.html", {"event": found, "services": services_named(found.services)})


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
        "hit": services_named([slug])[0],
        "facts": [fact for fact in facts if not fact.internal],
        "systems": list(systems.values()),
        "for_whom": [RELATIONS[relation] for relation in package.acts_for],
        "always_asked": [question for question in package.questions if not question.when],
        "sometimes_asked": sum(bool(question.when) for question in package.questions),
        "uploads": [upload for upload in package.uploads if upload.required and not upload.when],
    }
    return render(request, "portal/service.html", page)


@require_POST
@for_residents
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Fetch what the service needs and show it. This reads data, so it is a press and not a visit.

    Where there is more than one for whom she may ask, she chooses first; what takes seconds is hers at once, and she
    says when it is for another (``about=choose``).
    """
    by, about = actor_of(request), request.POST.get("about", "")
    package = the_package(slug)
    if not about and package.begins_with_herself:
        about = "self"
    if about in {"", "choose"} and package.acts_for != ("self",):
        choices = whom_for(slug, by=by)
        if len(choices) != 1:
            return render(request, "portal/whom.html", {"service": package, "choices": choices})
        about = choices[0].key
    return redirect("portal:case", case_id=start_case(service=slug, about=about, by=by))
