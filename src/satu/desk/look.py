"""How the desk looks: dark, light, or as the officer's computer is set."""

from typing import Literal, cast, get_args

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from satu.identity.policies import for_officers

LOOK_COOKIE = "desk_look"
Look = Literal["auto", "dark", "light"]


def look_of(request: HttpRequest) -> Look:
    """What she has chosen in this browser; ``auto`` until then. It is a class of the page."""
    chosen = request.COOKIES.get(LOOK_COOKIE, "")
    return cast("Look", chosen) if chosen in get_args(Look) else "auto"


@require_POST
@for_officers
def look(request: HttpRequest) -> HttpResponse:
    """Dark, light, or as the computer is set."""
    wanted = request.POST.get("next", "")
    response = redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "desk:home")
    chosen = request.POST.get("look", "")
    kept = chosen if chosen in get_args(Look) else "auto"
    response.set_cookie(LOOK_COOKIE, kept, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def render_desk(request: HttpRequest, template: str, page: dict[str, object], status: int = 200) -> HttpResponse:
    """A page of the desk."""
    return render(request, template, page, status=status)
