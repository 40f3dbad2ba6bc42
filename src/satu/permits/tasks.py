"""Jobs of the register, and what it hears from documents. Each may run twice."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from satu.documents import events
from satu.kernel.jobs import live_connection
from satu.kernel.outbox import listen
from satu.permits import actions


@listen(events.ISSUED)
def document_issued(news: Mapping[str, Any]) -> None:
    """The letter of a licence is there: the register and its QR page are one from now on."""
    actions.attach_document(case_number=news["case_reference"], document_id=UUID(news["document"]))


@app.periodic(cron="23 0 * * *")
@app.task(name="permits.look_after_licences", queue="cases", queueing_lock="permits.look_after_licences")
def look_after_licences(timestamp: int) -> None:
    """Each night: say which have expired, and offer renewals."""
    del timestamp
    with live_connection():
        today = timezone.localdate()
        actions.end_expired(today=today)
        actions.offer_renewals(today=today)
