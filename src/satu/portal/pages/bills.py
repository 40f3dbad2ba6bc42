"""A resident's bill: what for, how much, the code to pay it by, and the receipt."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from satu.finance import actions
from satu.finance.queries import bill_for, bills_of
from satu.finance.words import in_words
from satu.identity.policies import actor_of, for_residents
from satu.portal.pages.cases import qr_svg


@require_safe
@for_residents
def bills(request: HttpRequest) -> HttpResponse:
    """*Tagihan saya*: what she has to pay, has paid and gets back."""
    nik = actor_of(request).nik
    mine = bills_of(nik) if nik else []
    page = {
        "open": [one for one in mine if one.state == "open"],
        "closed": [one for one in mine if one.state != "open"],
    }
    return render(request, "portal/bills.html", page)


@require_safe
@for_residents
def bill(request: HttpRequest, bill_id: UUID) -> HttpResponse:
    """The bill while it is open, then what became of it."""
    return render(request, "portal/bill.html", _shown(request, bill_id))


@require_safe
@for_residents
def bill_state(request: HttpRequest, bill_id: UUID) -> HttpResponse:
    """The part of the page that changes, asked for again until the bill is closed; 204 while it is as ``seen``.

    A waiting telephone does not fetch the picture of the code every other second.
    """
    shown = _shown(request, bill_id)
    if request.GET.get("seen") == shown["version"]:
        return HttpResponse(status=204)
    return render(request, "portal/bill_state.html", shown)


@require_POST
@for_residents
def check_bill(request: HttpRequest, bill_id: UUID) -> HttpResponse:
    """*I have paid*: ask the provider now, whatever news came or did not."""
    seen = bill_for(bill_id, by=actor_of(request))
    found = actions.check_bill(bill_id=seen.id)
    nothing = "?ditanya" if found.state == "open" else ""
    return redirect(reverse("portal:bill", args=[seen.id]) + nothing)


def _shown(request: HttpRequest, bill_id: UUID) -> dict[str, object]:
    seen = bill_for(bill_id, by=actor_of(request))
    minutes = _minutes_left(seen.due)
    has_code = seen.code is not None
    money = "".join(payment.refund[0] for payment in seen.payments)
    return {
        "bill": seen,
        "minutes": minutes,
        "version": f"{seen.state}.{minutes}.{int(has_code)}.{money}",
        "qr": qr_svg(seen.code.payload) if seen.code and seen.state == "open" and minutes >= 0 else None,
        "asked": "ditanya" in request.GET,
        "words": in_words(seen.amount, get_language() or "id"),
    }


def _minutes_left(due: datetime) -> int:
    """Whole minutes; -1 when it is over."""
    return max(-1, int((due - timezone.now()).total_seconds() // 60))
