"""The job that keeps the sums near the events. It may run twice, late, or be killed."""

from django.db import close_old_connections
from procrastinate.contrib.django import app

from satu.insight import actions


@app.periodic(cron="* * * * * */20")
@app.task(name="insight.fold", queue="insight", queueing_lock="insight.fold")
def fold(timestamp: int) -> int:
    """Count what has happened. Returns of how many requests."""
    del timestamp
    close_old_connections()
    try:
        return actions.fold()
    finally:
        close_old_connections()
