"""A virus scanner, simulated: clamd's protocol over TCP, with one signature, the harmless EICAR test file.

It answers ``PING``, ``VERSION`` and ``INSTREAM`` (``n`` and ``z`` commands), as clamd(8) describes them. It keeps
nothing of what it is shown but its size and what it said. Where it listens stands in ``clamd.port``.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from satu.demo.systems.face import Face
from satu.demo.systems.listening import Listening
from satu.demo.systems.process import run, simulated_application

PORT_FILE = "clamd.port"
USUAL_PORT = 8310
#: clamd's own default of ``StreamMaxLength``.
LARGEST = 25 * 1024 * 1024
_SHOWN = 100
#: The test file of EICAR, which every scanner reports and which does nothing. In two pieces, or scanners report us.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FACE = Face(
    code="clamd",
    name_id="Pemindai virus",
    name_en="Virus scanner",
    agency="Diskominfo",
    habits_id="Hanya mengenal berkas uji EICAR; virus sungguhan tidak dikenalnya. Isi berkas tidak disimpan.",
    habits_en="Knows the EICAR test file and nothing else: no real virus. It keeps nothing of a file's content.",
    latency_id="Tunda setiap pemindaian (milidetik)",
    latency_en="Delay of each scan (milliseconds)",
    errors_id="Bagian pemindaian yang gagal (0 sampai 1)",
    errors_en="Share of scans that fail (0 to 1)",
)


class Scanner(Listening):
    """clamd's side of the line, and the page's listing."""

    port_file = PORT_FILE
    usual_port = USUAL_PORT

    def __init__(self, storage: Path) -> None:
        super().__init__(storage)
        self._seen: deque[Sequence[str]] = deque(maxlen=_SHOWN)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection is one command."""
        try:
            end = {b"z": b"\0", b"n": b"\n"}[await reader.readexactly(1)]
            command = (await reader.readuntil(end))[:-1]
            writer.write(await self._answer(command, reader) + end)
            await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, KeyError, ConnectionError):
            pass  # whoever asks so has no answer from clamd either
        finally:
            writer.close()

    async def _answer(self, command: bytes, reader: asyncio.StreamReader) -> bytes:
        if command == b"PING":
            return b"PONG"
        if command == b"VERSION":
            return b"ClamAV SIMULASI (Satu)"
        return await self._scan(reader) if command == b"INSTREAM" else b"UNKNOWN COMMAND"

    async def _scan(self, reader: asyncio.StreamReader) -> bytes:
        control = self.control
        assert control is not None  # noqa: S101 - set before it listens
        control.calls += 1
        fails = control.fails_now()
        content = bytearray()
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            if len(content) + length > LARGEST:
                control.refused += 1
                return b"INSTREAM size limit exceeded. ERROR"
            content += await reader.readexactly(length)
        await asyncio.sleep(control.latency_seconds())
        if fails:
            control.failed += 1
            return b"stream: Can't allocate memory ERROR"
        found = EICAR in content
        self._seen.appendleft((time.strftime("%d-%m %H:%M:%S"), str(len(content)), "EICAR" if found else "OK"))
        return b"stream: Eicar-Signature FOUND" if found else b"stream: OK"

    def listing(self) -> Sequence[Sequence[str]]:
        return [("Waktu / time", "Bita / bytes", "Hasil / result"), *self._seen]

    async def serve_at(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self.serve, "127.0.0.1", port)


def application(storage: Path) -> web.Application:
    scanner = Scanner(storage)
    app = simulated_application(FACE, [], listing=scanner.listing)
    scanner.join(app)
    return app


if __name__ == "__main__":
    run(application, doc=__doc__)
