"""An SMS gateway, simulated: HTTP with signed requests and idempotency keys, and signed news of what became of each.

``POST /v1/messages`` takes ``{"to", "text", "reference", "callback"}`` with ``X-Key-Id``, ``X-Timestamp`` (epoch
seconds), ``X-Signature`` = hex HMAC-SHA256 over ``timestamp + "." + body``, and ``Idempotency-Key``. A key that comes
again gives the same answer and sends nothing. A moment later the callback hears ``{"id", "reference", "status"}``,
signed alike with another secret, until it answers. No SMS leaves this machine.
"""

import asyncio
import hashlib
import hmac
import json
import re
import secrets
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from satu.demo.systems.credentials import credentials
from satu.demo.systems.face import Face
from satu.demo.systems.knobs import Control
from satu.demo.systems.process import run, simulated_application

FILE = "sms.sqlite"
CLOCK_SKEW_SECONDS = 300
DELIVERY_SECONDS = 0.3
_LONGEST_WAIT = 30.0
_SHOWN = 100
#: A phone that is switched off: the message is taken over, and never arrives.
OFF = "000"
FACE = Face(
    code="sms",
    name_id="Gerbang SMS",
    name_en="SMS gateway",
    agency="Penyedia SMS",
    habits_id="Tidak ada SMS yang benar-benar dikirim; semuanya tercatat di bawah ini. Nomor yang berakhir 000 mati.",
    habits_en="No SMS is really sent; all are listed below. Numbers that end in 000 are switched off.",
)
_TABLE = """CREATE TABLE IF NOT EXISTS pesan (id TEXT PRIMARY KEY, kunci TEXT UNIQUE, tujuan TEXT, teks TEXT,
    acuan TEXT, callback TEXT, diterima REAL, keadaan TEXT, dikabarkan INTEGER DEFAULT 0)"""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of ``X-Signature``."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


