"""What the processes share: the application around a system's own addresses, and the running of it."""

import argparse
import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from aiohttp import web

from satu.demo.systems import face, knobs
from satu.demo.systems.face import Face, Listing
from satu.demo.systems.knobs import Control, Knobs

Build = Callable[[Path], web.Application]


def simulated_application(
    of: Face, routes: Iterable[web.RouteDef], *, usual: Knobs | None = None, listing: Listing | None = None
) -> web.Application:
    """An application with its face, its knobs, and ``X-Satu-Simulated: true`` on every answer.

    ``listing`` is what its face shows of what it was given.
    """
    usual = usual or Knobs()
    app = web.Application(middlewares=[knobs.trouble])
    app[Control.KEY] = Control(usual=usual, knobs=usual, counts_calls=of.counts_calls)
    app[face.KEY] = of
    if listing is not None:
        app[face.LISTING] = listing
    app.on_response_prepare.append(_say_simulated)
    app.add_routes(
        [
            web.get("/", face.show),
            web.get("/_simulated/", knobs.show),
            web.post("/_simulated/knobs", knobs.turn),
            web.post("/_simulated/mend", knobs.mend),
            *routes,
        ]
    )
    return app


async def _say_simulated(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["X-Satu-Simulated"] = "true"


@contextmanager
def read_storage(path: Path) -> Iterator[sqlite3.Connection]:
    """The system's own storage, read only, opened anew: it may be rebuilt while the process runs."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=2)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def run(build: Build, *, doc: str | None) -> None:
    """The main of each process: ``--port`` on the loopback address, ``--storage`` the folder of all systems."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--storage", type=Path, required=True, help="the folder that build_all filled")
    parser.add_argument(
        "--stop-with-stdin", action="store_true", help="stop when standard input ends: the parent is gone"
    )
    arguments = parser.parse_args()
    asyncio.run(_serve(build(arguments.storage), arguments.port, stop_with_stdin=arguments.stop_with_stdin))


async def _serve(app: web.Application, port: int, *, stop_with_stdin: bool) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if stop_with_stdin:
        loop.add_reader(sys.stdin.fileno(), _watch_parent, stop)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        await stop.wait()
    finally:
        if stop_with_stdin:
            loop.remove_reader(sys.stdin.fileno())
        await runner.cleanup()


def _watch_parent(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 64):
        stop.set()
