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


def require_city_hall(by: Actor) -> None:
    """Raises ``NotAllowed`` for whoever does not look at the whole city."""
    if not sees_the_city(by):
        raise NotAllowed(_("This page is for the city's leadership and their staff."))


def for_city_hall(page: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for officers whose duty is to look at the whole city."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        require_city_hall(actor_of(request))
        return page(request, *args, **kwargs)

    return for_officers(guarded)
