"""Jobs of the register, and what it hears from documents. Each may run twice."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from satu.documents import events
from satu.kernel.outbox import listen
from satu.permits import actions


@contextmanager
def _database() -> Iterator[None]:
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


@listen(events.ISSUED)
def document_issued(news: Mapping[str, Any]) -> None:
    """The letter of a licence is there: the register and its QR page are one from now on."""
    actions.attach_document(case_number=news["case_reference"], document_id=UUID(news["document"]))


@app.periodic(cron="23 0 * * *")
@app.task(name="permits.look_after_licences", queue="cases", queueing_lock="permits.look_after_licences")
def look_after_licences(timestamp: int) -> None:
    """Each night: say which have expired, and offer renewals."""
    del timestamp
    with _database():
        today = timezone.localdate()
        actions.end_expired(today=today)
        actions.offer_renewals(today=today)
