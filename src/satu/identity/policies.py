"""Who may open which pages. Every page needs somebody signed in unless it says ``login_not_required``."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from satu.identity.models import Account
from satu.identity.types import Actor
from satu.kernel.errors import NotAllowed

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """Who is signed in. Raises ``NotAllowed`` when nobody is."""
    if not isinstance(request.user, Account):
        raise NotAllowed(_("Sign in first."))
    return request.user.actor


def for_residents(page: Page[P]) -> Page[P]:
    """A page about the resident herself: an officer has no such page, whatever her duties."""
    return _only("resident", NotAllowed(_("This is a resident's own page. Officers have none.")), page)


def for_officers(page: Page[P]) -> Page[P]:
    """A page of the desk."""
    return _only("officer", NotAllowed(_("This page is for officers of the city.")), page)


def _only(kind: str, refusal: NotAllowed, page: Page[P]) -> Page[P]:
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if actor_of(request).kind != kind:
            raise refusal
        return page(request, *args, **kwargs)

    return update_wrapper(guarded, page)
