"""Background jobs of the name search."""

from procrastinate.contrib.django import app

from satu.registry.search.actions import rebuild_if_worn


@app.periodic(cron="41 2 * * *")
@app.task(queueing_lock="name_search.rebuild")
def rebuild_nightly(timestamp: int) -> bool:  # noqa: ARG001 - procrastinate gives the time that the job was due
    """Each night: make the index anew if many residents changed since it was made. Returns whether it did."""
    return rebuild_if_worn()
