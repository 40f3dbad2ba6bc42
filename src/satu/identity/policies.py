"""Who may open which pages. Every page needs somebody signed in unless it says ``login_not_required``."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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


_HOMES: dict[str, str] = {}
_HOMES_OF_OTHERS: list[tuple[str, Callable[[Actor], bool]]] = []


def lands_on(duty: str, address: str) -> None:
    """Where an officer lands who is charged with this duty and no other: said by the package with its pages."""
    _HOMES[duty] = address


def others_land_on(address: str, where: Callable[[Actor], bool]) -> None:
    """Where every other officer lands for whom ``where`` holds; whom nothing fits lands at her tasks."""
    _HOMES_OF_OTHERS.append((address, where))


def home_of(account: object) -> str:
    """Where somebody lands who has signed in, and where the logo leads her."""
    if not isinstance(account, Account) or account.kind != Account.Kind.OFFICER:
        return "/"
    only = account.duties[0] if len(account.duties) == 1 else ""
    if only in _HOMES:
        return _HOMES[only]
    return next((address for address, holds in _HOMES_OF_OTHERS if holds(account.actor)), "/desk/tugas/")


def second_factors_of(account_id: int) -> "QuerySet[Authenticator]":
    """What an account can show beside its password. Recovery codes are for when these are lost."""
    of_type = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=account_id, type__in=of_type)
    return found


_DUE = "second_factor_due"


def note_second_factor(request: HttpRequest, account: Account) -> None:
    """Remember for this visit that an officer has signed in without a second factor."""
    if account.kind == Account.Kind.OFFICER and not second_factors_of(account.pk).exists():
        request.session[_DUE] = True


def second_factor_is_due(request: HttpRequest) -> bool:
    """Whether she must set one up before anything else."""
    if request.session.get(_DUE) and second_factors_of(request.user.pk or 0).exists():
        del request.session[_DUE]
    return bool(request.session.get(_DUE))


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
        if second_factor_is_due(request):
            return redirect("mfa_index")
        return page(request, *args, **kwargs)

    return update_wrapper(guarded, page)
