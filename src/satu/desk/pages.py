"""HTML for officers: find anybody, say why, and see what the systems know."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from satu.desk.look import render_desk
from satu.hub import inquiries, queries
from satu.hub.actions import find_people, open_inquiry
from satu.hub.catalogue import the_catalogue
from satu.hub.choosing import seal, unseal
from satu.hub.formatting import show, table
from satu.hub.nightly import Behind, behind
from satu.hub.queries import OpenInquiry, SystemFacts
from satu.hub.rows import Row, in_rows
from satu.hub.types import Found, Outcome, PeopleFound, PersonHit
from satu.identity.policies import actor_of, for_officers
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput, Missing
from satu.kernel.identifiers import Nik
from satu.theme.wrong import wrong_with

_REGISTER = "siak"
_DIGITS = 16
"""Of a NIK, and of a KK number."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of the name box."""

    token: str
    person: PersonHit


@dataclass(frozen=True, slots=True)
class Line:
    """One fact in a panel; a list of things with parts comes as rows."""

    outcome: Outcome
    shown: str
    rows: list[list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class PanelView:
    """One system's panel. ``lines`` is ``None`` as long as it has not been asked."""

    system: SystemFacts
    lines: list[Line] | None
    refused: list[Label]
    """What the system also knows and the reason does not allow."""

    @property
    def down(self) -> bool:
        return bool(self.lines) and all(_kind(line.outcome) == "Unavailable" for line in self.lines or [])

    @property
    def empty(self) -> bool:
        """It answered that it holds nothing on this person."""
        return bool(self.lines) and all(_kind(line.outcome) == "NotFound" for line in self.lines or [])

    @property
    def behind(self) -> Behind | None:
        """Set when its file of today has not come."""
        return behind((line.outcome for line in self.lines or []), timezone.localdate())

    @property
    def rows(self) -> list[Row[Line]]:
        return in_rows(
            self.lines or [],
            key=lambda line: line.outcome.fact,
            shown=lambda line: line.shown,
            source=lambda line: isinstance(line.outcome, Found) and line.outcome.provenance.too_old,
        )


@require_safe
@for_officers
def home(request: HttpRequest) -> HttpResponse:
    return _search_page(request, actor_of(request), {})


@require_POST
@for_officers
def search(request: HttpRequest) -> HttpResponse:
    """Results as one types. By POST: what is typed may be a NIK, and an address is logged everywhere."""
    by = actor_of(request)
    text = request.POST.get("text", "").strip()[:100]
    reason = request.POST.get("reason", "") or _usual_reason(by)
    as_she_types = bool(request.headers.get("HX-Request"))
    page: dict[str, object] = {"text": text, "reason": reason}
    if len(text) <= 1 and not as_she_types:
        too_short = InvalidInput(_("Type two letters of the name at least, or a number."), field="text")
        return _search_page(request, by, page, too_short)
    try:
        found = find_people(text=text, reason=reason, by=by) if len(text) > 1 else PeopleFound([], more=False)
    except InvalidInput as error:
        return _search_page(request, by, page, error)
    page["hits"] = [Hit(token=seal(person, by=by), person=person) for person in found.hits]
    page |= {"more": found.more, "no_number": _is_no_number(text)}
    if as_she_types:
        return render_desk(request, "desk/hits.html", page)
    return _search_page(request, by, page)


def _is_no_number(text: str) -> bool:
    """Whether digits alone were typed, more than a year has, and not as many as a NIK or a KK number."""
    digits = re.sub(r"[\s.\-]", "", text)
    return digits.isdecimal() and len(digits) not in {*range(5), _DIGITS}


@require_POST
@for_officers
def choose(request: HttpRequest) -> HttpResponse:
    """Ask for the reason before anything opens."""
    by = actor_of(request)
    try:
        return _reason_page(request, by, None)
    except InvalidInput as too_old:
        return _search_page(request, by, {}, too_old)


@require_POST
@for_officers
def state_reason(request: HttpRequest) -> HttpResponse:
    """The reason is given: record it, then show the person."""
    by = actor_of(request)
    try:
        chosen = unseal(request.POST.get("person", ""), by=by)
    except InvalidInput as too_old:
        return _search_page(request, by, {}, too_old)
    try:
        purpose = open_inquiry(
            reason=request.POST.get("reason", ""),
            subject=chosen.subject,
            note=request.POST.get("note", "").strip(),
            by=by,
        )
    except InvalidInput as error:
        return _reason_page(request, by, error)
    return redirect("desk:person", inquiry_id=purpose.reference)


@require_safe
@for_officers
def person(request: HttpRequest, inquiry_id: UUID) -> HttpResponse:
    """The page fills panel by panel; without JavaScript (``?lengkap``) it comes whole, once all have answered."""
    by = actor_of(request)
    inquiry = queries.inquiry_for(str(inquiry_id), by=by)
    whole = "lengkap" in request.GET
    panels = [
        _ask(inquiry, system, by) if whole else _unasked(inquiry, system) for system in inquiries.systems_of(inquiry)
    ]
    page = {"inquiry": inquiry, "panels": panels, "nik": Nik(inquiry.subject.key), "whole": whole, "kind": _kind}
    return render_desk(request, "desk/person.html", page | _who(panels))


@require_safe
@for_officers
def panel(request: HttpRequest, inquiry_id: UUID, system: str) -> HttpResponse:
    """One system's panel, asked now."""
    by = actor_of(request)
    inquiry = queries.inquiry_for(str(inquiry_id), by=by)
    wanted = next((one for one in inquiries.systems_of(inquiry) if one.system == system), None)
    if wanted is None:
        raise Missing(_("There is no such system in this inquiry."))
    view = _ask(inquiry, wanted, by)
    page = {"inquiry": inquiry, "panel": view, "nik": Nik(inquiry.subject.key), "kind": _kind}
    return render_desk(request, "desk/panel_answer.html", page | _who([view]))


def _unasked(inquiry: OpenInquiry, system: SystemFacts) -> PanelView:
    return PanelView(
        system=system, lines=None if system.facts else [], refused=inquiries.not_allowed_in(inquiry, system.system)
    )


def _ask(inquiry: OpenInquiry, system: SystemFacts, by: Actor) -> PanelView:
    if not system.facts:
        return _unasked(inquiry, system)
    dossier = inquiries.ask(inquiry, system, by=by)
    return PanelView(
        system=system,
        lines=[_line(outcome) for outcome in dossier],
        refused=inquiries.not_allowed_in(inquiry, system.system),
    )


def _line(outcome: Outcome) -> Line:
    fact = the_catalogue().fact(outcome.fact)
    if not isinstance(outcome, Found):
        return Line(outcome=outcome, shown="", rows=[])
    rows = table(fact.key, outcome.value) if fact.parts else []
    return Line(outcome=outcome, shown=show(fact.key, outcome.value), rows=rows)


def _kind(outcome: Outcome) -> str:
    return type(outcome).__name__


def _who(panels: list[PanelView]) -> dict[str, object]:
    """The name for the head of the page, once the register has told it."""
    lines = [line for view in panels if view.system.system == _REGISTER for line in view.lines or []]
    known = {line.outcome.fact: line.shown for line in lines if isinstance(line.outcome, Found)}
    return {"name": known.get("person.name", ""), "age": known.get("person.age", "")}


def _search_page(
    request: HttpRequest, by: Actor, page: Mapping[str, object], error: InvalidInput | None = None
) -> HttpResponse:
    whole: dict[str, object] = {
        "text": "",
        "reason": _usual_reason(by),
        "hits": [],
        "more": False,
        "no_number": False,
        "reasons": queries.reasons_for(by),
        "health": queries.systems_health(),
        "wrong": wrong_with(error),
        **page,
    }
    return render_desk(request, "desk/home.html", whole, status=error.status if error else 200)


def _usual_reason(by: Actor) -> str:
    """What the name box in the menu searches for: the first of her reasons, which the page of results shows."""
    reasons = queries.reasons_for(by)
    return reasons[0].code if reasons else ""


def _reason_page(request: HttpRequest, by: Actor, error: InvalidInput | None) -> HttpResponse:
    token = request.POST.get("person", "")
    page = {
        "chosen": unseal(token, by=by),
        "token": token,
        "reasons": queries.reasons_for(by),
        "reason": request.POST.get("reason", ""),
        "note": request.POST.get("note", ""),
        "wrong": wrong_with(error),
    }
    return render_desk(request, "desk/reason.html", page, status=error.status if error else 200)
