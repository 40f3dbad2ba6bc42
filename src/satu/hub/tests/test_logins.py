"""How Satu says who it is: OAuth2 client credentials, and BPJS's signed headers."""

import asyncio
import base64
import hashlib
import hmac
import logging
import threading
import time
import urllib.parse

import pytest
from aiohttp import web

from satu.hub.actions import pull
from satu.hub.purposes import self_access
from satu.hub.tests.conftest import SITI, change
from satu.hub.tests.offices import Office
from satu.hub.types import Found, Outcome, Unavailable
from satu.identity.types import Actor

pytestmark = pytest.mark.django_db
_OAUTH = """{address: {setting: ALPHA_URL}, auth: {kind: oauth2_client_credentials, token_path: /token,
  client_id: {setting: A_ID}, client_secret: {setting: A_SECRET}, scope: people}}"""
_SIGNED = """{address: {setting: ALPHA_URL}, auth: {kind: hmac, cons_id: {setting: A_ID},
  secret: {setting: A_SECRET}, user_key: {setting: A_KEY}}}"""


class Guard:
    """An authorisation server and the service behind it."""

    def __init__(self, office: Office, *, life: float = 60) -> None:
        self.office, self.life = office, life
        self.given = 0
        self.valid: set[str] = set()
        self.forms: list[str] = []
        self.token_status = 200
        office.handler = self.handle

    async def handle(self, request: web.Request) -> web.Response:
        if request.path == "/token":
            return await self.token(request)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.valid:
            return web.json_response({"error": "invalid_token"}, status=401)
        return web.json_response(self.office.says)

    async def token(self, request: web.Request) -> web.Response:
        right = base64.b64encode(b"satu:" + urllib.parse.quote("s3cret/&+", safe="").encode()).decode()
        if request.headers.get("Authorization") != f"Basic {right}":
            return web.json_response({"error": "invalid_client"}, status=401)
        self.forms.append(await request.text())
        await asyncio.sleep(0.05)
        self.given += 1
        token = f"token-{self.given}"
        self.valid.add(token)
        return web.json_response({"access_token": token, "expires_in": self.life}, status=self.token_status)


@pytest.fixture
def guard(small_city, alpha, monkeypatch) -> Guard:
    change(small_city, "systems/alpha.yaml", "{address: {setting: ALPHA_URL}}", _OAUTH)
    monkeypatch.setenv("SATU_A_ID", "satu")
    monkeypatch.setenv("SATU_A_SECRET", "s3cret/&+")
    return Guard(alpha)


def name(siti: Actor) -> Outcome:
    return pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)["person.name"]


def test_one_token_serves_many_pulls(guard, siti):
    assert isinstance(name(siti), Found)
    assert isinstance(name(siti), Found)
    assert guard.given == 1
    assert urllib.parse.parse_qs(guard.forms[0]) == {"grant_type": ["client_credentials"], "scope": ["people"]}


def test_an_ended_token_is_replaced_before_it_is_refused(guard, siti):
    guard.life = 0.2
    name(siti)
    time.sleep(0.15)
    assert isinstance(name(siti), Found)
    assert guard.given == 2


def test_a_token_that_the_system_forgot_is_replaced_once(guard, siti):
    name(siti)
    guard.valid.clear()
    assert isinstance(name(siti), Found)
    assert guard.given == 2


def test_a_system_that_refuses_every_token_is_not_asked_for_ever(guard, alpha, siti):
    async def refuse(request: web.Request) -> web.Response:
        return await guard.token(request) if request.path == "/token" else web.json_response({}, status=401)

    alpha.handler = refuse
    outcome = name(siti)
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "error"
    assert guard.given == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_fetch_one_token(guard, siti):
    found: list[bool] = []

    def one() -> None:
        from django.db import connection

        found.append(isinstance(name(siti), Found))
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8
    assert guard.given == 1


def test_a_wrong_secret_is_trouble_and_is_not_logged(guard, siti, monkeypatch, caplog, capfd):
    monkeypatch.setenv("SATU_A_SECRET", "not-the-secret")
    with caplog.at_level(logging.DEBUG):
        outcome = name(siti)
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "error"
    written = caplog.text + "".join(capfd.readouterr())
    assert "no token: HTTP 401" in written
    assert "not-the-secret" not in written


@pytest.mark.parametrize(
    "reply", [[], {}, {"access_token": 5}, {"access_token": "a\r\nX-Evil: 1"}, {"access_token": ""}]
)
def test_a_token_reply_without_a_token_is_a_bad_reply(guard, alpha, siti, reply):
    async def nonsense(request: web.Request) -> web.Response:
        return web.json_response(reply)

    alpha.handler = nonsense
    outcome = name(siti)
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "bad-reply"


@pytest.fixture
def signed(small_city, alpha, monkeypatch) -> list[dict[str, str]]:
    """A service that checks signatures as BPJS says, and notes the headers it got."""
    change(small_city, "systems/alpha.yaml", "{address: {setting: ALPHA_URL}}", _SIGNED)
    for part, value in (("A_ID", "12345"), ("A_SECRET", "rahasia"), ("A_KEY", "kunci")):
        monkeypatch.setenv(f"SATU_{part}", value)
    seen: list[dict[str, str]] = []

    async def check(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        message = f"12345&{request.headers['X-timestamp']}".encode()
        right = base64.b64encode(hmac.digest(b"rahasia", message, hashlib.sha256)).decode()
        fits = request.headers["X-signature"] == right and request.headers["user_key"] == "kunci"
        return web.json_response(alpha.says if fits else {}, status=200 if fits else 401)

    alpha.handler = check
    return seen


def test_bpjs_signatures_are_accepted(signed, siti):
    assert isinstance(name(siti), Found)
    assert abs(int({k.lower(): v for k, v in signed[0].items()}["x-timestamp"]) - time.time()) < 10


def test_a_wrong_signature_is_trouble_and_tried_once(signed, siti, monkeypatch):
    monkeypatch.setenv("SATU_A_SECRET", "salah")
    outcome = name(siti)
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "error"
    assert len(signed) == 1
