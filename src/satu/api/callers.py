"""Who calls: by a token, or by the session of a browser that is on our own pages."""

from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.utils import check_csrf

from satu.api.problems import Unauthenticated
from satu.identity import tokens
from satu.identity.policies import actor_of, second_factor_is_due
from satu.identity.types import Actor, Scope
from satu.kernel.errors import NotAllowed

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT = "_satu_caller"
Kind = Literal["anyone", "resident", "officer"]


class ScopeTooSmall(NotAllowed):
    code = "scope-too-small"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls, and what the token lets her do; a session lets her do everything that is hers."""

    actor: Actor
    scope: Scope


class Only:
    """What an operation wants of its caller. ``looks``: it changes nothing, so that any token will do."""

    def __init__(self, kind: Kind, *, looks: bool) -> None:
        self.kind, self.looks = kind, looks

    def __call__(self, request: HttpRequest) -> Caller:
        """Raises ``Unauthenticated``, ``ScopeTooSmall``, ``NotAllowed`` and what ``tokens.recognise`` raises."""
        caller = calling(request)
        if self.kind == "resident" and caller.actor.kind != "resident":
            raise NotAllowed(_("This is a resident's own page. Officers have none."))
        if self.kind == "officer" and caller.actor.kind != "officer":
            raise NotAllowed(_("This page is for officers of the city."))
        if not self.looks and caller.scope != "act":
            raise ScopeTooSmall(_("This token may only look. Make one that may act, if that is what you want."))
        return caller


def calling(request: HttpRequest) -> Caller:
    """Who calls, asked once a request."""
    known = getattr(request, _KEPT, None)
    if not isinstance(known, Caller):
        known = _by_token(request) if "Authorization" in request.headers else _by_session(request)
        setattr(request, _KEPT, known)
    return known


def actor(request: HttpRequest) -> Actor:
    return calling(request).actor


def _by_token(request: HttpRequest) -> Caller:
    scheme, _space, key = request.headers["Authorization"].partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise _not_known()
    holder = tokens.recognise(key, address=str(request.META.get("REMOTE_ADDR", "")))
    if holder is None:
        raise _not_known()
    return Caller(actor=holder.actor, scope=holder.scope)


def _by_session(request: HttpRequest) -> Caller:
    """A form elsewhere can make a browser send its cookie: so what changes something needs the CSRF token too."""
    if not request.user.is_authenticated:
        raise _not_known()
    if request.method not in _SAFE and check_csrf(request) is not None:
        raise NotAllowed(_("Send the CSRF token of this visit in X-CSRFToken, or use an access token."))
    if second_factor_is_due(request):
        raise tokens.SecondStepMissing(_("Set up a second step to sign in first."))
    return Caller(actor=actor_of(request), scope="act")


def _not_known() -> Unauthenticated:
    return Unauthenticated(_("Sign in, or send a token that holds: Authorization: Bearer satu_…"))
