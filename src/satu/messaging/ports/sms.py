"""SMS by HTTP: a signed request with an idempotency key, and signed news of what became of the message.

The signature, in both directions, is the hexadecimal HMAC-SHA256 over ``timestamp + "." + body`` (the body's bytes as
they are sent), in ``X-Signature`` beside ``X-Timestamp`` (epoch seconds).
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

import httpx
from django.conf import settings

from satu.messaging.ports.base import SECONDS, Message, NotTaken, needed

CLOCK_SKEW_SECONDS = 300
STATUS_PATH = "/kabar/sms/"


class Forged(Exception):
    """The news is not signed with our provider's key, or too old: nobody knows who sent it."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the provider says of a message, by our key."""

    key: str
    state: Literal["delivered", "failed"]
    provider_reference: str


class SmsPort:
    """``SATU_SMS_URL``, ``SATU_SMS_KEY_ID``, ``SATU_SMS_SECRET``, ``SATU_SMS_STATUS_SECRET``."""

    def send(self, message: Message) -> str:
        body = json.dumps(
            {
                "to": message.address,
                "text": message.text,
                "reference": message.key,
                "callback": settings.SATU_PUBLIC_URL.rstrip("/") + STATUS_PATH,
            }
        ).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
            "X-Key-Id": needed("SMS_KEY_ID"),
            "X-Timestamp": timestamp,
            "X-Signature": signature(needed("SMS_SECRET"), timestamp, body),
        }
        url = needed("SMS_URL").rstrip("/") + "/v1/messages"
        try:
            reply = httpx.post(url, content=body, headers=headers, timeout=SECONDS)
        except httpx.HTTPError as error:
            raise NotTaken("unreachable", again=True) from error
        return _reference(reply)

    def read_status(self, body: bytes, headers: Mapping[str, str]) -> Status:
        """Read the provider's news. Raises ``Forged``."""
        timestamp = headers.get("X-Timestamp", "")
        right = signature(needed("SMS_STATUS_SECRET"), timestamp, body)
        if not hmac.compare_digest(headers.get("X-Signature", "").encode(), right.encode()):
            raise Forged("the signature is not the provider's")
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > CLOCK_SKEW_SECONDS:
            raise Forged("the news is too old")
        try:
            news = json.loads(body)
            state: Literal["delivered", "failed"] = "delivered" if news["status"] == "delivered" else "failed"
            return Status(key=str(news["reference"]), state=state, provider_reference=str(news["id"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Forged("the news cannot be read") from error


def signature(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _reference(reply: httpx.Response) -> str:
    """The provider's reference of a message that it took over. Raises ``NotTaken``."""
    match reply.status_code:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise NotTaken("login-refused", again=True)
        case HTTPStatus.UNPROCESSABLE_ENTITY | HTTPStatus.BAD_REQUEST:
            raise NotTaken("address-refused", again=False)
        case HTTPStatus.OK | HTTPStatus.ACCEPTED:
            try:
                return str(reply.json()["id"])
            except (ValueError, KeyError, TypeError) as error:
                raise NotTaken("provider-error", again=True) from error
        case HTTPStatus.CONFLICT:
            # It has a message of this key, with another text: the city's text, her language or our address changed
            # between two tries. So it was taken over before, and we did not hear.
            return ""
        case _:
            raise NotTaken("provider-error", again=True)
