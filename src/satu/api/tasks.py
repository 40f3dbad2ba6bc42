"""Background jobs."""

from django.db import close_old_connections
from procrastinate.contrib.django import app

from satu.api import once


@app.periodic(cron="41 * * * *")
@app.task(name="api.prune_keys", queue="cases", queueing_lock="api.prune_keys")
def prune_keys(timestamp: int) -> int:
    """Each hour: forget answers that are too old to be asked for again. Returns how many."""
    del timestamp
    close_old_connections()
    try:
        return once.prune()
    finally:
        close_old_connections()
