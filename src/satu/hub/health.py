"""How the systems answer, told to the other processes through the database every few seconds."""

import os
import threading
import time

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from satu.hub import asking, observing
from satu.hub.models import SystemHealth

_EVERY = 5.0  # seconds
_OVERWRITTEN = [
    "last_answer_at",
    "last_failure_at",
    "last_failure",
    "failures_in_a_row",
    "p50_ms",
    "skipped",
    "report",
    "seen_at",
]
_log = structlog.get_logger(__name__)
_due = {"at": 0.0}
_lock = threading.Lock()


def keep(*, now: bool = False) -> None:
    """Write down this process's view, at most every few seconds. What goes wrong with it harms nobody's pull."""
    with _lock:
        if not now and time.monotonic() < _due["at"]:
            return
        _due["at"] = time.monotonic() + _EVERY
    lines = asking.lines()
    rows = [_row(line) for line in lines]
    taken = [(line, line.tally.take()) for line in lines]
    try:
        with transaction.atomic():
            observing.add((line.system.code, counts) for line, counts in taken)
            SystemHealth.objects.bulk_create(
                sorted(rows, key=lambda row: row.system),
                update_conflicts=True,
                unique_fields=["system"],
                update_fields=_OVERWRITTEN,
            )
    except DatabaseError as error:
        for line, counts in taken:
            line.tally.put_back(counts)
        _log.warning("hub.health_not_kept", error=type(error).__name__, pid=os.getpid())


def _row(line: asking.Line) -> SystemHealth:
    health = line.breaker.health()
    return SystemHealth(
        system=line.system.code,
        last_answer_at=health.last_answer_at,
        last_failure_at=health.last_failure_at,
        last_failure=health.last_failure or "",
        failures_in_a_row=health.failures_in_a_row,
        p50_ms=health.p50_ms,
        skipped=health.skipped,
        report=line.connector.report()[:500],
        seen_at=timezone.now(),
    )
