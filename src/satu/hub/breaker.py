"""How each system has been answering in this process, and whether it is left in peace for a moment."""

import statistics
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from satu.hub.types import Reason

FAILURES = 5  # in a row, after which a system is left in peace
PEACE = 5.0  # seconds
_KEPT = 100
_WEIGHT_OF_THE_LAST = 0.2


@dataclass(frozen=True, slots=True)
class Health:
    """A moment's view of one system from this process."""

    last_answer_at: datetime | None
    last_failure_at: datetime | None
    last_failure: Reason | None
    failures_in_a_row: int
    p50_ms: float | None
    """Median of the last answers, failures not counted."""
    skipped: bool
    """Whether it is left in peace right now: it is not asked, and its facts are unavailable at once."""


class Breaker:
    """Counts answers and failures of one system. After ``FAILURES`` in a row it is not asked for ``PEACE`` seconds;

    then one question is let through, and its outcome decides. Safe from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: deque[float] = deque(maxlen=_KEPT)
        self.usual = 0.0
        """Seconds that an answer has been taking lately; newer ones weigh more."""
        self._failures = 0
        self._closed_until = 0.0
        self._trying = False
        self._last_answer_at: datetime | None = None
        self._last_failure_at: datetime | None = None
        self._last_failure: Reason | None = None

    def refuses(self) -> Reason | None:
        """Why the system is not asked now; ``None`` lets the question through."""
        with self._lock:
            if self._failures < FAILURES:
                return None
            if time.monotonic() < self._closed_until or self._trying:
                return self._last_failure
            self._trying = True
            return None

    def answered(self, seconds: float, at: datetime) -> None:
        with self._lock:
            self._trying = False
            self._failures = 0
            self._seconds.append(seconds)
            self.usual += (seconds - self.usual) * _WEIGHT_OF_THE_LAST
            self._last_answer_at = at

    def failed(self, reason: Reason, at: datetime) -> None:
        with self._lock:
            self._trying = False
            self._failures += 1
            self._last_failure, self._last_failure_at = reason, at
            if self._failures >= FAILURES:
                self._closed_until = time.monotonic() + PEACE

    def health(self) -> Health:
        with self._lock:
            return Health(
                last_answer_at=self._last_answer_at,
                last_failure_at=self._last_failure_at,
                last_failure=self._last_failure,
                failures_in_a_row=self._failures,
                p50_ms=statistics.median(self._seconds) * 1000 if self._seconds else None,
                skipped=self._failures >= FAILURES and (time.monotonic() < self._closed_until or self._trying),
            )
