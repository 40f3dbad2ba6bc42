"""The worker: jobs, the outbox and the sealing of the access ledger. Any number may run."""

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

import structlog
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from satu.hub.ledger import sealer
from satu.kernel import outbox

_AGAIN_AFTER = 1.0  # seconds
_log = structlog.get_logger(__name__)


def work(*, concurrency: int) -> None:
    """Work until told to stop (SIGTERM or Ctrl-C); a job that has begun is finished first."""
    stop = threading.Event()
    loops = [_thread("sealer", sealer.run, stop), _thread("outbox", outbox.run, stop)]
    if not isinstance(app.connector, DjangoConnector):
        raise TypeError("the job queue is not on Django's connection")
    try:
        asyncio.run(_until_told(app.connector, concurrency))
    finally:
        stop.set()
        for loop in loops:
            loop.join(timeout=5)
        close_old_connections()


async def _until_told(connector: DjangoConnector, concurrency: int) -> None:
    """A database that goes away ends procrastinate's worker, not ours: it begins again until the database is back.

    A job that was at work then is given to another worker once this one's sign of life is half a minute old.
    """
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    while not told.is_set():
        try:
            with app.replace_connector(connector.get_worker_connector()) as worker_app:
                await _jobs(worker_app, concurrency, told)
        except (ConnectorException, OperationalError, PoolTimeout) as error:
            _log.warning("worker.database_away", error=type(error).__name__)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(told.wait(), _AGAIN_AFTER)


async def _jobs(worker_app: App, concurrency: int, told: asyncio.Event) -> None:
    async with worker_app.open_async():
        running = asyncio.create_task(
            worker_app.run_worker_async(
                concurrency=concurrency, delete_jobs="successful", install_signal_handlers=False
            )
        )
        stopping = asyncio.create_task(told.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not running.done():
            running.cancel()  # procrastinate finishes what it has begun
        with suppress(asyncio.CancelledError):
            await running


def _thread(name: str, run: Callable[[threading.Event], None], stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=run, args=(stop,), name=name, daemon=True)
    thread.start()
    return thread
