"""Background jobs. Each may run twice, or be killed and run again: nothing is lost and nothing is done twice."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from satu.finance import events
from satu.kernel.errors import SatuError
from satu.kernel.jobs import later, live_connection
from satu.kernel.outbox import listen
from satu.services import actions
from satu.services.actions import attaching

_log = structlog.get_logger(__name__)
#: Of a step that fails in a way that nobody foresaw: with the waits between them, about four minutes.
_TRIES = 8
#: No transaction lasts so long: a file older than this without a row has none.
_OLDER_THAN = timedelta(hours=6)


class _UntilItWorks(BaseRetryStrategy):
    """Wait 1, 2, 4 … seconds, at most five minutes, and never give up: a case is a promise."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        del exception
        return later(job)


@app.task(name="services.advance_case", queue="cases", retry=_UntilItWorks(), pass_context=True)
def advance_case(context: JobContext, *, case_id: str) -> None:
    """Carry a submitted case as far as it goes without a person.

    An outage is waited out. What fails in a way that nobody foresaw, and does so for some minutes, is shown to an
    officer; it is in the log, and she can have it tried again.
    """
    with live_connection():
        try:
            actions.advance_case(case_id=UUID(case_id))
        except (OperationalError, InterfaceError, OSError, SatuError):
            raise
        except Exception:
            if context.job is None or context.job.attempts < _TRIES:
                raise
            _log.exception("services.case_stands_still", case=case_id)
            actions.stop_unexpected(case_id=UUID(case_id))


@listen(events.BILL_PAID)
def fee_was_paid(payload: Mapping[str, Any]) -> None:
    actions.fee_was_paid(case_number=payload["case_reference"])


@listen(events.BILL_REFUNDED)
def fee_was_refunded(payload: Mapping[str, Any]) -> None:
    actions.fee_was_refunded(case_number=payload["case_reference"], bill_id=UUID(payload["bill"]))


@listen(events.BILL_EXPIRED)
def bill_lapsed(payload: Mapping[str, Any]) -> None:
    actions.bill_lapsed(case_number=payload["case_reference"], bill_id=UUID(payload["bill"]))


@app.periodic(cron="*/5 * * * *")
@app.task(name="services.look_after_tasks", queue="cases", queueing_lock="services.look_after_tasks")
def look_after_tasks(timestamp: int) -> None:
    """Remind of tasks that are nearly due, act on those whose last day has passed, and end waits."""
    del timestamp
    with live_connection():
        actions.look_after_tasks()
        actions.end_waits()


@app.periodic(cron="17 8 * * *")
@app.task(name="services.remind_of_corrections", queue="cases", queueing_lock="services.remind_of_corrections")
def remind_of_corrections(timestamp: int) -> int:
    """Each morning: tell applicants once more that a correction waits for them. Returns how many wait so long."""
    del timestamp
    with live_connection():
        return actions.remind_of_corrections()


@app.periodic(cron="* * * * *")
@app.task(name="services.reconcile_pending", queue="cases", queueing_lock="services.reconcile_pending")
def reconcile_pending(timestamp: int) -> None:
    """Fetch what a silent system owed, now that it may be back."""
    del timestamp
    with live_connection():
        actions.reconcile_pending()


@app.periodic(cron="23 3 * * *")
@app.task(name="services.sweep_attachments", queue="cases", queueing_lock="services.sweep_attachments")
def sweep_attachments(timestamp: int) -> int:
    """Each night: remove files that a crash left without an attachment. Returns how many."""
    del timestamp
    with live_connection():
        return attaching.sweep_attachments(stored_before=timezone.now() - _OLDER_THAN)


@app.periodic(cron="* * * * * */15")
@app.task(name="services.rescue_jobs", queue="cases", queueing_lock="services.rescue_jobs")
async def rescue_jobs(timestamp: int) -> None:
    """Give the jobs of a worker that died (no heartbeat for 30 seconds) to another one."""
    del timestamp
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await app.job_manager.retry_job(job)
