"""How the city is set up, read only, for those who look after Satu: what the pages under Pengaturan show."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.schemas import setup as shapes
from satu.desk.setup import uses
from satu.desk.setup.policies import require_administrator
from satu.hub.catalogue import the_catalogue
from satu.hub.observing import observed_on
from satu.hub.queries import systems_health
from satu.kernel import endpoints
from satu.kernel.calendar import the_calendar
from satu.messaging.kinds import the_kinds
from satu.services.packages import the_package, the_packages
from satu.services.queries.versions import is_published, versions_of

chapter = Chapter(_("Set-up of the city"), "officer")


@chapter.look("/setup/systems", _("The connected systems"), list[shapes.SetupSystem])
def list_setup_systems(request: HttpRequest) -> object:
    require_administrator(actor(request))
    catalogue, used = the_catalogue(), uses.services_by_system()
    today = {one.system: one for one in observed_on(timezone.localdate())[0]}
    return [
        {
            name: getattr(system, name)
            for name in ("code", "name", "kind", "simulated", "legal_basis", "coverage", "freshness", "deadline")
        }
        | {
            "agency": uses.agency_name(system.agency),
            "facts": list(system.facts),
            "told": [catalogue.news[tell.news].label for tell in system.tells.values()],
            "services": [package.slug for package in used.get(system.code, [])],
            "settings": [
                {"name": f"SATU_{name}", "is_set": endpoints.is_set(name)} for name in system.connection.settings()
            ],
            "health": state,
            "report": state.report,
            "today": today.get(system.code),
        }
        for state in systems_health()
        for system in [catalogue.system(state.system)]
    ]


@chapter.look("/setup/facts", _("The catalogue of facts"), list[shapes.SetupFact])
def list_setup_facts(request: HttpRequest) -> object:
    require_administrator(actor(request))
    used = uses.services_by_fact()
    return [
        {
            name: getattr(fact, name)
            for name in ("key", "label", "type", "subject", "legal_basis", "classification", "sources")
        }
        | {
            "agency": uses.agency_name(fact.agency),
            "max_age_seconds": None if fact.max_age is None else int(fact.max_age.total_seconds()),
            "derived_from": list(fact.derived.inputs) if fact.derived else [],
            "services": [package.slug for package in used.get(fact.key, [])],
            "reasons": [reason.code for reason in uses.reasons_for_fact(fact.key)],
        }
        for fact in the_catalogue().facts.values()
    ]


@chapter.look("/setup/services", _("The services as their folders say them"), list[shapes.SetupService])
def list_setup_services(request: HttpRequest) -> object:
    require_administrator(actor(request))
    return [
        {
            "slug": package.slug,
            "name": package.name,
            "agency": uses.agency_name(package.agency),
            "version": package.version,
            "unconfirmed": uses.unconfirmed([package]),
        }
        for package in the_packages().values()
    ]


@chapter.look("/setup/services/{slug:slug}/versions", _("The versions of a service"), shapes.Versions)
def list_setup_versions(request: HttpRequest, slug: str) -> object:
    require_administrator(actor(request))
    service = the_package(slug).slug  # raises Missing
    return {"published": is_published(service), "items": versions_of(service)}


@chapter.look("/setup/agencies", _("The agencies"), list[shapes.SetupAgency])
def list_setup_agencies(request: HttpRequest) -> object:
    require_administrator(actor(request))
    return uses.agencies()


@chapter.look("/setup/calendar", _("The working days"), shapes.Calendar)
def read_setup_calendar(request: HttpRequest) -> object:
    require_administrator(actor(request))
    calendar = the_calendar()
    return {
        "years": sorted(calendar.years),
        "confirmed": sorted(calendar.confirmed),
        "days": [one for _day, one in sorted(calendar.days.items())],
    }


@chapter.look("/setup/templates", _("What the city tells people"), list[shapes.Template])
def list_setup_templates(request: HttpRequest) -> object:
    require_administrator(actor(request))
    return [
        {name: getattr(kind, name) for name in ("inbox", "channels", "subject", "body", "email", "sms")}
        | {"kind": kind.name, "values": sorted(kind.values)}
        for kind in the_kinds().values()
    ]
