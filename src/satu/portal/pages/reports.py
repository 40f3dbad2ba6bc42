"""*Ini salah*: saying that a datum is wrong, outside a request too, and what became of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from satu.hub.catalogue import the_catalogue
from satu.hub.queries import facts_about_person
from satu.identity.policies import actor_of, for_residents
from satu.kernel.city import the_city
from satu.kernel.errors import Conflict, InvalidInput, Missing, SatuError
from satu.services.actions import report_own_fact
from satu.services.queries import reports_of
from satu.theme.wrong import wrong_with


@require_safe
@for_residents
def reports(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/reports.html", {"reports": reports_of(actor_of(request))})


@require_http_methods(["GET", "HEAD", "POST"])
@for_residents
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Opening the page reads nothing; what is recorded is fetched when she sends."""
    if key not in {fact for group in facts_about_person() for fact in group.facts}:
        raise Missing("")
    note = request.POST.get("note", "")
    error: SatuError | None = None
    if request.method == "POST":
        try:
            report_own_fact(fact=key, note=note, by=actor_of(request))
        except (InvalidInput, Conflict) as raised:
            error = raised
        else:
            return redirect(reverse("portal:reports") + f"?terkirim=salah:{key}")
    fact = the_catalogue().fact(key)
    page = {"fact": fact, "agency": the_city().agencies[fact.agency].name, "note": note, "wrong": wrong_with(error)}
    return render(request, "portal/report.html", page, status=error.status if error else 200)
