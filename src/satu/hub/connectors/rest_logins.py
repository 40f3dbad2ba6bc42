"""How Satu says who it is to a REST system. Secrets are looked up for each use; only a token is kept, never shown."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from satu.hub.connectors.base import Trouble, setting
from satu.hub.systems import Auth

_TOKEN_MARGIN = 5.0  # seconds before its end at which a token is not used any more
_TOKEN_LIFE = 60.0  # of a token that does not say

Send = Callable[[Mapping[str, Any]], Awaitable[tuple[int, bytes]]]
"""Sends one request to the system within the question's deadline; raises ``Trouble``."""


class Login:
    """No login at all, and what the others have in common."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth

    def _secret(self, part: str) -> str:
        return setting(self._auth.settings[part])

    async def headers(self, _send: Send) -> dict[str, str]:
        """What to add to a request. Raises ``Trouble``."""
        return {}

    def forget(self, _refused: Mapping[str, str]) -> bool:
        """The system refused these headers. Whether trying again with new ones makes sense."""
        return False


class ClientCredentials(Login):
    """OAuth2 client credentials (RFC 6749, 4.4). One token for all; one refresh at a time."""

    def __init__(self, auth: Auth) -> None:
        super().__init__(auth)
        self._lock = asyncio.Lock()
        self._token = ""
        self._ends = 0.0

    async def headers(self, send: Send) -> dict[str, str]:
        async with self._lock:
            if not self._token or time.monotonic() >= self._ends:
                await self._refresh(send)
            return {"authorization": f"Bearer {self._token}"}

    def forget(self, refused: Mapping[str, str]) -> bool:
        if refused["authorization"] == f"Bearer {self._token}":
            self._token = ""
        return True

    async def _refresh(self, send: Send) -> None:
        client = ":".join(quote(self._secret(part), safe="") for part in ("client_id", "client_secret"))
        basic = base64.b64encode(client.encode()).decode()
        form = {"grant_type": "client_credentials"} | ({"scope": self._auth.scope} if self._auth.scope else {})
        asked_at = time.monotonic()
        status, body = await send(
            {
                "method": "POST",
                "path": self._auth.token_path,
                "headers": {"authorization": f"Basic {basic}"},
                "data": form,
            }
        )
        if not httpx.codes.is_success(status):
            raise Trouble("error", f"no token: HTTP {status}")
        self._token, life = _read_token(body)
        self._ends = asked_at + max(life - _TOKEN_MARGIN, life / 2)


def _read_token(body: bytes) -> tuple[str, float]:
    try:
        reply = json.loads(body)
        token, life = reply["access_token"], float(reply.get("expires_in", _TOKEN_LIFE))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Trouble("bad-reply", "no token in the reply") from error
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise Trouble("bad-reply", "no token in the reply")
    return token, life


class SignedHeaders(Login):
    """BPJS's way: ``X-signature`` is base64 of HMAC-SHA256 over ``consid&timestamp`` (facts, 5.1)."""

    async def headers(self, _send: Send) -> dict[str, str]:
        cons_id, timestamp = self._secret("cons_id"), str(int(time.time()))
        digest = hmac.new(self._secret("secret").encode(), f"{cons_id}&{timestamp}".encode(), hashlib.sha256).digest()
        return {
            "x-cons-id": cons_id,
            "x-timestamp": timestamp,
            "x-signature": base64.b64encode(digest).decode(),
            "user_key": self._secret("user_key"),
        }


class ApiKey(Login):
    """One key in a header, for every request."""

    async def headers(self, _send: Send) -> dict[str, str]:
        return {self._auth.header.lower(): self._secret("key")}


LOGINS: Mapping[str, type[Login]] = {
    "none": Login,
    "oauth2_client_credentials": ClientCredentials,
    "hmac": SignedHeaders,
    "api_key": ApiKey,
}
