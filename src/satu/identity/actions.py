"""The only writers of accounts."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import get_args
from uuid import UUID

from allauth.account.utils import perform_login
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from satu.identity import types
from satu.identity.models import Account, CodeSent, ContactPoint, FailedSignIn, OfficerChange
from satu.identity.policies import home_of
from satu.identity.queries import account_id_of, as_seen, code_for
from satu.identity.types import SYSTEM, Actor, Channel, account_reference
from satu.kernel.audit import audit
from satu.kernel.errors import InvalidInput, Missing, NotAllowed, SatuError
from satu.kernel.identifiers import Nik
from satu.kernel.typed import compact, read_email, read_mobile

FAILURES_PER_LOGIN = 5
FAILURES_PER_ADDRESS = 30
FAILURES_WINDOW = timedelta(minutes=15)
CODE_HOLDS = timedelta(minutes=15)
CODES_PER_HOUR = 5
WRONG_CODES = 5


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
    before = {} if created else account.rights
    account.agency, account.duties, account.areas = agency, sorted(duties), sorted(areas)
    account = _finish(account, created=created, name=name, password=password)
    if before != account.rights:
        note_change(account, "added" if created else "rights", before, account.rights, by=SYSTEM)
    return account


def note_change(
    account: Account, kind: str, before: Mapping[str, object], after: Mapping[str, object], *, by: Actor
) -> None:
    """Write down what was changed about an officer; in the caller's transaction."""
    OfficerChange.objects.create(
        account=account,
        agency=account.agency,
        kind=kind,
        before=dict(before),
        after=dict(after),
        by=by.reference,
        by_name=by.name,
    )


@transaction.atomic
def close_demonstration_accounts(*, keep: Iterable[str]) -> int:
    """Close the demonstration's accounts except those with these logins; how many were closed."""
    closed = Account.objects.filter(is_demo=True, is_active=True).exclude(login__in=list(keep))
    numbers = sorted(closed.values_list("id", flat=True))
    closed.update(is_active=False)
    for number in numbers:
        audit(actor=SYSTEM.reference, action="identity.account_closed", thing=account_reference(number))
    return len(numbers)


def _finish(account: Account, *, created: bool, name: str, password: str) -> Account:
    account.display_name = name
    account.set_password(password)
    account.save()
    audit(
        actor=SYSTEM.reference,
        action="identity.account_opened" if created else "identity.account_refreshed",
        thing=account_reference(account.pk),
        detail={"kind": account.kind},
    )
    return account


def sign_in(
    request: HttpRequest, *, login_name: str, password: str, onward: Callable[[Account], str]
) -> HttpResponseBase:
    """Sign in with a NIK (as people write it) or an officer's login: to where ``onward`` says, or to the second step.

    The session gets a new key. Raises ``InvalidInput`` without saying which of the two was wrong, and
    ``TooManyAttempts``.
    """
    name = as_kept(login_name)
    keys = attempt_keys(request, name)
    refuse_guessing(keys)
    account = authenticate(request, username=name, password=password)
    if not isinstance(account, Account):
        note_failure(keys)
        raise InvalidInput(_("NIK or password is not right. Check both and try again."), field="login")
    FailedSignIn.objects.filter(key=_key("login", name)).delete()
    return enter(request, account, onward(account))


def enter(request: HttpRequest, account: Account, onward: str = "") -> HttpResponseBase:
    """What follows the password: the second step, where there is one, then ``onward`` or her home."""
    answer: HttpResponseBase = perform_login(
        request, account, email_verification="none", redirect_url=onward or home_of(account)
    )
    return answer


def sign_in_demonstration(request: HttpRequest, *, account_id: int) -> Account:
    """Sign in as somebody of the demonstration, without a password. Only in development. Raises ``Missing``."""
    account = Account.objects.filter(pk=account_id, is_demo=True, is_active=True).first()
    if account is None or not settings.DEVELOPMENT:
        raise Missing(_("There is no such demonstration account."))
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    UserSession.objects.create_from_request(request)  # as allauth does, so that she sees and ends this visit
    return account


