"""The job that keeps the sums near the events. It may run twice, late, or be killed."""

from procrastinate.contrib.django import app

from satu.insight import actions
from satu.kernel.jobs import live_connection


@app.periodic(cron="* * * * * */20")
@app.task(name="insight.fold", queue="insight", queueing_lock="insight.fold")
def fold(timestamp: int) -> int:
    """Count what has happened. Returns of how many requests."""
    del timestamp
    with live_connection():
        return actions.fold()
