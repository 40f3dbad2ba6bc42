"""What belongs to every page: its stylesheet, and the pages that say that something went wrong."""
# ruff: noqa: ARG001 - the shape of a handler is Django's

import sys
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from satu.kernel.errors import SatuError
from satu.theme import stylesheet as styles


@login_not_required
@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def stylesheet(request: HttpRequest, version: str) -> HttpResponse:
    """How every page looks. ``version`` is in the address only so that a change gets a new one."""
    return HttpResponse(styles.stylesheet(), content_type="text/css; charset=utf-8")


def refusal(request: HttpRequest, error: SatuError) -> HttpResponse:
    """The page for an action that would not do what was asked, with its own sentence."""
    return wrong(request, error.status, _("This could not be done"), str(error.sentence))


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return wrong(request, 400, _("This could not be read"), _("Go back and try again."))


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = str(exception) if exception and str(exception) else _("This page is not meant for your account.")
    return wrong(request, 403, _("You may not open this page"), sentence)


@login_not_required
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Somebody's form is from another visit, or not from here at all."""
    sentence = _("The page was open for too long, or was sent from elsewhere. Open it again and send it once more.")
    told = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()})
    return wrong(request, 403, _("We did not accept this form"), sentence, back=urlsplit(told).path if ours else "")


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = _("The address may be mistyped, or what was here is gone.")
    return wrong(request, 404, _("There is nothing here"), sentence)


@login_not_required
def too_often(request: HttpRequest) -> HttpResponse:
    """Asked for by whoever counts attempts: a password, a code, a key."""
    return wrong(request, 429, _("Tried too often"), _("Wait a few minutes, then try again. Nothing was changed."))


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or the session: they may be what is broken.

    A database that is away comes back: 503, and when to try again.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        sentence = _(
            'Our database is being restarted. What you just sent stands whole under "My requests", or not at all;'
            " nothing is half done. Try again in a minute."
        )
        answer = wrong(None, 503, _("One moment, please"), sentence)
        answer["Retry-After"] = "30"
        return answer
    sentence = _("It is our fault, not yours, and nothing you sent was half done. Try again in a few minutes.")
    return wrong(None, 500, _("Something went wrong with us"), sentence)


def wrong(request: HttpRequest | None, status: int, title: str, sentence: str, *, back: str = "") -> HttpResponse:
    """A page that says what is wrong and what to do. Without a request it asks nothing of session or database.

    ``back``: the page to be opened again, where there is one.
    """
    page = {"status": status, "title": title, "sentence": sentence, "back": back}
    return render(request, "theme/wrong.html", page, status=status)
