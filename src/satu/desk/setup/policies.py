"""Who looks at how the city is set up."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from satu.identity.policies import actor_of, for_officers
from satu.identity.types import Actor
from satu.kernel.errors import NotAllowed

P = ParamSpec("P")
DUTY = "city-admin"


def administers(by: Actor) -> bool:
    return by.has_duty(DUTY)


def require_administrator(by: Actor) -> None:
    """Raises ``NotAllowed`` for whoever does not look after Satu."""
    if not administers(by):
        raise NotAllowed(_("This page is for those who look after Satu."))


def for_administrators(page: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for officers who look after Satu itself."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        require_administrator(actor_of(request))
        return page(request, *args, **kwargs)

    return for_officers(guarded)
