"""Signed callbacks: HMAC-SHA256 over ``timestamp.body``, with a window against replay."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from satu.finance.ports.port import Forged

WINDOW_SECONDS = 300


def signature(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(secret: str, *, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises ``Forged``. The signature is compared in constant time, and before anything else is looked at."""
    timestamp, given = headers.get("X-Timestamp", ""), headers.get("X-Signature", "")
    if not hmac.compare_digest(given.encode(), signature(secret, timestamp, body).encode()):
        raise Forged("the signature is not right")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise Forged("the timestamp is no time")
    if abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise Forged("the timestamp is too old, or in the future")
