"""A payment provider, simulated: QRIS codes for one payment each, signed callbacks, refunds and settlement lists.

REST with a bearer key. A charge is created under the merchant's own reference; the same reference gives the same
charge. Whoever "pays" does so on this process's own pages (``/_simulated/codes``), where a bank's application would
scan the code. Then the merchant's address is called: the body is signed with HMAC-SHA256 over ``timestamp.body``.
Not imitated: who the payer is, fees, and settlement on the next day only.
"""

import asyncio
import contextlib
import csv
import hashlib
import hmac
import io
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from satu.demo.systems.credentials import credentials
from satu.demo.systems.emv import Merchant, dynamic_code
from satu.demo.systems.face import Face, surroundings
from satu.demo.systems.knobs import Control, same_machine
from satu.demo.systems.process import run, simulated_application

FILE = "qris.sqlite"
_RETRIES = 5
_SHOWN = 30
_TIMEZONE = ZoneInfo("Asia/Jakarta")
FACE = Face(
    code="qris",
    name_id="Penyedia pembayaran QRIS",
    name_en="QRIS payment provider",
    agency="Bank simulasi",
    habits_id="Kode QRIS sekali pakai; kabar pembayaran bertanda tangan; daftar setelmen per hari.",
    habits_en="QRIS codes for one payment; signed news of payments; a settlement list a day.",
    also='<p><a href="/_simulated/codes">Bayar sebuah kode <span class="en" lang="en">Pay a code</span></a></p>',
)
_TABLE = """CREATE TABLE IF NOT EXISTS charge (
    id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, amount INTEGER NOT NULL, description TEXT NOT NULL,
    bill_number TEXT NOT NULL, payload TEXT NOT NULL, notify_url TEXT NOT NULL, created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL, voided_at TEXT, transaction_id TEXT UNIQUE, paid_amount INTEGER, paid_at TEXT,
    refund_id TEXT UNIQUE, refund_key TEXT, refunded_at TEXT)"""