@transaction.atomic
def end_visit(*, visit_id: int, by: Actor) -> None:
    """One of her visits, on whatever device, is signed out from this moment on. Raises ``Missing``."""
    visit = UserSession.objects.select_for_update().filter(pk=visit_id, user_id=account_id_of(by) or 0).first()
    if visit is None:
        raise Missing(_("There is no such visit among yours."))
    visit.end()
    audit(actor=by.reference, action="identity.visit_ended", thing=f"visit:{visit_id}")


def sign_out(request: HttpRequest) -> None:
    """End the visit and forget what the session held."""
    logout(request)


def as_kept(login_name: str) -> str:
    digits = compact(login_name)
    return digits if digits.isascii() and digits.isdigit() else login_name.strip().lower()


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _key(kind: str, value: str) -> str:
    return salted_hmac(f"satu.identity.failed_sign_in.{kind}", value, algorithm="sha256").hexdigest()


def attempt_keys(request: HttpRequest, login_name: str) -> dict[str, int]:
    """Under what an attempt is counted, and how many are borne within ``FAILURES_WINDOW``."""
    return {
        _key("login", as_kept(login_name)): FAILURES_PER_LOGIN,
        _key("address", _address(request)): FAILURES_PER_ADDRESS,
    }


def refuse_guessing(limits: dict[str, int]) -> None:
    since = timezone.now() - FAILURES_WINDOW
    recent = FailedSignIn.objects.filter(key__in=limits, at__gte=since).values_list("key", flat=True)
    counted = list(recent[: sum(limits.values())])
    if any(counted.count(key) >= limit for key, limit in limits.items()):
        raise TooManyAttempts(_("Too many attempts. Wait 15 minutes and try again."), field="login")


def note_failure(keys: Iterable[str]) -> None:
    now = timezone.now()
    FailedSignIn.objects.filter(at__lt=now - FAILURES_WINDOW).delete()
    FailedSignIn.objects.bulk_create([FailedSignIn(key=key, at=now) for key in keys])


# ------------------------------------------------------------------------------------------------- how to reach her


@transaction.atomic
def set_language(*, language: str, by: Actor) -> None:
    """The language in which she is written to. One that we do not speak changes nothing."""
    if language in dict(settings.LANGUAGES):
        Account.objects.filter(pk=account_id_of(by) or 0).exclude(language=language).update(language=language)


@transaction.atomic
def set_look(*, look: str, by: Actor) -> None:
    """How she has her desk, on whichever computer she signs in. What is no look is ``auto``."""
    kept = look if look in get_args(types.Look) else "auto"
    Account.objects.filter(pk=account_id_of(by) or 0).exclude(look=kept).update(look=kept)


@transaction.atomic
def add_contact_point(*, channel: Channel, address: str, by: Actor) -> types.ContactPoint:
    """Keep an address that waits for its code (``queries.verification_code``); an older one that waits is replaced.

    A verified address stays in use until the new one is verified. The caller sends the code in this transaction.
    Raises ``InvalidInput`` for what is no address, and ``TooManyAttempts``.
    """
    account_id = _own_account(by)
    clean = read_address(channel, address)
    if ContactPoint.objects.filter(
        account_id=account_id, channel=channel, address=clean, verified_at__isnull=False
    ).exists():
        raise InvalidInput(_("This address is verified already."), field="address")
    _refuse_flooding(account_id)
    ContactPoint.objects.filter(account_id=account_id, channel=channel, verified_at=None).delete()
    row = ContactPoint.objects.create(
        account_id=account_id,
        channel=channel,
        address=clean,
        code_salt=secrets.token_hex(16),
        code_expires_at=timezone.now() + CODE_HOLDS,
    )
    audit(actor=by.reference, action="identity.contact_point_added", thing=f"contact_point:{row.pk}")
    return as_seen(row)


def ask_again(point: ContactPoint) -> types.ContactPoint:
    """A verified address waits for a code once more, beside being used. Raises ``TooManyAttempts``."""
    _refuse_flooding(point.account_id)
    ContactPoint.objects.filter(account_id=point.account_id, channel=point.channel, verified_at=None).delete()
    row = ContactPoint.objects.create(
        account_id=point.account_id,
        channel=point.channel,
        address=point.address,
        code_salt=secrets.token_hex(16),
        code_expires_at=timezone.now() + CODE_HOLDS,
    )
    return as_seen(row)


