"""Planning a job in the transaction of what it is about, wherever that runs.

Inside a worker, procrastinate's own ``defer`` goes through the worker's connection: the job is seen before the
caller's transaction is committed, and stays when it is rolled back. This one always uses Django's connection.
"""

from datetime import datetime

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task


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
