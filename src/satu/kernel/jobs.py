"""What every background job needs: to be planned, a database that is there, and to be tried again.

Inside a worker, procrastinate's own ``defer`` goes through the worker's connection: the job is seen before the
caller's transaction is committed, and stays when it is rolled back. This one always uses Django's connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import close_old_connections
from procrastinate import RetryDecision
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

_LONGEST_WAIT = 300


def defer(
    task: str,
    *,
    queue: str,
    arguments: dict[str, str],
    lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
) -> None:
    """Plan ``task`` (its registered name) for ``at``, or now. Jobs of one ``lock`` run one after the other."""
    configure_task(
        name=task,
        job_manager=JobManager(DjangoConnector(alias="default")),
        queue=queue,
        lock=lock,
        schedule_at=at,
        priority=priority,
    ).defer(**arguments)


@contextmanager
def live_connection() -> Iterator[None]:
    """A worker's thread lives long: it drops a connection that a restarted database has cut, or that is too old."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


def later(job: Job) -> RetryDecision:
    """Once more after 1, 2, 4 … seconds, at most five minutes."""
    return RetryDecision(retry_in={"seconds": min(2 ** min(job.attempts, 9), _LONGEST_WAIT)})
