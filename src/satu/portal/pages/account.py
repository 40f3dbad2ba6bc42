"""Opening an account: for the first time with what stands on one's cards, or again when the password is lost."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from satu.hub.confirming import confirm_identity
from satu.identity import opening
from satu.identity.actions import read_address
from satu.identity.types import Channel, ContactPoint
from satu.kernel.errors import Gathering, InvalidInput, SatuError
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.kernel.typed import read_day
from satu.messaging.actions import send_account_codes
from satu.messaging.types import CHANNELS
from satu.theme.wrong import wrong_with

_WAITING = "account_opening"
_INVITED = "account_invited"


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """NIK, family card and birth date; then a code to where she says. The answer is the same whoever asks."""
    if request.method != "POST":
        return _form(request, "portal/activate.html")
    gather = Gathering()
    try:
        with gather("nik"):
            nik = Nik.parse(request.POST.get("nik", ""))
        with gather("family_card_number"):
            family_card = FamilyCardNumber.parse(request.POST.get("family_card_number", ""))
        with gather("birth"):
            birth_date = _birth_date(request.POST)
        with gather("address"):
            channel, address = _address(request.POST)
        gather.refuse()
        opening.count_attempt(request, login=nik.value)
        name = confirm_identity(nik=nik, family_card_number=family_card, birth_date=birth_date)
        points = _begin(nik, name, channel, address) if name else []
    except SatuError as error:
        return _form(request, "portal/activate.html", error)
    return _to_the_code(request, points)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """The password is lost: a code to the addresses that she has verified, if there is such an account."""
    if request.method != "POST":
        return _form(request, "portal/recover.html")
    login = request.POST.get("login", "")
    try:
        if not login.strip():
            raise InvalidInput(_("Write your NIK; officers, your login."), field="login")
        opening.count_attempt(request, login=login)
        with transaction.atomic():
            points = opening.begin_recovery(login_name=login)
            send_account_codes(points)
    except SatuError as error:
        return _form(request, "portal/recover.html", error)
    return _to_the_code(request, points)


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_with_code(request: HttpRequest) -> HttpResponseBase:
    """The code that was sent, and a password of her own."""
    if "undangan" in request.GET:
        return _invited(request)
    if _WAITING not in request.session:
        return redirect("portal:recover")
    if request.method != "POST":
        return _form(request, "portal/open_with_code.html")
    try:
        answer = opening.open_with_code(
            request,
            contact_points=[UUID(one) for one in request.session[_WAITING]],
            code=request.POST.get("code", ""),
            password=request.POST.get("password", ""),
            again=request.POST.get("again", ""),
        )
    except SatuError as error:
        return _form(request, "portal/open_with_code.html", error)
    request.session.pop(_WAITING, None)
    request.session.pop(_INVITED, None)
    return answer


def _invited(request: HttpRequest) -> HttpResponse:
    """An officer comes from her invitation. Whoever made an address up sees the same, and has no code."""
    try:
        invitation = UUID(request.GET["undangan"])
    except ValueError:
        return redirect("portal:recover")
    request.session[_WAITING], request.session[_INVITED] = [str(invitation)], True
    return redirect("portal:open-with-code")


def _begin(nik: Nik, name: str, channel: Channel, address: str) -> list[ContactPoint]:
    with transaction.atomic():
        point = opening.begin_activation(nik=nik, name=name, channel=channel, address=address)
        points = [point] if point else []
        send_account_codes(points)
    return points


def _to_the_code(request: HttpRequest, points: list[ContactPoint]) -> HttpResponse:
    request.session[_WAITING] = [str(point.id) for point in points]
    request.session.pop(_INVITED, None)
    return redirect("portal:open-with-code")


def _birth_date(posted: Mapping[str, str]) -> date:
    """Of three fields, or of the first alone, where somebody has pasted all of it there."""
    typed = " ".join(posted.get(f"birth-{part}", "") for part in ("day", "month", "year"))
    if not typed.strip():
        raise InvalidInput(_("Write your birth date as on your KTP, for example 14 3 1991."))
    return read_day(typed)


def _address(posted: Mapping[str, str]) -> tuple[Channel, str]:
    """Where the code goes: an address with an @ is an e-mail address, anything else a mobile number."""
    address = posted.get("address", "")
    if not address.strip():
        raise InvalidInput(_("Write your mobile number or your e-mail address."))
    channel: Channel = "email" if "@" in address or "sms" not in CHANNELS else "sms"
    return channel, read_address(channel, address)


def _form(request: HttpRequest, template: str, error: SatuError | None = None) -> HttpResponse:
    page = {
        "invited": request.session.get(_INVITED, False),
        "wrong": wrong_with(
            error, ids={"login": "nik"} if "nik" in request.POST else {}, first={"birth": "birth-day"}
        ),
        "typed": request.POST,
    }
    return render(request, template, page, status=error.status if error else 200)