@dataclass(slots=True)
class News:
    """The knobs of the callback: how many are sent for one payment (0: lost, 2: doubled), and how late."""

    copies: int = 1
    delay_ms: int = 0

    def turn(self, wanted: Mapping[str, Any]) -> None:
        """Raises ``ValueError`` and ``TypeError``; then nothing has changed."""
        copies, delay_ms = int(wanted.get("copies", self.copies)), int(wanted.get("delay_ms", self.delay_ms))
        if not (0 <= copies <= 5 and 0 <= delay_ms <= 600_000):  # noqa: PLR2004 - enough for any test
            raise ValueError("copies is 0 to 5; delay_ms up to 600000")
        self.copies, self.delay_ms = copies, delay_ms


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of ``X-Signature``."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Provider:
    def __init__(self, storage: Path) -> None:
        known = credentials(storage)
        self._key, self._secret = known["QRIS_API_KEY"], known["QRIS_CALLBACK_SECRET"]
        self._merchant = Merchant(
            nmid=known["QRIS_MERCHANT_ID"], name="KAS DAERAH (SIMULASI)", city="TANGERANG", postal_code="15111"
        )
        self._path = storage / FILE
        self.news = News()
        self._sending: set[asyncio.Task[None]] = set()
        with self._open() as database:
            database.execute(_TABLE)
        self._path.chmod(0o600)

    @contextlib.contextmanager
    def _open(self) -> Any:
        with closing(sqlite3.connect(self._path, timeout=5)) as database, database:
            database.row_factory = sqlite3.Row
            yield database

    async def lifetime(self, _app: web.Application) -> AsyncIterator[None]:
        """While the process lives, callbacks may be on their way; what is not sent when it ends is lost."""
        yield
        for task in self._sending:
            task.cancel()

    def guarded(self, handler: Any) -> Any:
        """Only for who has the key."""

        async def checked(request: web.Request) -> web.StreamResponse:
            given = request.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode()):
                request.app[Control.KEY].refused += 1
                return _answer({"error": "unauthorized"}, 401)
            return await handler(request)  # type: ignore[no-any-return]

        return checked

    async def create(self, request: web.Request) -> web.Response:
        """A charge, 201; or the one that was made under this reference before, 200."""
        try:
            wanted = await request.json()
            row: dict[str, Any] = {
                "reference": str(wanted["reference"]),
                "amount": int(wanted["amount"]),
                "description": str(wanted["description"]),
                "bill_number": str(wanted["bill_number"]),
                "notify_url": str(wanted["notify_url"]),
                "expires_at": datetime.fromisoformat(wanted["expires_at"]).astimezone(UTC).isoformat(),
            }
            if wanted["currency"] != "IDR" or row["amount"] < 1:
                raise ValueError("an amount is whole rupiah, IDR")  # noqa: TRY301
            payload = dynamic_code(self._merchant, amount=row["amount"], bill_number=row["bill_number"])
        except (KeyError, TypeError, ValueError) as error:
            return _answer({"error": "invalid", "detail": repr(error)}, 422)
        with self._open() as database:
            old = database.execute("SELECT * FROM charge WHERE reference = ?", (row["reference"],)).fetchone()
            if old is not None:
                same = (old["amount"], old["bill_number"]) == (row["amount"], row["bill_number"])
                return _answer(_shown(old)) if same else _answer({"error": "reference is taken"}, 409)
            row |= {"id": f"chg_{uuid4().hex}", "payload": payload, "created_at": _now()}
            names = ", ".join(row)
            places = ", ".join(f":{name}" for name in row)
            database.execute(f"INSERT INTO charge ({names}) VALUES ({places})", row)  # noqa: S608 - our own names
        return _answer(_shown(self._charge(row["id"])), 201)

    async def status(self, request: web.Request) -> web.Response:
        charge = self._charge(request.match_info["id"])
        return _answer(_shown(charge)) if charge else _answer({"error": "not found"}, 404)

    async def void(self, request: web.Request) -> web.Response:
        """Make a code unpayable. 409 when it has been paid."""
        charge = self._charge(request.match_info["id"])
        if charge is None:
            return _answer({"error": "not found"}, 404)
        if charge["transaction_id"]:
            return _answer({"error": "paid"}, 409)
        self._change(charge["id"], voided_at=_now())
        return _answer(_shown(self._charge(charge["id"])))

    async def refund(self, request: web.Request) -> web.Response:
        """Send the money back, whole. The same ``key`` does it once."""
        charge, key = self._charge(request.match_info["id"]), str((await request.json()).get("key", ""))
        if charge is None:
            return _answer({"error": "not found"}, 404)
        if not charge["transaction_id"] or not key:
            return _answer({"error": "nothing to refund"}, 409)
        if charge["refund_key"] not in {None, key}:
            return _answer({"error": "refunded before"}, 409)
        if charge["refund_key"] is None:
            self._change(charge["id"], refund_id=f"rfd_{uuid4().hex}", refund_key=key, refunded_at=_now())
        return _answer(_shown(self._charge(charge["id"])))

    async def settlement(self, request: web.Request) -> web.Response:
        """``?date=2026-11-24``: what was paid and refunded on that day (in Jakarta), as CSV."""
        day = request.query.get("date", "")
        lines = io.StringIO()
        writer = csv.writer(lines)
        writer.writerow(("kind", "transaction", "charge", "bill_number", "amount", "at"))
        with self._open() as database:
            for row in database.execute("SELECT * FROM charge WHERE transaction_id IS NOT NULL ORDER BY paid_at"):
                same = (row["id"], row["bill_number"], row["paid_amount"])
                if _day(row["paid_at"]) == day:
                    writer.writerow(("payment", row["transaction_id"], *same, row["paid_at"]))
                if row["refunded_at"] and _day(row["refunded_at"]) == day:
                    writer.writerow(("refund", row["refund_id"], *same, row["refunded_at"]))
        return web.Response(text=lines.getvalue(), content_type="text/csv")

    async def codes(self, _request: web.Request) -> web.Response:
        """The page with the newest codes."""
        with self._open() as database:
            rows = database.execute("SELECT * FROM charge ORDER BY created_at DESC LIMIT ?", (_SHOWN,)).fetchall()
        listed = "".join(
            f'<tr><td><a href="/_simulated/codes/{row["id"]}">{escape(row["bill_number"])}</a></td>'
            f"<td>{escape(row['description'])}</td><td>{_money(row['amount'])}</td>"
            f"<td>{_state_words(row)}</td></tr>"
            for row in rows
        )
        return _page(
            f"<h2>{_both('Kode pembayaran', 'Payment codes')}</h2><table>{listed}</table>{self._news_form()}"
        )

    async def code(self, request: web.Request) -> web.Response:
        """The page of one code: what the bank's application would show after the scan."""
        charge = self._charge(request.match_info["id"])
        if charge is None:
            raise web.HTTPNotFound
        return _page(_code_page(charge))

    async def pay(self, request: web.Request) -> web.StreamResponse:
        """The person presses Pay. ``late`` lets an expired or voided code through, as a slow bank may."""
        same_machine(request)
        charge, form = self._charge(request.match_info["id"]), await request.post()
        if charge is None:
            raise web.HTTPNotFound
        if charge["transaction_id"] or (_state(charge) in {"expired", "void"} and "late" not in form):
            return _page(_code_page(charge), status=409)
        amount = int(str(form.get("amount") or charge["amount"]))
        self._change(charge["id"], transaction_id=f"trx_{uuid4().hex}", paid_amount=amount, paid_at=_now())
        self._tell(charge["id"])
        raise web.HTTPSeeOther(f"/_simulated/codes/{charge['id']}")

    async def turn_news(self, request: web.Request) -> web.StreamResponse:
        same_machine(request)
        from_form = request.content_type != "application/json"
        try:
            self.news.turn(await request.post() if from_form else await request.json())
        except (TypeError, ValueError) as error:
            raise web.HTTPUnprocessableEntity(text=str(error)) from error
        if from_form:
            raise web.HTTPSeeOther("/_simulated/codes")
        return _answer({"copies": self.news.copies, "delay_ms": self.news.delay_ms})

    def _charge(self, charge_id: str) -> sqlite3.Row | None:
        with self._open() as database:
            row: sqlite3.Row | None = database.execute("SELECT * FROM charge WHERE id = ?", (charge_id,)).fetchone()
        return row

    def _change(self, charge_id: str, **values: object) -> None:
        sets = ", ".join(f"{name} = :{name}" for name in values)
        with self._open() as database:
            database.execute(f"UPDATE charge SET {sets} WHERE id = :id", {**values, "id": charge_id})  # noqa: S608 - ours

    def _tell(self, charge_id: str) -> None:
        charge = self._charge(charge_id)
        body = json.dumps({"id": f"evt_{uuid4().hex}", "type": "charge.paid", "charge": _shown(charge)}).encode()
        for _copy in range(self.news.copies):
            task = asyncio.create_task(self._send(_shown(charge)["notify_url"], body, self.news.delay_ms / 1000))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, url: str, body: bytes, delay: float) -> None:
        await asyncio.sleep(delay)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            for attempt in range(_RETRIES):
                stamp = str(int(time.time()))
                headers = {"X-Timestamp": stamp, "X-Signature": sign(self._secret, stamp, body)}
                headers["Content-Type"] = "application/json"
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(url, data=body, headers=headers) as reply:
                        if reply.ok:
                            return
                await asyncio.sleep(2**attempt)

    def _news_form(self) -> str:
        return f"""<h2>{_both("Kabar ke pedagang", "News to the merchant")}</h2>
<form method="post" action="/_simulated/news">
<label>{_both("Berapa kali dikirim (0: hilang, 2: ganda)", "How often sent (0: lost, 2: doubled)")}
<input type="number" name="copies" min="0" max="5" value="{self.news.copies}"></label>
<label>{_both("Tertunda (milidetik)", "Late by (milliseconds)")}
<input type="number" name="delay_ms" min="0" max="600000" value="{self.news.delay_ms}"></label>
<button>{_both("Putar", "Turn")}</button></form>"""


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _day(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(_TIMEZONE).date().isoformat()


def _state(charge: sqlite3.Row) -> str:
    if charge["refunded_at"]:
        return "refunded"
    if charge["transaction_id"]:
        return "paid"
    if charge["voided_at"]:
        return "void"
    return "expired" if charge["expires_at"] < _now() else "pending"


def _shown(charge: sqlite3.Row | None) -> dict[str, Any]:
    if charge is None:
        raise LookupError("there is no such charge")
    names = ("id", "reference", "amount", "bill_number", "payload", "expires_at", "notify_url")
    shown: dict[str, Any] = {name: charge[name] for name in names}
    shown |= {"state": _state(charge), "currency": "IDR", "transaction": None, "refund": None, "simulated": True}
    if charge["transaction_id"]:
        paid = {"id": charge["transaction_id"], "amount": charge["paid_amount"], "paid_at": charge["paid_at"]}
        shown["transaction"] = paid
    if charge["refunded_at"]:
        shown["refund"] = {"id": charge["refund_id"], "refunded_at": charge["refunded_at"]}
    return shown


def _answer(content: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.json_response(content, status=status)


def _both(indonesian: str, english: str) -> str:
    return f'{escape(indonesian)} <span class="en" lang="en">{escape(english)}</span>'


def _money(amount: int) -> str:
    return f"Rp{amount:,}".replace(",", ".")


def _state_words(charge: sqlite3.Row) -> str:
    words = {
        "pending": ("menunggu pembayaran", "waiting for payment"),
        "paid": ("sudah dibayar", "paid"),
        "expired": ("kedaluwarsa", "expired"),
        "void": ("dibatalkan", "cancelled"),
        "refunded": ("dikembalikan", "refunded"),
    }
    return _both(*words[_state(charge)])


def _code_page(charge: sqlite3.Row) -> str:
    state = _state(charge)
    parts = [
        f"<h2>{escape(charge['description'])}</h2>",
        f"<p><b>{_money(charge['amount'])}</b> · {escape(charge['bill_number'])} · {_state_words(charge)}</p>",
        f"<p><code>{escape(charge['payload'])}</code></p>",
    ]
    if not charge["transaction_id"]:
        late = "" if state == "pending" else '<input type="hidden" name="late" value="1">'
        words = ("Bayar", "Pay") if state == "pending" else ("Bayar terlambat", "Pay late")
        parts.append(
            f'<form method="post" action="/_simulated/codes/{charge["id"]}/pay">{late}'
            f"<button>{_both(*words)}</button></form>"
        )
    parts.append(f'<p><a href="/_simulated/codes">{_both("Semua kode", "All codes")}</a></p>')
    return "".join(parts)


def _page(main: str, *, status: int = 200) -> web.Response:
    return web.Response(text=surroundings(FACE, main), content_type="text/html", status=status)


def application(storage: Path) -> web.Application:
    provider = Provider(storage)
    guarded = provider.guarded
    app = simulated_application(
        FACE,
        [
            web.post("/v1/charges", guarded(provider.create)),
            web.get("/v1/charges/{id}", guarded(provider.status)),
            web.post("/v1/charges/{id}/void", guarded(provider.void)),
            web.post("/v1/charges/{id}/refund", guarded(provider.refund)),
            web.get("/v1/settlements", guarded(provider.settlement)),
            web.get("/_simulated/codes", provider.codes),
            web.get("/_simulated/codes/{id}", provider.code),
            web.post("/_simulated/codes/{id}/pay", provider.pay),
            web.post("/_simulated/news", provider.turn_news),
        ],
    )
    app.cleanup_ctx.append(provider.lifetime)
    return app


if __name__ == "__main__":
    run(application, doc=__doc__)
