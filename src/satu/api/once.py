"""Idempotency keys: a request that is sent again under its key is carried out once, and answered the same.

What is guaranteed, and how, stands in ``docs/decisions/0022-an-interface-for-programs.md``.
"""

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Literal

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.decorators import decorate_view

from satu.api import problems
from satu.api.callers import calling
from satu.api.models import KeyedRequest
from satu.api.reading import FORM
from satu.kernel.errors import InvalidInput, SatuError

HEADER = "Idempotency-Key"
LONGEST = 100
#: How long an answer is kept.
KEPT = timedelta(hours=24)
#: Whoever carries a request out and has not answered by then is taken for dead.
LEASE = timedelta(seconds=60)
_REPEATED = ("Location",)
_DONE = range(200, 300)
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}\Z", re.ASCII)
_CLAIM = """
INSERT INTO api_keyedrequest AS mine (account, key, fingerprint, lease, begun_at, headers, body)
VALUES (%(account)s, %(key)s, %(fingerprint)s, %(lease)s, %(now)s, '{}', '')
ON CONFLICT (account, key) DO UPDATE SET fingerprint = excluded.fingerprint, lease = excluded.lease,
    begun_at = excluded.begun_at, status = NULL, headers = '{}', body = ''
WHERE mine.begun_at < %(kept_since)s
    OR (mine.status IS NULL AND mine.begun_at < %(alive_since)s AND mine.fingerprint = excluded.fingerprint)
RETURNING lease
"""
Run = Callable[..., HttpResponse]
How = Literal["with-the-action", "the-action-itself"]
"""Where the answer is kept: in the action's own transaction; or after it, where the action makes twice into once."""


@dataclass(frozen=True, slots=True)
class _Claim:
    account: str
    key: str
    fingerprint: str
    lease: uuid.UUID


def once(how: How) -> Callable[[Any], Any]:
    """Under an idempotency key, carry this operation out once. Without one it is as it always was."""

    def decorated(run: Run) -> Run:
        @wraps(run)
        def keyed(request: HttpRequest, **places: Any) -> HttpResponse:
            if HEADER not in request.headers:
                return run(request, **places)
            try:
                claim = _claim_of(request)
            except SatuError as error:
                return problems.of_error(error, in_body=False)
            if claim is None:
                return run(request, **places)
            before = _claimed(claim)
            if before is not None:
                return before
            if how == "with-the-action":
                return _together(claim, lambda: run(request, **places))
            return _afterwards(claim, lambda: run(request, **places))

        keyed.__dict__["takes_key"] = True
        return keyed

    return decorate_view(decorated)


def token_of(request: HttpRequest) -> uuid.UUID:
    """For actions that tell a repeated request by a token: the same for the same key of the same account."""
    key = request.headers.get(HEADER)
    if key is None:
        return uuid.uuid4()
    return uuid.uuid5(uuid.NAMESPACE_URL, f"satu:{calling(request).actor.reference}:{request.path}:{key}")


def prune() -> int:
    """Forget what is too old to be repeated. Returns how many."""
    gone, _by_table = KeyedRequest.objects.filter(begun_at__lt=timezone.now() - KEPT).delete()
    return gone


def _claim_of(request: HttpRequest) -> _Claim | None:
    """``None`` for whoever may not call at all: the operation says so itself. Raises ``InvalidInput``."""
    key = request.headers[HEADER]
    try:
        account = calling(request).actor.reference
    except SatuError:
        return None
    if not _KEY.match(key):
        raise InvalidInput(
            _("An idempotency key has 1 to %(count)s characters without spaces.") % {"count": LONGEST},
            field=HEADER,
        )
    return _Claim(account, key, _fingerprint(request), uuid.uuid4())


def _fingerprint(request: HttpRequest) -> str:
    """A digest of the request. A form is read by its parts: its boundary is another one each time."""
    digest = hashlib.sha256()

    def add(*parts: str | bytes) -> None:
        for part in parts:
            content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            digest.update(len(content).to_bytes(8, "big") + content)

    add(request.method or "", request.get_full_path())
    if request.content_type == FORM:
        for name, values in sorted(request.POST.lists()):
            add(name, *(str(value) for value in values))
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                add(name, file.name or "", file.read())
                file.seek(0)
    else:
        add(request.body)
    return digest.hexdigest()


def _claimed(claim: _Claim) -> HttpResponse | None:
    """``None`` when it is ours to carry out; else what to answer."""
    now = timezone.now()
    values: dict[str, Any] = {
        "account": claim.account,
        "key": claim.key,
        "fingerprint": claim.fingerprint,
        "lease": claim.lease,
        "now": now,
        "kept_since": now - KEPT,
        "alive_since": now - LEASE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        if cursor.fetchone():
            return None
    row = KeyedRequest.objects.filter(account=claim.account, key=claim.key).first()
    if row is not None and row.fingerprint != claim.fingerprint:
        return problems.of_error(
            problems.KeyReused(_("This key was used for another request. Use a new key for a new request."))
        )
    if row is None or row.status is None:
        return _in_progress()
    answer = HttpResponse(bytes(row.body), status=row.status, headers=row.headers)
    answer["Idempotency-Replayed"] = "true"
    return answer


def _together(claim: _Claim, run: Callable[[], HttpResponse]) -> HttpResponse:
    """What is done and that it was done are one transaction: a crash leaves both or neither."""
    try:
        with transaction.atomic():
            answer = run()
            if answer.status_code not in _DONE:
                transaction.set_rollback(True)
            elif not _keep(claim, answer):
                # We took so long that somebody else took over: it is theirs now.
                transaction.set_rollback(True)
                return _in_progress()
    except BaseException:
        _release(claim)
        raise
    if answer.status_code not in _DONE:
        _release(claim)
    return answer


def _afterwards(claim: _Claim, run: Callable[[], HttpResponse]) -> HttpResponse:
    """The action asks other systems, so no transaction may span it; it makes of two times one by itself."""
    try:
        answer = run()
    except BaseException:
        _release(claim)
        raise
    if answer.status_code in _DONE:
        _keep(claim, answer)
    else:
        _release(claim)
    return answer


def _keep(claim: _Claim, answer: HttpResponse) -> bool:
    headers = {name: answer[name] for name in ("Content-Type", *_REPEATED) if answer.has_header(name)}
    mine = KeyedRequest.objects.filter(account=claim.account, key=claim.key, lease=claim.lease, status=None)
    return mine.update(status=answer.status_code, headers=headers, body=answer.content) == 1


def _release(claim: _Claim) -> None:
    """Nothing was done: the key is free again."""
    KeyedRequest.objects.filter(account=claim.account, key=claim.key, lease=claim.lease, status=None).delete()


def _in_progress() -> HttpResponse:
    return problems.of_error(
        problems.InProgress(_("The same request is being carried out. Ask again in a moment."), wait=2)
    )
