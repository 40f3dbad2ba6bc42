"""Background jobs of the hub. Each may run twice, or be killed and run again."""

from uuid import UUID

from django.db import close_old_connections
from procrastinate.contrib.django import app

from satu.hub import telling


@app.task(name="hub.send_telling", queue="tellings")
def send_telling(*, telling_id: str) -> None:
    """One try at telling a system something. Trouble is no failure of the job: it plans the next try itself."""
    close_old_connections()
    try:
        telling.send(telling_id=UUID(telling_id))
    finally:
        close_old_connections()


@app.periodic(cron="* * * * *")
@app.task(name="hub.send_overdue", queue="tellings", queueing_lock="hub.send_overdue")
def send_overdue(timestamp: int) -> None:
    """Tell what a lost job has left untold."""
    del timestamp
    close_old_connections()
    try:
        telling.send_overdue()
    finally:
        close_old_connections()