def same_code_again(point: ContactPoint) -> types.ContactPoint:
    """The address that waits, as it is, for the same code to be sent once more. Raises ``TooManyAttempts``."""
    _refuse_flooding(point.account_id)
    return as_seen(point)


def verify_contact_point(*, contact_point_id: UUID, code: str, by: Actor) -> types.ContactPoint:
    """Take the address into use, in place of the one used so far. Verifying again changes nothing.

    Raises ``Missing``, ``InvalidInput`` for a wrong or old code, and ``TooManyAttempts`` after five wrong ones.
    """
    with transaction.atomic():
        row = _own_contact_point(contact_point_id, by)
        if row.verified_at is not None:
            return as_seen(row)
        refusal = _why_not_verified(row, compact(code))
        if refusal is None:
            _take_into_use(row, by)
            return as_seen(row)
        # Counted here and raised outside, so that the count stays.
        ContactPoint.objects.filter(pk=row.pk, wrong_codes__lt=WRONG_CODES).update(wrong_codes=F("wrong_codes") + 1)
    raise refusal


@transaction.atomic
def remove_contact_point(*, contact_point_id: UUID, by: Actor) -> None:
    """Forget an address. Raises ``Missing``."""
    row = _own_contact_point(contact_point_id, by)
    audit(actor=by.reference, action="identity.contact_point_removed", thing=f"contact_point:{row.pk}")
    row.delete()


@transaction.atomic
def keep_verified_contact_point(*, account_id: int, channel: Channel, address: str, by: Actor) -> types.ContactPoint:
    """Keep an address that was shown to be hers in another way, in place of the one used so far. Again is once."""
    clean = read_address(channel, address)
    kept = ContactPoint.objects.filter(account_id=account_id, channel=channel, verified_at__isnull=False).first()
    if kept is not None and kept.address == clean:
        return as_seen(kept)
    row = ContactPoint(account_id=account_id, channel=channel, address=clean)
    _take_into_use(row, by)
    return as_seen(row)


def _own_account(by: Actor) -> int:
    account_id = account_id_of(by)
    if account_id is None:
        raise NotAllowed(_("Sign in first."))
    return account_id


def _own_contact_point(contact_point_id: UUID, by: Actor) -> ContactPoint:
    row = (
        ContactPoint.objects.select_for_update()
        .filter(pk=contact_point_id, account_id=account_id_of(by) or 0)
        .first()
    )
    if row is None:
        raise Missing(_("There is no such address among yours."))
    return row


def read_address(channel: Channel, address: str) -> str:
    """An address as it is kept. Raises ``InvalidInput``."""
    try:
        return read_email(address) if channel == "email" else read_mobile(address)
    except InvalidInput as error:
        raise InvalidInput(error.sentence, field="address") from error


def _refuse_flooding(account_id: int) -> None:
    now = timezone.now()
    CodeSent.objects.filter(at__lt=now - timedelta(hours=1)).delete()
    if CodeSent.objects.filter(account_id=account_id).count() >= CODES_PER_HOUR:
        raise TooManyAttempts(_("Too many codes were sent. Try again in an hour."), field="address")
    CodeSent.objects.create(account_id=account_id, at=now)


def _why_not_verified(row: ContactPoint, code: str) -> SatuError | None:
    if row.wrong_codes >= WRONG_CODES:
        return TooManyAttempts(_("Too many wrong codes. Ask for a new one."), field="code")
    if row.code_expires_at is None or row.code_expires_at <= timezone.now():
        return InvalidInput(_("This code is too old. Ask for a new one."), field="code")
    if not constant_time_compare(code_for(row), code):
        return InvalidInput(_("This is not the code that we sent. Look again."), field="code")
    return None


def _take_into_use(row: ContactPoint, by: Actor) -> None:
    others = ContactPoint.objects.filter(
        account_id=row.account_id, channel=row.channel, verified_at__isnull=False
    ).exclude(pk=row.pk)
    others.delete()
    row.verified_at, row.code_salt, row.code_expires_at = timezone.now(), "", None
    row.save()
    audit(actor=by.reference, action="identity.contact_point_verified", thing=f"contact_point:{row.pk}")
