"""A simulated system that is spoken to over TCP, not HTTP: it listens, and stops while its page says it is down."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from satu.demo.systems.knobs import Control, Knobs


class Listening(ABC):
    """Where it listens stands in ``port_file`` in its storage folder, and is ``usual_port`` where that is free."""

    port_file: str
    usual_port: int

    def __init__(self, storage: Path) -> None:
        storage.mkdir(parents=True, exist_ok=True)
        self._storage = storage
        self.control: Control | None = None
        self._server: asyncio.Server | None = None

    @abstractmethod
    async def serve_at(self, port: int) -> asyncio.Server:
        """Listen at this port of this machine; 0 is any. Raises ``OSError`` when it is taken."""

    def join(self, app: web.Application) -> None:
        """Begin and end with the pages of ``app``, and do what their knobs say."""
        app[Control.KEY].turned.append(self._turned)
        app.cleanup_ctx.append(self._life)

    async def _turned(self, knobs: Knobs) -> None:
        """Down is a server that nobody listens at."""
        if knobs.down:
            self._stop()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        """At the port of last time, or the usual one, or any."""
        path = self._storage / self.port_file
        wanted = int(path.read_text(encoding="utf-8")) if path.exists() else self.usual_port
        try:
            self._server = await self.serve_at(wanted)
        except OSError:
            self._server = await self.serve_at(0)
        path.write_text(str(self._server.sockets[0].getsockname()[1]), encoding="utf-8")

    async def _life(self, app: web.Application) -> AsyncIterator[None]:
        self.control = app[Control.KEY]
        await self._listen()
        yield
        self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
