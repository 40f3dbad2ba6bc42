"""News from a lower layer for a higher one: recorded in the change's own transaction, delivered at least once.

A package announces by ``announce("registry.resident_moved", {...})``; another listens by decorating a function
with ``@listen("registry.resident_moved")`` in its ``tasks.py``. A listener must bear being called twice.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F
from django.utils import timezone

from satu.kernel.models import OutboxEvent

Listener = Callable[[Mapping[str, Any]], None]
_listeners: dict[str, list[Listener]] = defaultdict(list)
_log = structlog.get_logger(__name__)


def listen(name: str) -> Callable[[Listener], Listener]:
    def register(listener: Listener) -> Listener:
        _listeners[name].append(listener)
        return listener

    return register


def announce(name: str, payload: Mapping[str, Any]) -> None:
    """Record an event. Must run inside a transaction, so that the news and the change stand or fall together."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("announce() belongs inside the transaction of the change it tells of")
    OutboxEvent.objects.create(name=name, payload=dict(payload))


def deliver(limit: int = 100) -> int:
    """Deliver waiting events in order; each in its own transaction. Returns how many were delivered.

    A listener's failure is kept on the event (``last_error``) and the event is tried again next time.
    """
    waiting = OutboxEvent.objects.filter(delivered_at=None).order_by("id").values_list("id", flat=True)[:limit]
    return sum(_deliver_one(event_id) for event_id in list(waiting))


def _deliver_one(event_id: int) -> bool:
    try:
        with transaction.atomic():
            event = OutboxEvent.objects.select_for_update(skip_locked=True).get(id=event_id, delivered_at=None)
            for listener in _listeners[event.name]:
                listener(event.payload)
            event.delivered_at = timezone.now()
            event.save(update_fields=["delivered_at"])
    except OutboxEvent.DoesNotExist:
        return False
    except Exception as error:  # noqa: BLE001 - whatever a listener raises is kept and tried again
        _log.warning("outbox.listener_failed", event_id=event_id, error=type(error).__name__)
        OutboxEvent.objects.filter(id=event_id).update(
            attempts=F("attempts") + 1, last_error=f"{type(error).__name__}: {error}"[:1000]
        )
        return False
    return True


def run(stop: threading.Event, *, pause: float = 0.5) -> None:
    """Deliver until told to stop. A lost database connection is waited for, not died of."""
    while not stop.is_set():
        try:
            close_old_connections()
            if deliver():
                continue
        except DatabaseError as error:
            _log.warning("outbox.database_away", error=type(error).__name__)
            connection.close()
        stop.wait(pause)
    connection.close()
