"""Who sees the city as a whole."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from satu.identity.policies import actor_of, for_officers
from satu.identity.types import Actor
from satu.kernel.errors import NotAllowed

P = ParamSpec("P")
DUTY = "city-hall"


def sees_the_city(by: Actor) -> bool:
    return by.has_duty(DUTY)


def for_city_hall(page: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for officers whose duty is to look at the whole city."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not sees_the_city(actor_of(request)):
            raise NotAllowed(_("This page is for the city's leadership and their staff."))
        return page(request, *args, **kwargs)

    return for_officers(guarded)
