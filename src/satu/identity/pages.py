"""Signing in and out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language
from django_htmx.http import HttpResponseClientRedirect

from satu.identity import actions, queries
from satu.identity.models import Account
from satu.identity.policies import actor_of, home_of
from satu.kernel.city import the_city
from satu.kernel.errors import Gathering, InvalidInput, SatuError
from satu.theme.wrong import wrong_with

Introductions = Callable[[], Mapping[str, object]]
"""Gives what to say of each demonstration account, by login. The demonstration knows; identity does not."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demonstration, and what is said of her."""

    account: queries.DemonstrationAccount
    said: object


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, introductions: Introductions) -> HttpResponseBase:
    """The sign-in page. A part of a page that finds the visit over sends the whole page here."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(settings.LOGIN_URL)
    if request.user.is_authenticated:
        return redirect(home_of(request.user))
    if request.method == "POST":
        login, password, gather = request.POST.get("login", ""), request.POST.get("password", ""), Gathering()
        try:
            with gather("login"):
                if not login.strip():
                    raise InvalidInput(_("Write your NIK; officers, your login."))
            with gather("password"):
                if not password:
                    raise InvalidInput(_("Write your password."))
            gather.refuse()
            return actions.sign_in(
                request,
                login_name=login,
                password=password,
                onward=lambda account: _onward(request, account),
            )
        except SatuError as error:
            return _page(request, introductions, error)
    return _page(request, introductions)


@login_not_required
@never_cache
@require_POST
def sign_in_demonstration(request: HttpRequest) -> HttpResponse:
    """One press on a name of the demonstration."""
    chosen = request.POST.get("account", "")
    account = actions.sign_in_demonstration(request, account_id=int(chosen) if chosen.isdecimal() else 0)
    return redirect(_onward(request, account))


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    actions.sign_out(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


class SignInByKey(LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """A passkey in the place of login and password; of one that does not fit, the sign-in page tells."""

    def form_invalid(self, _form: object) -> HttpResponse:
        return redirect(reverse("sign-in") + "?kunci=gagal")


@require_POST
def end_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    actions.end_visit(visit_id=visit_id, by=actor_of(request))
    return redirect("usersessions_list")


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The language of this visit, and of what we write to whoever is signed in."""
    if isinstance(request.user, Account):
        actions.set_language(language=request.POST.get("language", ""), by=request.user.actor)
    return set_language(request)


def _page(request: HttpRequest, introductions: Introductions, error: SatuError | None = None) -> HttpResponse:
    said = introductions()
    people: dict[str, list[Person]] = {"resident": [], "officer": [], "administrator": []}
    for account in queries.demonstration_accounts():
        kind = "administrator" if account.administers else account.kind
        people[kind].append(Person(account=account, said=said.get(account.login) or _agency(account.agency)))
    page = {
        "wrong": wrong_with(error),
        "login": request.POST.get("login", ""),
        "next": _safe_next(request),
        "key_failed": "kunci" in request.GET,
        "residents": people["resident"],
        "officers": people["officer"],
        "administrators": people["administrator"],
    }
    return render(request, "identity/sign_in.html", page, status=error.status if error else 200)


def _agency(code: str) -> object:
    agency = the_city().agencies.get(code)
    return agency.name if agency else ""


def _safe_next(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if safe else ""


def _onward(request: HttpRequest, account: Account) -> str:
    """Where she wanted to go if that is hers, else her home."""
    wanted = _safe_next(request)
    at_home = wanted.startswith("/desk/") == (account.kind == Account.Kind.OFFICER)
    return wanted if wanted and at_home else home_of(account)
