"""A resident's bill: what for, how much, the code to pay it by, and the receipt."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from satu.finance import actions
from satu.finance.queries import bill_for
from satu.finance.words import in_words
from satu.identity.policies import actor_of, for_residents
from satu.portal.pages.cases import qr_svg


@require_safe
@for_residents
def bill(request: HttpRequest, bill_id: UUID) -> HttpResponse:
    """The bill while it is open, then what became of it."""
    return _bill(request, bill_id, "portal/bill.html")


@require_safe
@for_residents
def bill_state(request: HttpRequest, bill_id: UUID) -> HttpResponse:
    """The part of the page that changes, fetched again until the bill is closed."""
    return _bill(request, bill_id, "portal/bill_state.html")


@require_POST
@for_residents
def check_bill(request: HttpRequest, bill_id: UUID) -> HttpResponse:
    """*I have paid*: ask the provider now, whatever news came or did not."""
    seen = bill_for(bill_id, by=actor_of(request))
    actions.check_bill(bill_id=seen.id)
    return redirect("portal:bill", bill_id=seen.id)


def _bill(request: HttpRequest, bill_id: UUID, template: str) -> HttpResponse:
    seen = bill_for(bill_id, by=actor_of(request))
    minutes = _minutes_left(seen.due)
    page = {
        "bill": seen,
        "minutes": minutes,
        "qr": qr_svg(seen.code.payload) if seen.code and seen.state == "open" and minutes >= 0 else None,
        "words": in_words(seen.amount, get_language() or "id"),
    }
    return render(request, template, page)


def _minutes_left(due: datetime) -> int:
    """Whole minutes; negative when it is over."""
    return int((due - timezone.now()).total_seconds() // 60)
