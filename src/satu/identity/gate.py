"""Who is not signed in is sent to sign in, and from there back to the page that she was on."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

_LOOKS = frozenset({"GET", "HEAD"})


class GateMiddleware(LoginRequiredMiddleware):
    """Django's, for what is no page of its own: a form that was sent, a part of a page.

    The address of either cannot be opened; the page that it came from can, and has what was typed (``drafts.js``).
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        part = request.headers.get("HX-Request") == "true"
        if request.method in _LOOKS and not part:
            return super().handle_no_permission(request, view_func)
        back = page_before(request)
        address = settings.LOGIN_URL + (f"?{urlencode({'next': back}, safe='/')}" if back else "")
        answer: HttpResponse = HttpResponseClientRedirect(address) if part else redirect(address)
        return answer


def page_before(request: HttpRequest) -> str:
    """The page of ours from which a form or a part of a page was asked for, as a path; empty where none is known."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        told, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return ""
    split = urlsplit(told)
    return split.path + (f"?{split.query}" if split.query else "")
