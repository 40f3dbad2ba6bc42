"""Background jobs of the hub. Each may run twice, or be killed and run again."""

from uuid import UUID

from procrastinate.contrib.django import app

from satu.hub import telling
from satu.kernel.jobs import live_connection


@app.task(name="hub.send_telling", queue="tellings")
def send_telling(*, telling_id: str) -> None:
    """One try at telling a system something. Trouble is no failure of the job: it plans the next try itself."""
    with live_connection():
        telling.send(telling_id=UUID(telling_id))


@app.periodic(cron="* * * * *")
@app.task(name="hub.send_overdue", queue="tellings", queueing_lock="hub.send_overdue")
def send_overdue(timestamp: int) -> None:
    """Tell what a lost job has left untold."""
    del timestamp
    with live_connection():
        telling.send_overdue()
