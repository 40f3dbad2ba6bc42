"""HTML: systems, facts, services, agencies, the calendar and templates, each with where it is used."""
# ruff: noqa: ARG001 - a page takes a request

from collections.abc import Collection, Mapping
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from satu.desk.setup import uses
from satu.desk.setup.conditions import in_words
from satu.desk.setup.policies import for_administrators
from satu.hub.catalogue import the_catalogue
from satu.hub.observing import Observed, observed_on
from satu.hub.queries import systems_health
from satu.kernel import endpoints
from satu.kernel.calendar import the_calendar
from satu.kernel.city import Label, the_city
from satu.kernel.errors import Missing
from satu.messaging.kinds import fill, the_kinds
from satu.services.packages import the_package, the_packages
from satu.services.queries.versions import is_published, versions_of
from satu.services.samples import render_sample
from satu.theme.jinja import day

_MOST = 200


@require_safe
@for_administrators
def systems(request: HttpRequest) -> HttpResponse:
    today, used = _observed_today(), uses.services_by_system()
    page = {
        "systems": [
            (state, today.get(state.system), the_catalogue().system(state.system), used.get(state.system, []))
            for state in systems_health()
        ]
    }
    return render(request, "desk/setup/systems.html", page)


@require_safe
@for_administrators
def system(request: HttpRequest, system: str) -> HttpResponse:
    catalogue = the_catalogue()
    found = catalogue.systems.get(system)
    if found is None:
        raise Missing(_("There is no such system."))
    page = {
        "system": found,
        "state": next(state for state in systems_health() if state.system == system),
        "today": _observed_today().get(system),
        "agency": uses.agency_name(found.agency),
        "facts": catalogue.facts,
        "settings": [(name, endpoints.is_set(name)) for name in found.connection.settings()],
        "told": [catalogue.news[tell.news].label for tell in found.tells.values()],
        "services": uses.services_by_system().get(system, []),
    }
    return render(request, "desk/setup/system.html", page)


@require_safe
@for_administrators
def facts(request: HttpRequest) -> HttpResponse:
    catalogue, used = the_catalogue(), uses.services_by_fact()
    text = request.GET.get("cari", "").strip()[:100]
    found = [
        (fact, catalogue.systems_answering(fact.key), used.get(fact.key, []))
        for fact in catalogue.facts.values()
        if text.lower() in f"{fact.key} {fact.label.id} {fact.label.en}".lower()
    ]
    page = {"facts": found[:_MOST], "text": text, "all": len(catalogue.facts)}
    return render(request, "desk/setup/facts.html", page)


@require_safe
@for_administrators
def fact(request: HttpRequest, fact: str) -> HttpResponse:
    catalogue = the_catalogue()
    found = catalogue.facts.get(fact)
    if found is None:
        raise Missing(_("The catalogue has no such fact."))
    page = {
        "fact": found,
        "agency": uses.agency_name(found.agency),
        "sources": [catalogue.system(code) for code in found.sources],
        "states": {state.system: state for state in systems_health()},
        "inputs": [catalogue.fact(key) for key in found.derived.inputs] if found.derived else [],
        "services": uses.services_by_fact().get(fact, []),
        "reasons": uses.reasons_for_fact(fact),
        "derived": [one for one in catalogue.facts.values() if one.derived and fact in one.derived.inputs],
    }
    return render(request, "desk/setup/fact.html", page)


@require_safe
@for_administrators
def services(request: HttpRequest) -> HttpResponse:
    page = {
        "services": [
            (package, uses.agency_name(package.agency), uses.unconfirmed([package]))
            for package in the_packages().values()
        ]
    }
    return render(request, "desk/setup/services.html", page)


@require_safe
@for_administrators
def service(request: HttpRequest, slug: str) -> HttpResponse:
    package = the_package(slug)
    page = {
        "package": package,
        "agency": uses.agency_name(package.agency),
        "facts": the_catalogue().facts,
        "systems": {need.fact: the_catalogue().systems_answering(need.fact)[0] for need in package.needs},
        "states": {state.system: state for state in systems_health()},
        "versions": versions_of(slug),
        "published": is_published(slug),
        "in_words": in_words,
        "only_published": settings.SATU_ONLY_PUBLISHED,
        "said": uses.figures_of(package),
    }
    return render(request, "desk/setup/service.html", page)


@require_safe
@for_administrators
def process(request: HttpRequest, slug: str) -> HttpResponse:
    """The way of its requests, as BPMN with its picture."""
    return HttpResponse(the_package(slug).bpmn, content_type="application/xml; charset=utf-8")


@require_safe
@for_administrators
def agencies(request: HttpRequest) -> HttpResponse:
    page = {"agencies": uses.agencies(), "duties": the_city().duties}
    return render(request, "desk/setup/agencies.html", page)


@require_safe
@for_administrators
def calendar(request: HttpRequest) -> HttpResponse:
    days = the_calendar()
    years = sorted(days.years, reverse=True)
    page = {
        "years": [
            (year, year in days.confirmed, [one for day, one in sorted(days.days.items()) if day.year == year])
            for year in years
        ],
        "today": timezone.localdate(),
    }
    return render(request, "desk/setup/calendar.html", page)


@require_safe
@for_administrators
def templates(request: HttpRequest) -> HttpResponse:
    page = {
        "kinds": [
            (kind, {code: _invented(kind.values, code) for code in ("id", "en")}) for kind in the_kinds().values()
        ],
        "fill": fill,
        "services": list(the_packages().values()),
    }
    return render(request, "desk/setup/templates.html", page)


@require_safe
@for_administrators
def document(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A document of a service with invented values, unsigned, as its number says (CONTOH)."""
    package = the_package(slug)
    spec = next((one for one in package.documents if one.key == key), None)
    if spec is None:
        raise Missing(_("This service has no such document."))
    answer = HttpResponse(render_sample(package, the_city(), the_catalogue(), spec), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="contoh-{slug}-{key}.pdf"'
    return answer


#: What stands in the places of a notice that is only looked at.
_INVENTED: Mapping[str, Label | str] = {
    "service": Label("Surat Contoh", "Sample Letter"),
    "number": "CTH-2026-000000",
    "case": "00000000-0000-0000-0000-000000000000",
    "code": "000000",
    "name": Label("Nama Contoh", "Sample Name"),
    "because": Label("Ini contoh alasan.", "This is a sample reason."),
    "fact": Label("Nama lengkap", "Full name"),
}


def _invented(names: Collection[str], language: str) -> dict[str, str]:
    """What stands in these places, in one language."""
    with translation.override(language):
        known = {**_INVENTED, "day": day(date(timezone.localdate().year, 12, 31))}
        return {name: str(known.get(name, name)) for name in names}


def _observed_today() -> dict[str, Observed]:
    whole, _hours = observed_on(timezone.localdate())
    return {one.system: one for one in whole}
