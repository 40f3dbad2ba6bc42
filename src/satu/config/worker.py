"""The worker: jobs, the outbox and the sealing of the access ledger. Any number may run."""

import asyncio
import threading
from collections.abc import Callable

import structlog
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from satu.hub.ledger import sealer
from satu.kernel import outbox

_log = structlog.get_logger(__name__)


def work(*, concurrency: int) -> None:
    """Work until told to stop (SIGTERM or Ctrl-C); a job that has begun is finished first."""
    stop = threading.Event()
    loops = [_thread("sealer", sealer.run, stop), _thread("outbox", outbox.run, stop)]
    if not isinstance(app.connector, DjangoConnector):
        raise TypeError("the job queue is not on Django's connection")
    try:
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
            asyncio.run(_jobs(worker_app, concurrency))
    finally:
        stop.set()
        for loop in loops:
            loop.join(timeout=5)
        close_old_connections()


async def _jobs(worker_app: App, concurrency: int) -> None:
    async with worker_app.open_async():
        await worker_app.run_worker_async(concurrency=concurrency, delete_jobs="successful")


def _thread(name: str, run: Callable[[threading.Event], None], stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=run, args=(stop,), name=name, daemon=True)
    thread.start()
    return thread
