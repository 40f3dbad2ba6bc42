"""HTML for administrators: the officers of their own agency, with their duties and areas, and what was changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from satu.desk.look import render_desk
from satu.desk.told import told
from satu.hub.areas import KelurahanArea, every_kelurahan
from satu.identity.actions import TooManyAttempts
from satu.identity.officers import change_rights, resume_officer, suspend_officer
from satu.identity.policies import actor_of, for_officers
from satu.identity.roster import changes_for, officer_for, officers_of
from satu.identity.types import Actor, ChangeView
from satu.kernel.city import the_city
from satu.kernel.errors import Conflict, InvalidInput, NotAllowed
from satu.messaging.actions import add_officer, invite_officer
from satu.services.packages import the_packages
from satu.theme.jinja import day as day_in_words
from satu.theme.navigation import links
from satu.theme.wrong import wrong_with


@dataclass(frozen=True, slots=True)
class Told:
    """One change in words: what was given and taken away."""

    change: ChangeView
    gained: list[str]
    lost: list[str]


@require_safe
@for_officers
def settings(request: HttpRequest) -> HttpResponse:
    """The first of the settings that are hers."""
    pages = links("settings", request)
    if not pages:
        raise NotAllowed(_("None of your duties has settings."))
    return redirect(pages[0].href)


@require_safe
@for_officers
def officers(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    names = _area_names()
    page: dict[str, object] = {
        "officers": officers_of(by),
        "history": [_in_words(one, names) for one in changes_for(by)],
        "told": told(request),
    }
    return render_desk(request, "desk/officers.html", page | _words(names))


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def add(request: HttpRequest) -> HttpResponse:
    """A new officer, who is invited and opens her account herself."""
    by = actor_of(request)
    officers_of(by)  # raises NotAllowed before any form is shown
    if request.method == "POST":
        try:
            number = add_officer(
                login=request.POST.get("login", ""),
                name=request.POST.get("name", ""),
                duties=request.POST.getlist("duties"),
                areas=_areas(request),
                by=by,
            )
        except InvalidInput as error:
            return _form(request, by, error=error)
        return redirect(reverse("desk:officer", args=[number]) + "?selesai=added")
    return _form(request, by)


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def officer(request: HttpRequest, officer_id: int) -> HttpResponse:
    """One officer, to be changed, with what was changed about her before."""
    by = actor_of(request)
    if request.method == "POST":
        officer_for(officer_id, by=by)
        try:
            duties = request.POST.getlist("duties")
            change_rights(account_id=officer_id, duties=duties, areas=_areas(request), by=by)
        except InvalidInput as error:
            return _form(request, by, officer_id, error)
        return redirect(reverse("desk:officer", args=[officer_id]) + "?selesai=rights")
    return _form(request, by, officer_id)


@require_POST
@for_officers
def suspend(request: HttpRequest, officer_id: int) -> HttpResponse:
    by = actor_of(request)
    unopened = officer_for(officer_id, by=by).state in {"added", "invited"}
    suspend_officer(account_id=officer_id, by=by)
    done = "withdrawn" if unopened else "suspended"
    return redirect(reverse("desk:officer", args=[officer_id]) + f"?selesai={done}")


@require_POST
@for_officers
def invite(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Send the invitation again; the one before opens nothing any more."""
    try:
        invite_officer(account_id=officer_id, by=actor_of(request))
    except (TooManyAttempts, Conflict) as error:
        return _form(request, actor_of(request), officer_id, InvalidInput(error.sentence, field="access"))
    return redirect(reverse("desk:officer", args=[officer_id]) + "?selesai=invited")


@require_POST
@for_officers
def resume(request: HttpRequest, officer_id: int) -> HttpResponse:
    resume_officer(account_id=officer_id, by=actor_of(request))
    return redirect(reverse("desk:officer", args=[officer_id]) + "?selesai=resumed")


def _form(
    request: HttpRequest, by: Actor, officer_id: int | None = None, error: InvalidInput | None = None
) -> HttpResponse:
    areas = [area for area in every_kelurahan() if not by.areas or area.code in by.areas]
    names = {area.code: area.name for area in areas}
    one = officer_for(officer_id, by=by) if officer_id else None
    typed = request.POST if error and error.field != "access" else None
    duties = typed.getlist("duties") if typed is not None else one.duties if one else ()
    chosen = typed.getlist("areas") if typed is not None else one.areas if one else ()
    by_area = bool(chosen) or bool(by.areas) or _works_by_area(by.agency)
    page: dict[str, object] = {
        "officer": one,
        "may": the_city().agencies[by.agency].duties,
        "duties": duties,
        "areas": _by_kecamatan(areas) if by_area else {},
        "chosen": chosen,
        "some": bool(chosen) or bool(by.areas) or (typed is not None and typed.get("reach") == "some"),
        "whole_city": not by.areas,
        "typed": typed if typed is not None else {},
        "wrong": wrong_with(error, first={"areas": "reach-some"}),
        "history": [_in_words(one, names) for one in changes_for(by, account_id=officer_id)] if officer_id else [],
        "told": told(request),
    }
    return render_desk(request, "desk/officer.html", page | _words(names), status=error.status if error else 200)


def _areas(request: HttpRequest) -> list[str]:
    """The kelurahan that were chosen; none for the whole city, which has to be said. Raises ``InvalidInput``."""
    if request.POST.get("reach", "city") == "city":
        return []
    chosen = request.POST.getlist("areas")
    if not chosen:
        raise InvalidInput(_("Choose at least one kelurahan, or the whole city."), field="areas")
    return chosen


def _works_by_area(agency: str) -> bool:
    """Whether any task of the agency's belongs to one kelurahan."""
    return any(
        task.area != "city"
        for package in the_packages().values()
        for task in package.tasks.values()
        if task.agency == agency
    )


def _by_kecamatan(areas: Iterable[KelurahanArea]) -> Mapping[str, list[KelurahanArea]]:
    found: dict[str, list[KelurahanArea]] = {}
    for area in sorted(areas, key=lambda one: (one.kecamatan, one.name)):
        found.setdefault(area.kecamatan, []).append(area)
    return found


def _area_names() -> Mapping[str, str]:
    return {area.code: area.name for area in every_kelurahan()}


def _words(names: Mapping[str, str]) -> dict[str, object]:
    return {"duty_names": the_city().duties, "area_names": names}


def _days(after: Mapping[str, object]) -> str:
    """Of an absence: from when until when, and who stands in."""
    ends = {name: day_in_words(date.fromisoformat(str(after[name]))) for name in ("first", "last")}
    days = _("%(first)s to %(last)s") % ends
    return f"{days} · {after['stand_in']}" if after.get("stand_in") else days


def _in_words(change: ChangeView, names: Mapping[str, str]) -> Told:
    labels = the_city().duties

    def said(duties: list[str], areas: list[str]) -> list[str]:
        return [str(labels.get(duty, duty)) for duty in duties] + [names.get(area, area) for area in areas]

    if change.kind not in {"rights", "added"}:
        return Told(change, [_days(change.after)] if change.after.get("first") else [], [])
    gained, lost = (said(*(one(what) for what in ("duties", "areas"))) for one in (change.gained, change.lost))
    everywhere = _("the whole city")
    before, after = change.before.get("areas"), change.after.get("areas")
    return Told(
        change,
        gained + ([everywhere] if after == [] and before != [] else []),
        lost + ([everywhere] if before == [] and after else []),
    )
