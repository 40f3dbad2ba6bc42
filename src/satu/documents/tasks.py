"""Background jobs of documents."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from satu.documents.actions import sweep_files
from satu.kernel.jobs import live_connection

_OLDER_THAN = timedelta(hours=6)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="documents.sweep")
def sweep(timestamp: int) -> int:  # noqa: ARG001 - procrastinate gives the time that the job was due
    """Each night: remove files that a crash left without a document. Returns how many."""
    with live_connection():
        return sweep_files(stored_before=timezone.now() - _OLDER_THAN)
