"""Systems that are asked over HTTP and answer in JSON."""

import contextlib
import functools
import json
import logging
import ssl
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import quote

import httpx
import stamina

from satu.hub.connectors.base import AsyncConnector, Message, Question, Refusal, Trouble, setting
from satu.hub.connectors.rest_logins import LOGINS
from satu.hub.mapping import Records, Unreadable, at_place
from satu.hub.systems import Operation, System, Verdict

# Their log lines hold addresses, and an address may hold a NIK where a system insists on it.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

_TRIES = 3
#: 4xx that may be otherwise the next time: who we are, a timeout there, too many at once.
_NOT_ITS_LAST_WORD = frozenset({401, 403, 408, 425, 429})
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30)


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class RestConnector(AsyncConnector):
    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._client: httpx.AsyncClient | None = None
        self._login = LOGINS[system.connection.auth.kind](system.connection.auth)

    async def fetch(self, question: Question) -> Records:
        operation = question.operation
        request = _fill(operation, question.parameters)
        status, body = await self._ask(request, question)
        if status in operation.nothing_status:
            return Records(())
        if not httpx.codes.is_success(status):
            raise Trouble("error", f"HTTP {status}")
        return _records(operation, body)

    async def tell(self, message: Message) -> None:
        tell = message.tell
        request = {
            "method": "POST",
            "path": message.fill({"path": tell.path})["path"],
            "headers": {"idempotency-key": str(message.id), **message.fill(tell.headers)},
            "json": message.fill(tell.json),
        }
        status, body = await self._ask(request, message)
        if status in tell.known_status:
            return
        if httpx.codes.is_client_error(status) and status not in _NOT_ITS_LAST_WORD:
            raise Refusal(f"HTTP {status}")
        if not httpx.codes.is_success(status):
            raise Trouble("error", f"HTTP {status}")
        if tell.accepted is not None:
            _check_accepted(tell.accepted, body)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _ask(self, request: Mapping[str, Any], question: Question | Message) -> tuple[int, bytes]:
        """Ask, and once more with a fresh login if the first was refused."""
        send = functools.partial(self._send, question=question)
        headers = await self._login.headers(send)
        status, body = await send({**request, "headers": {**request["headers"], **headers}})
        if status == httpx.codes.UNAUTHORIZED and self._login.forget(headers):
            headers = await self._login.headers(send)
            status, body = await send({**request, "headers": {**request["headers"], **headers}})
        return status, body

    async def _send(self, request: Mapping[str, Any], question: Question | Message) -> tuple[int, bytes]:
        """Status and body of one request, tried again while nobody listens. Raises ``Trouble``."""
        url = setting(self.system.connection.address).rstrip("/") + request["path"]
        try:
            async for attempt in stamina.retry_context(
                on=_worth_retrying,
                attempts=_TRIES,
                timeout=question.seconds_left,
                wait_initial=0.05,
                wait_max=0.2,
                wait_jitter=0.05,
            ):
                with attempt:
                    return await self._send_once(url, request)
        except (httpx.ConnectError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Trouble("unreachable", type(error).__name__) from error
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError) as error:
            # broken off by an end (FIN) or by a reset (RST), which is only a matter of who is quicker
            raise Trouble("bad-reply", type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Trouble("error", type(error).__name__) from error
        raise AssertionError("unreachable")

    async def _send_once(self, url: str, request: Mapping[str, Any]) -> tuple[int, bytes]:
        limit = self.system.connection.max_reply
        client = self._open()
        parts = {key: request.get(key) for key in ("headers", "params", "json", "data")}
        response = await client.send(client.build_request(request["method"], url, **parts), stream=True)
        async with contextlib.aclosing(response):
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Trouble("bad-reply", "compressed, which was not asked for")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > limit:
                    raise Trouble("bad-reply", f"longer than {limit} bytes")
            return response.status_code, bytes(body)

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=_tls(),
                timeout=None,  # noqa: S113 - the deadline is over all of it, see hub.asking
                limits=_LIMITS,
                trust_env=False,
                cookies=CookieJar(
                    DefaultCookiePolicy(allowed_domains=[])
                ),  # one person's session is not the next one's
                headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "satu"},
            )
        return self._client


def _worth_retrying(error: Exception) -> bool:
    """Nobody listened, or a connection that was kept open had been closed there meanwhile."""
    return isinstance(error, httpx.ConnectError) or (
        isinstance(error, httpx.RemoteProtocolError) and "disconnected without sending" in str(error)
    )


def _fill(operation: Operation, parameters: Mapping[str, str]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": operation.method,
        "path": operation.path.format_map({name: quote(text, safe="") for name, text in parameters.items()}),
        "headers": {name: text.format_map(parameters) for name, text in operation.headers.items()},
    }
    if operation.query:
        request["params"] = {name: text.format_map(parameters) for name, text in operation.query.items()}
    if operation.json is not None:
        request["json"] = {name: text.format_map(parameters) for name, text in operation.json.items()}
    return request


def _check_accepted(verdict: Verdict, body: bytes) -> None:
    try:
        said = str(at_place(json.loads(body), verdict.place))
    except (ValueError, RecursionError, Unreadable) as error:
        raise Trouble("bad-reply", "it does not say whether it took the message") from error
    if said not in verdict.found:
        raise Refusal(f"the reply says {said[:20]!r}")


def _records(operation: Operation, body: bytes) -> Records:
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Trouble("bad-reply", "not JSON") from error
    try:
        if operation.verdict is not None:
            said = str(at_place(reply, operation.verdict.place))
            if said in operation.verdict.nothing:
                return Records(())
            if said not in operation.verdict.found:
                raise Trouble("error", "the reply says that it failed")
        chosen = at_place(reply, operation.select) if operation.select else reply
    except Unreadable as error:
        raise Trouble("bad-reply", str(error)) from error
    rows = [] if chosen is None else chosen if isinstance(chosen, list) else [chosen]
    if not all(isinstance(row, Mapping) for row in rows):
        raise Trouble("bad-reply", "its records are not objects")
    return Records(rows)
