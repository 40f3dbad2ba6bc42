"""What the city holds on a resident, and who has looked at it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from satu.hub import queries
from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import show, table
from satu.hub.ledger.queries import accesses_about
from satu.hub.nightly import Behind, behind
from satu.hub.own_data import look_at_oneself
from satu.hub.queries import Panel
from satu.hub.rows import Row, in_rows
from satu.hub.types import Found, Outcome, Subject, Unavailable
from satu.identity.policies import actor_of, for_residents
from satu.portal.looks import looks
from satu.services.actions.attaching import ATTACHMENT_FACT
from satu.services.queries import declarations_of, facts_reported

_PAGE = 20
#: What the ledger names beside the facts of the catalogue.
_OTHER_LABELS = {ATTACHMENT_FACT: gettext_lazy("A file that you sent")}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact as *Data saya* shows it; a list of things with parts comes as rows."""

    fact: str
    shown: str
    rows: list[list[tuple[str, str]]]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class PanelView:
    """What one system holds."""

    panel: Panel
    rows: list[Row[Line]]
    silent: bool
    """It did not answer this time."""

    @property
    def behind(self) -> Behind | None:
        """Set when its file of today has not come."""
        return behind(self.panel.outcomes, timezone.localdate())

    @property
    def empty(self) -> bool:
        """It answered that it holds nothing on her."""
        return not any(line.as_of for row in self.rows for line in row.items)


@require_safe
@for_residents
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything the city holds on her, by system, with source and freshness (UU 27/2022, the right of access)."""
    by = actor_of(request)
    page = {
        "panels": [_view(panel) for panel in queries.panels(look_at_oneself(by=by))],
        "declarations": declarations_of(by),
        "reported": facts_reported(by),
    }
    return render(request, "portal/my_data.html", page)


def _view(panel: Panel) -> PanelView:
    silent = all(isinstance(outcome, Unavailable) for outcome in panel.outcomes)
    rows = in_rows(
        [_line(outcome) for outcome in panel.outcomes],
        key=lambda line: line.fact,
        shown=lambda line: line.shown,
        source=lambda line: line.as_of,
    )
    return PanelView(panel=panel, rows=rows, silent=silent)


def _line(outcome: Outcome) -> Line:
    fact = the_catalogue().fact(outcome.fact)
    if not isinstance(outcome, Found):
        return Line(fact=fact.key, shown="", rows=[], as_of=None)
    return Line(
        fact=fact.key,
        shown=show(fact.key, outcome.value),
        rows=table(fact.key, outcome.value) if fact.parts else [],
        as_of=outcome.provenance.as_of,
    )


@require_safe
@for_residents
def accesses(request: HttpRequest) -> HttpResponse:
    """*Siapa melihat data saya*: each look in plain words, newest first, by day."""
    by = actor_of(request)
    assert by.nik is not None  # noqa: S101 - every resident has one, the database holds it
    found = accesses_about(Subject.person(by.nik), limit=_PAGE + 1, before=_uuid(request.GET.get("sebelum")))
    shown, more = found[:_PAGE], len(found) > _PAGE
    page = {
        "days": [(day, list(on_day)) for day, on_day in groupby(looks(shown), key=lambda look: look.day)],
        "older": shown[-1].entry_id if more else None,
        "first": "sebelum" not in request.GET,
        "labels": {key: fact.label for key, fact in the_catalogue().facts.items()} | _OTHER_LABELS,
    }
    return render(request, "portal/accesses.html", page)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
