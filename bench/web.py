"""Granian as ``satu run`` starts it, and people who use it over HTTP: each with a session, on one kept connection."""

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median, quantiles
from threading import local
from urllib.parse import urlencode

HOST = "127.0.0.1"
_CSRF = "b" * 32
_thread = local()


@contextmanager
def granian(port: int, **environment: str) -> Iterator[None]:
    """Two workers, as in the demonstration; with ``environment`` on top of this process's."""
    from django.conf import settings
    from django.core.management import call_command

    from satu.config.processes import Processes
    from satu.config.run import web_command

    call_command("collectstatic", interactive=False, verbosity=0)
    with Processes(logs=settings.STATE_DIR / "logs") as processes:
        processes.start("bench-web", web_command(host=HOST, port=port, workers=2), **environment)
        processes.wait_for(f"http://{HOST}:{port}/masuk/", "bench-web")
        yield


@dataclass(frozen=True, slots=True)
class Timed:
    """What a run took: seconds by the clock, of this process's (the client's) processor, and each piece of work."""

    seconds: float
    client: float
    took: Sequence[float]

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    @property
    def p50(self) -> float:
        return median(self.took)

    @property
    def p95(self) -> float:
        return quantiles(self.took, n=20)[18]


Work = Callable[[str], None]


def at_once(clients: int, work: Work, items: Sequence[str]) -> Timed:
    """``clients`` threads, each doing the next item when it has done one (a closed loop)."""

    def timed(item: str) -> float:
        begun = time.perf_counter()
        work(item)
        return time.perf_counter() - begun

    with ThreadPoolExecutor(clients) as threads:
        begun, before = time.perf_counter(), time.process_time()
        took = list(threads.map(timed, items))
        return Timed(time.perf_counter() - begun, time.process_time() - before, took)


def get(port: int, session: str, path: str) -> str:
    """A page, as a browser asks for it."""
    location, content = _ask(port, session, "GET", path, None)
    assert not location, f"{path} led to {location}"
    return content


def post(port: int, session: str, path: str, **fields: str) -> str:
    """Send a form. Returns where it leads."""
    location, body = _ask(port, session, "POST", path, {"csrfmiddlewaretoken": _CSRF, **fields})
    assert location, f"no redirect from {path}: {re.sub('<[^>]*>', ' ', body)[:500]}"
    return location


def _ask(port: int, session: str, method: str, path: str, fields: dict[str, str] | None) -> tuple[str, str]:
    connection = _connection(port)
    headers = {"Cookie": f"sessionid={session}; csrftoken={_CSRF}", "Accept-Encoding": "gzip"}
    body = None
    if fields is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(fields)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status not in {200, 302}:
        raise AssertionError(f"{answer.status} from {method} {path}")
    return answer.headers.get("Location", ""), "" if answer.headers.get("Content-Encoding") else content.decode()


def _connection(port: int) -> HTTPConnection:
    kept: HTTPConnection | None = getattr(_thread, "connection", None)
    if kept is None or kept.port != port:
        kept = _thread.connection = HTTPConnection(HOST, port, timeout=60)
    return kept


def sign_in(niks: Sequence[str]) -> dict[str, str]:
    """A session for each of these residents, with an account where she has none; by NIK."""
    from satu.identity.models import Account

    accounts = [
        Account(login=nik, nik=nik, kind="resident", display_name="Siti Aminah", password="!bench") for nik in niks
    ]
    Account.objects.bulk_create(accounts, ignore_conflicts=True, batch_size=5_000)
    found = Account.objects.filter(nik__in=niks)
    return {str(account.nik): key for account, key in zip(found, _sessions(list(found)), strict=True)}


def officer(login: str, *, areas: Sequence[str]) -> tuple[str, str]:
    """A session of a front-office officer of these kelurahan, and her account's reference."""
    from satu.identity.models import Account

    account, _created = Account.objects.update_or_create(
        login=login,
        defaults={
            "kind": "officer",
            "display_name": login,
            "agency": "kelurahan",
            "duties": ["front-office"],
            "areas": list(areas),
            "password": "!bench",
        },
    )
    return _sessions([account])[0], account.actor.reference


def _sessions(accounts: Sequence[object]) -> list[str]:
    from datetime import timedelta

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from satu.identity.models import Account

    rows = []
    for number, account in enumerate(accounts):
        assert isinstance(account, Account)
        data = {
            SESSION_KEY: str(account.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: account.get_session_auth_hash(),
        }
        rows.append(
            Session(
                session_key=f"bench{os.getpid():08x}{number:08x}{account.pk:09x}",
                session_data=SessionStore().encode(data),
                expire_date=timezone.now() + timedelta(days=1),
            )
        )
    Session.objects.bulk_create(rows, batch_size=5_000, ignore_conflicts=True)
    return [row.session_key for row in rows]
