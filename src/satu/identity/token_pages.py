"""The pages of one's access tokens: which there are, a new one, and the end of one."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from satu.identity import tokens
from satu.identity.policies import actor_of, second_factors_of
from satu.kernel.errors import SatuError
from satu.theme.wrong import wrong_with


@require_safe
@never_cache
def list_tokens(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    return render(request, "identity/tokens.html", {"tokens": tokens.tokens_of(by)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def new_token(request: HttpRequest) -> HttpResponse:
    """Make one. Its key stands on the answer to this form, and nowhere afterwards."""
    by = actor_of(request)
    if request.method != "POST":
        return _form(request)
    days = request.POST.get("days", "")
    try:
        made = tokens.make_token(
            name=request.POST.get("name", ""),
            scope=request.POST.get("scope", ""),
            days=int(days) if days.isascii() and days.isdecimal() else 0,
            by=by,
        )
    except SatuError as error:
        return _form(request, error)
    return render(request, "identity/token_made.html", {"made": made})


@require_POST
def end_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    tokens.end_token(token_id=token_id, by=actor_of(request))
    return redirect("account_tokens")


def _form(request: HttpRequest, error: SatuError | None = None) -> HttpResponse:
    officer = actor_of(request).kind == "officer"
    page = {
        "wrong": wrong_with(error),
        "typed": request.POST,
        "days": tokens.DAYS,
        "needs_second_step": officer and not second_factors_of(request.user.pk or 0).exists(),
    }
    return render(request, "identity/token_new.html", page, status=error.status if error else 200)
