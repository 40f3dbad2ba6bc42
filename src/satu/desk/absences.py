"""HTML for officers: the days on which one is away, and who stands in; one's own, or of whom one looks after."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from satu.desk.look import render_desk
from satu.desk.told import told
from satu.identity.absence import absences_of, end_absence, enter_absence, stand_ins
from satu.identity.policies import actor_of, for_officers
from satu.identity.roster import officer_for
from satu.kernel.errors import Gathering, InvalidInput
from satu.kernel.typed import read_day
from satu.theme.wrong import wrong_with


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def absence(request: HttpRequest) -> HttpResponse:
    """Her own."""
    return _page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def absence_of(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Of an officer whom she looks after."""
    return _page(request, officer_id)


@require_POST
@for_officers
def end(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """She is back, or does not go."""
    end_absence(absence_id=absence_id, by=actor_of(request))
    officer_id = request.POST.get("officer", "")
    return redirect(_address(int(officer_id) if officer_id.isdecimal() else None) + "?selesai=back")


def _page(request: HttpRequest, officer_id: int | None) -> HttpResponse:
    by = actor_of(request)
    error = None
    officer = officer_for(officer_id, by=by) if officer_id is not None else None
    if request.method == "POST":
        chosen = request.POST.get("stand_in", "")
        gather = Gathering()
        days: dict[str, date | None] = {"first": None, "last": None}
        try:
            for name in days:
                with gather(name):
                    days[name] = read_day(text) if (text := request.POST.get(name, "").strip()) else None
            gather.refuse()
            enter_absence(
                first=days["first"],
                last=days["last"],
                stand_in=int(chosen) if chosen.isdecimal() else None,
                by=by,
                account_id=officer_id,
            )
        except InvalidInput as refused:
            error = refused
        else:
            return redirect(_address(officer_id) + "?selesai=absent")
    page: dict[str, object] = {
        "officer": officer,
        "absences": absences_of(by, account_id=officer_id),
        "stand_ins": stand_ins(by, account_id=officer_id),
        "typed": request.POST,
        "wrong": wrong_with(error),
        "told": told(request),
    }
    return render_desk(request, "desk/absence.html", page, status=error.status if error else 200)


def _address(officer_id: int | None) -> str:
    return reverse("desk:absence") if officer_id is None else reverse("desk:absence-of", args=[officer_id])
