"""The loop that seals. The worker process runs it; more than one may run, and one at a time does the work."""

import threading
import time

import structlog
from django.db import Error, connection

from satu.hub.ledger.actions import SEAL_AT_MOST, seal
from satu.hub.ledger.types import LedgerDamaged

EVERY_SECONDS = 0.25
"""So that an entry is sealed within a second of its commit."""

_log = structlog.get_logger(__name__)


def run(stop: threading.Event) -> None:
    """Seal until ``stop`` is set. A database that is away, or a ledger that is damaged, is tried again and again."""
    try:
        while not stop.is_set():
            began = time.monotonic()
            if not _seal_once():
                stop.wait(max(0.0, EVERY_SECONDS - (time.monotonic() - began)))
    finally:
        connection.close()


def _seal_once() -> bool:
    """Whether there is more to do at once: only after a full batch."""
    try:
        sealed = seal()
    except Error as error:
        _log.warning("ledger.not_sealed", error=type(error).__name__)
        connection.close()
    except LedgerDamaged:
        _log.exception("ledger.damaged")
    else:
        return sealed is not None and sealed.entries == SEAL_AT_MOST
    return False
