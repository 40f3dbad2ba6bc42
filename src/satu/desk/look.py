"""How the desk looks: dark, light, or as the officer's computer is set; kept with her account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from satu.identity.actions import set_look
from satu.identity.policies import actor_of, for_officers, home_of


def look_of(request: HttpRequest) -> str:
    """What she has chosen, on whichever computer; ``auto`` until then. It is a class of the page."""
    return str(getattr(request.user, "look", "auto"))


@require_POST
@for_officers
def look(request: HttpRequest) -> HttpResponse:
    """Dark, light, or as the computer is set."""
    set_look(look=request.POST.get("look", ""), by=actor_of(request))
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else home_of(request.user))


def render_desk(request: HttpRequest, template: str, page: dict[str, object], status: int = 200) -> HttpResponse:
    """A page of the desk."""
    return render(request, template, page, status=status)
