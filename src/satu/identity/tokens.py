"""Access tokens: keys by which a program acts as an account. Made, listed, ended and recognised here.

Whoever holds a key is its owner, within its scope: with her duties of this moment, and nobody once she is suspended.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from satu.identity.actions import FAILURES_PER_ADDRESS, FAILURES_WINDOW, TooManyAttempts, note_failure
from satu.identity.models import AccessToken, Account, FailedSignIn
from satu.identity.policies import second_factors_of
from satu.identity.queries import account_id_of
from satu.identity.types import Actor, NewToken, Scope, TokenHolder, TokenView
from satu.kernel.audit import audit
from satu.kernel.errors import Gathering, InvalidInput, Missing, NotAllowed, SatuError

PREFIX = "satu_"
#: For how many days a token may hold.
DAYS = (7, 30, 90, 365)
MOST = 20
NAME_LENGTH = 60
#: How many requests a token may make in a minute.
PER_MINUTE = 300
_WINDOW = timedelta(minutes=1)

#: Found and counted in one statement, so that a request costs one look.
_RECOGNISE = """
UPDATE identity_accesstoken t SET
    last_used_at = %(now)s,
    window_began = CASE WHEN t.window_began > %(since)s THEN t.window_began ELSE %(now)s END,
    window_count = CASE WHEN t.window_began > %(since)s THEN t.window_count + 1 ELSE 1 END
FROM identity_account a
WHERE a.id = t.account_id AND a.is_active
    AND t.key_hash = %(key)s AND t.ended_at IS NULL AND t.expires_at > %(now)s
RETURNING t.id, t.account_id, t.scope, t.window_count, t.window_began
"""


class TooManyRequests(SatuError):
    """A token is used more often than a program needs. ``facts["wait"]`` is in seconds."""

    code = "too-many-requests"
    status = 429


class SecondStepMissing(NotAllowed):
    """An officer's token works only while she has a second step to sign in with."""

    code = "second-step-missing"


@transaction.atomic
def make_token(*, name: str, scope: str, days: int, by: Actor) -> NewToken:
    """A new token of her own. Raises ``InvalidInput`` (``name``, ``scope``, ``days``), ``SecondStepMissing``."""
    account_id, gather = _account(by), Gathering()
    text = " ".join(name.split())
    with gather("name"):
        if not text or len(text) > NAME_LENGTH or not text.isprintable():
            raise InvalidInput(_("Give the token a name of at most %(count)s characters.") % {"count": NAME_LENGTH})
    with gather("scope"):
        if scope not in AccessToken.Scope.values:
            raise InvalidInput(_("Choose what the token may do."))
    with gather("days"):
        if days not in DAYS:
            raise InvalidInput(_("Choose how long the token holds."))
    gather.refuse()
    account = Account.objects.select_for_update().get(pk=account_id)
    _refuse_without_second_step(account)
    now = timezone.now()
    if account.access_tokens.filter(ended_at=None, expires_at__gt=now).count() >= MOST:
        raise InvalidInput(
            _("You have %(count)s tokens already. End one that you do not use.") % {"count": MOST}, field="name"
        )
    key = PREFIX + secrets.token_urlsafe(32)
    row = AccessToken.objects.create(
        account=account,
        name=text,
        scope=scope,
        key_hash=_hash(key),
        ending=key[-4:],
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    detail = {"scope": scope, "days": days}
    audit(actor=by.reference, action="identity.token_made", thing=f"token:{row.pk}", detail=detail)
    return NewToken(view=_view(row), key=key)


@transaction.atomic
def end_token(*, token_id: UUID, by: Actor) -> None:
    """From now on it opens nothing. Twice is once. Raises ``Missing``."""
    row = AccessToken.objects.select_for_update().filter(pk=token_id, account_id=account_id_of(by) or 0).first()
    if row is None:
        raise Missing(_("There is no such token among yours."))
    if row.ended_at is None:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        audit(actor=by.reference, action="identity.token_ended", thing=f"token:{row.pk}")


def tokens_of(by: Actor) -> Sequence[TokenView]:
    """Her tokens, those that still open something first, then the newest."""
    rows = AccessToken.objects.filter(account_id=account_id_of(by) or 0).order_by("-made_at", "pk")
    return sorted((_view(row) for row in rows), key=lambda one: not one.is_live)


def recognise(key: str, *, address: str) -> TokenHolder | None:
    """Whose token this is; ``None`` for one that is unknown, ended or too old, or whose account is suspended.

    ``address`` is where the request came from. Raises ``TooManyRequests``, ``SecondStepMissing``, and
    ``TooManyAttempts`` once many unknown tokens came from there: it does not say which of them were ever good.
    """
    now, digest = timezone.now(), _hash(key)
    with connection.cursor() as cursor:
        cursor.execute(_RECOGNISE, {"now": now, "since": now - _WINDOW, "key": digest})
        found: tuple[Any, ...] | None = cursor.fetchone()
    if found is None:
        _count_unknown(address, digest)
        return None
    token_id, account_id, scope, count, began = found
    if count > PER_MINUTE:
        wait = max(1, round((began + _WINDOW - now).total_seconds()))
        raise TooManyRequests(_("Too many requests. Wait a minute and go on more slowly."), wait=wait)
    account = Account.objects.get(pk=account_id)
    _refuse_without_second_step(account)
    known: Scope = "act" if scope == AccessToken.Scope.ACT else "read"
    return TokenHolder(actor=account.actor, scope=known, token_id=token_id)


def _count_unknown(address: str, digest: str) -> None:
    """A program that repeats one old token is no guesser: each unknown token counts once an address."""
    place = salted_hmac("satu.identity.unknown_token.address", address, algorithm="sha256").hexdigest()
    one = salted_hmac("satu.identity.unknown_token.one", address + digest, algorithm="sha256").hexdigest()
    recent = FailedSignIn.objects.filter(at__gte=timezone.now() - FAILURES_WINDOW)
    if recent.filter(key=place).count() >= FAILURES_PER_ADDRESS:
        raise TooManyAttempts(_("Too many attempts. Wait 15 minutes and try again."))
    if not recent.filter(key=one).exists():
        note_failure([place, one])


def _refuse_without_second_step(account: Account) -> None:
    if account.kind == Account.Kind.OFFICER and not second_factors_of(account.pk).exists():
        raise SecondStepMissing(_("Officers need a second step to sign in before a token works. Set one up first."))


def _account(by: Actor) -> int:
    account_id = account_id_of(by)
    if account_id is None:
        raise NotAllowed(_("Sign in first."))
    return account_id


def _hash(key: str) -> str:
    return salted_hmac("satu.identity.access_token", key, algorithm="sha256").hexdigest()


def _view(row: AccessToken) -> TokenView:
    return TokenView(
        id=row.pk,
        name=row.name,
        scope="act" if row.scope == AccessToken.Scope.ACT else "read",
        ending=row.ending,
        made_at=row.made_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        last_used_at=row.last_used_at,
        is_live=row.ended_at is None and row.expires_at > timezone.now(),
    )
