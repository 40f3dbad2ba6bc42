"""The home page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from satu.documents.queries import documents_of
from satu.hub.ledger.queries import accesses_about
from satu.hub.types import Subject
from satu.identity.policies import actor_of, home_of
from satu.identity.types import Actor
from satu.portal.looks import looks
from satu.services.queries import cases_of, life_events, offers_for, often_wanted

_SHOWN = 3
_READ = 30  # accesses, to have three looks of several entries each


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What one can do here; and for a resident who is signed in, what is going on with her."""
    page: dict[str, object] = {"events": life_events(), "often": often_wanted()}
    if not request.user.is_authenticated:
        return render(request, "portal/welcome.html", page)
    by = actor_of(request)
    if by.kind != "resident":
        return redirect(home_of(request.user))
    return render(request, "portal/home.html", page | _mine(by))


def _mine(by: Actor) -> dict[str, object]:
    assert by.nik is not None  # noqa: S101 - every resident has one, the database holds it
    cases = cases_of(by)
    going_on = [case for case in cases if case.is_open]
    closed = [case for case in cases if not case.is_open]
    return {
        "offers": offers_for(by),
        "cases": (going_on + closed)[:_SHOWN],  # what still moves comes first
        "cases_in_all": len(cases),
        "documents": documents_of(by.nik)[:_SHOWN],
        "looks": looks(accesses_about(Subject.person(by.nik), limit=_READ))[:_SHOWN],
    }
