"""A mail server, simulated: SMTP (aiosmtpd) that keeps what it is given, passes nothing on, and shows it on a page.

A message whose ``Message-ID`` it has already is kept once and counted, as mailboxes with duplicate suppression do
(Cyrus IMAP). Where SMTP listens stands in ``mail.port`` in the storage folder.
"""

import asyncio
import email
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from email import policy
from pathlib import Path
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from satu.demo.systems.face import Face
from satu.demo.systems.listening import Listening
from satu.demo.systems.process import run, simulated_application

FILE = "mail.sqlite"
PORT_FILE = "mail.port"
USUAL_PORT = 8125
_SHOWN = 100
#: A mailbox that is not there: the server refuses it for good.
NOBODY = "tidak-ada@"
FACE = Face(
    code="mail",
    name_id="Peladen surel",
    name_en="Mail server",
    agency="Penyedia surel",
    habits_id="Tidak ada surel yang diteruskan; semuanya tercatat di bawah ini. Alamat tidak-ada@… ditolak.",
    habits_en="No e-mail is passed on; all are listed below. Addresses tidak-ada@… are refused.",
    latency_id="Tunda setiap surel (milidetik)",
    latency_en="Delay of each e-mail (milliseconds)",
    errors_id="Bagian surel yang ditolak sementara (0 sampai 1)",
    errors_en="Share of e-mails that are refused for now (0 to 1)",
)
_TABLE = """CREATE TABLE IF NOT EXISTS surel (id TEXT, kepada TEXT, dari TEXT, perihal TEXT, isi TEXT, diterima REAL,
    kali INTEGER, PRIMARY KEY (id, kepada))"""


class MailServer(Listening):
    """aiosmtpd's handler, and the page's listing."""

    port_file = PORT_FILE
    usual_port = USUAL_PORT

    def __init__(self, storage: Path) -> None:
        super().__init__(storage)
        with closing(self._open()) as connection:
            connection.execute(_TABLE)
        (storage / FILE).chmod(0o600)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._storage / FILE, isolation_level=None, timeout=5)
        connection.row_factory = sqlite3.Row
        return connection

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.lower().startswith(NOBODY):
            return "550 5.1.1 no such mailbox (simulated)"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        control = self.control
        assert control is not None  # noqa: S101 - set before it listens
        control.calls += 1
        fails = control.fails_now()
        await asyncio.sleep(control.latency_seconds())
        if fails:
            control.failed += 1
            return "451 4.3.0 try again later (simulated)"
        self._keep(envelope)
        return "250 2.0.0 kept (simulated)"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = email.message_from_bytes(content, policy=policy.default)
        body = message.get_body(("plain",))
        with closing(self._open()) as connection:
            for recipient in envelope.rcpt_tos:
                connection.execute(
                    "INSERT INTO surel VALUES (?, ?, ?, ?, ?, ?, 1)"
                    " ON CONFLICT (id, kepada) DO UPDATE SET kali = kali + 1",
                    (
                        str(message["Message-ID"] or ""),
                        recipient,
                        envelope.mail_from,
                        str(message["Subject"] or ""),
                        body.get_content() if body is not None else "",
                        time.time(),
                    ),
                )

    def _kept(self, order: str) -> list[dict[str, Any]]:
        with closing(self._open()) as connection:
            return [dict(row) for row in connection.execute(f"SELECT * FROM surel ORDER BY {order}")]  # noqa: S608

    async def sent(self, _request: web.Request) -> web.Response:
        """Everything that came, as JSON, for tests."""
        return web.json_response(self._kept("diterima, kepada"))

    def listing(self) -> Sequence[Sequence[str]]:
        shown = [
            (
                time.strftime("%d-%m %H:%M:%S", time.localtime(row["diterima"])),
                row["kepada"],
                f"{row['perihal']}\n\n{row['isi']}",
                str(row["kali"]),
            )
            for row in self._kept("diterima DESC")[:_SHOWN]
        ]
        return [("Waktu / time", "Kepada / to", "Surel / e-mail", "Datang / came"), *shown]

    async def serve_at(self, port: int) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", port)

    def _session(self) -> SMTP:
        return SMTP(self, hostname="simulated.example", ident="SIMULASI Satu", enable_SMTPUTF8=True)


def application(storage: Path) -> web.Application:
    server = MailServer(storage)
    app = simulated_application(FACE, [web.get("/_simulated/sent", server.sent)], listing=server.listing)
    server.join(app)
    return app


if __name__ == "__main__":
    run(application, doc=__doc__)
