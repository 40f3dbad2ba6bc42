"""What the city offers a resident, to be taken up with one tap or put away."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from satu.identity.policies import actor_of, for_residents
from satu.services import actions


@require_POST
@for_residents
def take(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Fetch what the service needs and show it, filled in, to be sent."""
    case_id = actions.take_offer(offer_id=offer_id, by=actor_of(request))
    return redirect("portal:case", case_id=case_id)


@require_POST
@for_residents
def decline(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    actions.decline_offer(offer_id=offer_id, by=actor_of(request))
    return redirect("portal:home")
