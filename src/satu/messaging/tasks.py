"""The job that sends. It may run twice or be killed and run again: the state of the delivery says what is left."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from satu.kernel.jobs import live_connection
from satu.messaging import actions


@app.task(name="messaging.send", queue="messages", retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def send(*, delivery_id: str) -> None:
    """Hand one message over. A provider's failure is recorded and planned again; the retry here is for our own."""
    with live_connection():
        actions.send_delivery(delivery_id=UUID(delivery_id))
