"""Background jobs."""

from procrastinate.contrib.django import app

from satu.api import once
from satu.kernel.jobs import live_connection


@app.periodic(cron="41 * * * *")
@app.task(name="api.prune_keys", queue="cases", queueing_lock="api.prune_keys")
def prune_keys(timestamp: int) -> int:
    """Each hour: forget answers that are too old to be asked for again. Returns how many."""
    del timestamp
    with live_connection():
        return once.prune()