class Gateway:
    def __init__(self, storage: Path, clock: Callable[[], float], delivery_seconds: float) -> None:
        storage.mkdir(parents=True, exist_ok=True)
        self._path, self._clock, self._delivery_seconds = storage / FILE, clock, delivery_seconds
        known = credentials(storage)
        self._key_id, self._secret = known["SMS_KEY_ID"], known["SMS_SECRET"]
        self._status_secret = known["SMS_STATUS_SECRET"]
        self._telling: set[asyncio.Task[None]] = set()
        with closing(self._open()) as connection:
            connection.execute(_TABLE)
        self._path.chmod(0o600)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=5)
        connection.row_factory = sqlite3.Row
        return connection

    def _read(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with closing(self._open()) as connection:
            return [dict(row) for row in connection.execute(sql, values)]

    async def take(self, request: web.Request) -> web.Response:
        """Take a message over, once a key."""
        body = await request.read()
        if (why := self._why_refused(request, body)) is not None:
            return _refuse(request, 401, why)
        key, message = request.headers.get("Idempotency-Key", ""), json.loads(body)
        if not key or not re.fullmatch(r"\+[1-9][0-9]{7,14}", str(message.get("to", ""))):
            return _refuse(request, 422, "nomor tujuan atau kunci tidak sah")
        fields = (message["to"], message.get("text", ""), message.get("reference", ""), message.get("callback", ""))
        kept, fresh = self._keep(key, fields)
        if tuple(kept[name] for name in ("tujuan", "teks", "acuan", "callback")) != fields:
            return _refuse(request, 409, "kunci ini sudah dipakai untuk pesan lain")
        if fresh:
            self._tell_later(kept)
        return web.json_response({"id": kept["id"], "status": "accepted", "simulated": True}, status=202)

    def _why_refused(self, request: web.Request, body: bytes) -> str | None:
        timestamp = request.headers.get("X-Timestamp", "")
        if request.headers.get("X-Key-Id") != self._key_id:
            return "X-Key-Id tidak terdaftar"
        right = signature(self._secret, timestamp, body)
        if not hmac.compare_digest(request.headers.get("X-Signature", "").encode(), right.encode()):
            return "X-Signature tidak sesuai"
        if not timestamp.isdecimal() or abs(self._clock() - int(timestamp)) > CLOCK_SKEW_SECONDS:
            return "X-Timestamp kedaluwarsa"
        return None

    def _keep(self, key: str, fields: tuple[str, ...]) -> tuple[dict[str, Any], bool]:
        with closing(self._open()) as connection:
            added = connection.execute(
                "INSERT OR IGNORE INTO pesan (id, kunci, tujuan, teks, acuan, callback, diterima, keadaan)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 'diterima')",
                (f"sms-{secrets.token_hex(8)}", key, *fields, self._clock()),
            ).rowcount
        return self._read("SELECT * FROM pesan WHERE kunci = ?", key)[0], bool(added)

    def _tell_later(self, message: dict[str, Any]) -> None:
        task = asyncio.create_task(self._tell(message))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, message: dict[str, Any]) -> None:
        """Deliver, and tell the callback until it has answered."""
        status = "failed" if message["tujuan"].endswith(OFF) else "delivered"
        news = {"id": message["id"], "reference": message["acuan"], "status": status}
        body, wait = json.dumps(news).encode(), self._delivery_seconds
        while True:
            await asyncio.sleep(wait)
            self._set(message["id"], "keadaan", "gagal" if status == "failed" else "sampai")
            if await self._post(message["callback"], body):
                self._set(message["id"], "dikabarkan", 1)
                return
            wait = min(max(wait * 2, 0.5), _LONGEST_WAIT)

    def _set(self, message_id: str, column: str, value: object) -> None:
        with closing(self._open()) as connection:
            connection.execute(f"UPDATE pesan SET {column} = ? WHERE id = ?", (value, message_id))  # noqa: S608 - ours

    async def _post(self, url: str, body: bytes) -> bool:
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": timestamp,
            "X-Signature": signature(self._status_secret, timestamp, body),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
                session.post(url, data=body, headers=headers) as reply,
            ):
                return reply.status < 500  # noqa: PLR2004 - what is refused today is refused tomorrow
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False

    async def sent(self, _request: web.Request) -> web.Response:
        """Everything that was "sent", as JSON, for tests."""
        return web.json_response(self._read("SELECT * FROM pesan ORDER BY diterima, id"))

    def listing(self) -> Sequence[Sequence[str]]:
        rows = self._read("SELECT * FROM pesan ORDER BY diterima DESC LIMIT ?", _SHOWN)
        shown = [(_clock(row["diterima"]), row["tujuan"], row["teks"], row["keadaan"]) for row in rows]
        return [("Waktu / time", "Ke / to", "Pesan / message", "Keadaan / state"), *shown]

    async def life(self, _app: web.Application) -> AsyncIterator[None]:
        """Take up what a restart has interrupted; stop telling when it stops."""
        for message in self._read("SELECT * FROM pesan WHERE NOT dikabarkan"):
            self._tell_later(message)
        yield
        for task in list(self._telling):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _clock(moment: float) -> str:
    return time.strftime("%d-%m %H:%M:%S", time.localtime(moment))


def _refuse(request: web.Request, status: int, why: str) -> web.Response:
    request.app[Control.KEY].refused += 1
    return web.json_response({"error": why, "simulated": True}, status=status)


def application(
    storage: Path, *, clock: Callable[[], float] = time.time, delivery_seconds: float = DELIVERY_SECONDS
) -> web.Application:
    gateway = Gateway(storage, clock, delivery_seconds)
    routes = [web.post("/v1/messages", gateway.take), web.get("/_simulated/sent", gateway.sent)]
    app = simulated_application(FACE, routes, listing=gateway.listing)
    app.cleanup_ctx.append(gateway.life)
    return app


if __name__ == "__main__":
    run(application, doc=__doc__)
