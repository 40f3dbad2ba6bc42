"""Background jobs. Each may run twice, or be killed and run again: nothing is paid or given back twice."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from satu.finance import actions
from satu.finance.ports.port import ProviderUnavailable
from satu.kernel.jobs import later, live_connection


class _WhileItIsAway(BaseRetryStrategy):
    """Wait 1, 2, 4 … seconds, at most five minutes, for a provider or database that is away. A refusal is a fault."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, ProviderUnavailable | DatabaseError):
            return None
        return later(job)


@app.task(name="finance.make_code", queue="payments", retry=_WhileItIsAway())
def make_code(*, bill_id: str) -> None:
    with live_connection():
        actions.make_code(bill_id=UUID(bill_id))


@app.task(name="finance.check_bill", queue="payments", retry=_WhileItIsAway())
def check_bill(*, bill_id: str) -> None:
    with live_connection():
        actions.check_bill(bill_id=UUID(bill_id))


@app.task(name="finance.void_code", queue="payments", retry=_WhileItIsAway())
def void_code(*, bill_id: str) -> None:
    with live_connection():
        actions.void_code(bill_id=UUID(bill_id))


@app.task(name="finance.finish_refund", queue="payments", retry=_WhileItIsAway())
def finish_refund(*, payment_id: str) -> None:
    with live_connection():
        actions.finish_refund(payment_id=UUID(payment_id))


@app.periodic(cron="* * * * *")
@app.task(name="finance.look_after_bills", queue="payments", queueing_lock="finance.look_after_bills")
def look_after_bills(timestamp: int) -> None:
    """Find payments whose callback was lost (today's and yesterday's), then expire what is past.

    While the provider is away this does nothing, and the next minute's round does it.
    """
    del timestamp
    with live_connection(), suppress(ProviderUnavailable):
        today = timezone.localdate()
        for day in (today, today - timedelta(days=1)):
            actions.repair(day)
        actions.expire_due_bills()
