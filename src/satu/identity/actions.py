"""The only writers of accounts."""

import re
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from satu.identity.models import Account, FailedSignIn
from satu.kernel.audit import audit
from satu.kernel.errors import InvalidInput, Missing, SatuError
from satu.kernel.identifiers import Nik

FAILURES_PER_LOGIN = 5
FAILURES_PER_ADDRESS = 30
FAILURES_WINDOW = timedelta(minutes=15)


class TooManyAttempts(SatuError):
    """Somebody guesses. Even the right password is not looked at until the window has passed."""

    code = "too-many-attempts"
    status = 429


@transaction.atomic
def open_resident_account(*, nik: Nik, name: str, password: str, demo: bool = False) -> Account:
    """Open (or refresh, for the demonstration) a resident's account. Her login is her NIK."""
    account, created = Account.objects.get_or_create(
        nik=nik.value,
        defaults={"login": nik.value, "kind": Account.Kind.RESIDENT, "display_name": name, "is_demo": demo},
    )
    return _finish(account, created=created, name=name, password=password)


@transaction.atomic
def open_officer_account(
    *,
    login: str,
    name: str,
    password: str,
    agency: str,
    duties: Iterable[str],
    areas: Iterable[str] = (),
    demo: bool = False,
) -> Account:
    """Open (or refresh) an officer's account with her agency, duties and areas (empty: the whole city)."""
    account, created = Account.objects.get_or_create(
        login=login,
        defaults={"kind": Account.Kind.OFFICER, "agency": agency, "display_name": name, "is_demo": demo},
    )
    account.agency, account.duties, account.areas = agency, sorted(duties), sorted(areas)
    return _finish(account, created=created, name=name, password=password)


@transaction.atomic
def close_demonstration_accounts(*, keep: Iterable[str]) -> int:
    """Close the demonstration's accounts except those with these logins; how many were closed."""
    closed = Account.objects.filter(is_demo=True, is_active=True).exclude(login__in=list(keep))
    numbers = sorted(closed.values_list("id", flat=True))
    closed.update(is_active=False)
    for number in numbers:
        audit(actor="system:satu", action="identity.account_closed", thing=f"account:{number}")
    return len(numbers)


def _finish(account: Account, *, created: bool, name: str, password: str) -> Account:
    account.display_name = name
    account.set_password(password)
    account.save()
    audit(
        actor="system:satu",
        action="identity.account_opened" if created else "identity.account_refreshed",
        thing=f"account:{account.pk}",
        detail={"kind": account.kind},
    )
    return account


def sign_in(request: HttpRequest, *, login_name: str, password: str) -> Account:
    """Sign in with a NIK (as people write it) or an officer's login. The session gets a new key.

    Raises ``InvalidInput`` without saying which of the two was wrong, and ``TooManyAttempts``.
    """
    name = _as_kept(login_name)
    keys = {_key("login", name): FAILURES_PER_LOGIN, _key("address", _address(request)): FAILURES_PER_ADDRESS}
    _refuse_guessing(keys)
    account = authenticate(request, username=name, password=password)
    if not isinstance(account, Account):
        _note_failure(keys)
        raise InvalidInput(_("NIK or password is not right. Check both and try again."), field="login")
    FailedSignIn.objects.filter(key=_key("login", name)).delete()
    login(request, account)
    return account


def sign_in_demonstration(request: HttpRequest, *, account_id: int) -> Account:
    """Sign in as somebody of the demonstration, without a password. Only in development. Raises ``Missing``."""
    account = Account.objects.filter(pk=account_id, is_demo=True, is_active=True).first()
    if account is None or not settings.DEVELOPMENT:
        raise Missing(_("There is no such demonstration account."))
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    return account


def sign_out(request: HttpRequest) -> None:
    """End the visit and forget what the session held."""
    logout(request)


def _as_kept(login_name: str) -> str:
    digits = re.sub(r"[\s.\-]", "", login_name)
    return digits if digits.isascii() and digits.isdigit() else login_name.strip().lower()


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _key(kind: str, value: str) -> str:
    return salted_hmac(f"satu.identity.failed_sign_in.{kind}", value, algorithm="sha256").hexdigest()


def _refuse_guessing(limits: dict[str, int]) -> None:
    since = timezone.now() - FAILURES_WINDOW
    recent = FailedSignIn.objects.filter(key__in=limits, at__gte=since).values_list("key", flat=True)
    counted = list(recent[: sum(limits.values())])
    if any(counted.count(key) >= limit for key, limit in limits.items()):
        raise TooManyAttempts(_("Too many attempts. Wait 15 minutes and try again."), field="login")


def _note_failure(keys: Iterable[str]) -> None:
    now = timezone.now()
    FailedSignIn.objects.filter(at__lt=now - FAILURES_WINDOW).delete()
    FailedSignIn.objects.bulk_create([FailedSignIn(key=key, at=now) for key in keys])
