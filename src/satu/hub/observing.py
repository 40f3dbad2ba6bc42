"""How the systems answered, hour by hour: what every pull observed, counted here and added up in the database.

Each process counts for itself and adds its counts with its next pull, at most every few seconds (``health.keep``).
What a process had not added when it ended is lost; nothing else is. What is told to a system is not counted.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from satu.hub.models import SystemHealthHour
from satu.hub.types import Reason
from satu.kernel.spread import bucket_of, percentile

Kind = Literal["answered", "late", "silent", "spared"]
"""``late``: no answer within the system's deadline. ``silent``: not to be reached, or it answered what nobody can
use. ``spared``: not asked, because it had just failed so often."""
_ADD = """
INSERT INTO hub_systemhealthhour (system, hour, kind, bucket, count) VALUES {rows}
ON CONFLICT (system, hour, kind, bucket) DO UPDATE SET count = hub_systemhealthhour.count + excluded.count
"""
_Key = tuple[datetime, Kind, int]


class Tally:
    """What a process has observed of one system and not yet added. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[_Key] = Counter()

    def answered(self, seconds: float, at: datetime) -> None:
        self._count(at, "answered", bucket_of(seconds))

    def failed(self, reason: Reason, at: datetime) -> None:
        self._count(at, "late" if reason == "deadline" else "silent", 0)

    def spared(self, at: datetime) -> None:
        self._count(at, "spared", 0)

    def take(self) -> Mapping[_Key, int]:
        """Everything since the last time."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken

    def put_back(self, taken: Mapping[_Key, int]) -> None:
        with self._lock:
            self._counts.update(taken)

    def _count(self, at: datetime, kind: Kind, bucket: int) -> None:
        with self._lock:
            self._counts[at.replace(minute=0, second=0, microsecond=0), kind, bucket] += 1


def add(counts: Iterable[tuple[str, Mapping[_Key, int]]]) -> None:
    """Add what was observed of each system; always in one order, so that no two processes wait for each other."""
    rows = sorted((system, *key, count) for system, taken in counts for key, count in taken.items())
    if rows:
        with connection.cursor() as cursor:
            places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
            cursor.execute(_ADD.format(rows=places), [value for row in rows for value in row])


@dataclass(frozen=True, slots=True)
class Observed:
    """How often a system was asked in some time, and what came of it. Times are seconds, of its answers."""

    system: str
    hour: datetime | None
    """``None``: of the whole time."""
    answered: int
    late: int
    silent: int
    spared: int
    p50: float | None
    p95: float | None

    @property
    def asked(self) -> int:
        return self.answered + self.late + self.silent

    @property
    def share(self) -> float | None:
        """Of the questions, those that were answered in time; 0 to 1."""
        return self.answered / self.asked if self.asked else None


def observed(since: datetime, until: datetime) -> tuple[list[Observed], list[Observed]]:
    """By system over all hours that begin from ``since`` to before ``until``; and by system and hour. One query."""
    rows = (
        SystemHealthHour.objects.filter(hour__gte=since, hour__lt=until)
        .values_list("system", "hour", "kind", "bucket")
        .annotate(times=Sum(F("count")))
        .order_by("system", "hour")
    )
    whole: dict[tuple[str, datetime | None], _Sums] = {}
    hours: dict[tuple[str, datetime | None], _Sums] = {}
    for system, hour, kind, bucket, count in rows:
        for sums, key in ((whole, (system, None)), (hours, (system, hour))):
            sums.setdefault(key, _Sums()).add(kind, bucket, count)
    return [sums.view(*key) for key, sums in whole.items()], [sums.view(*key) for key, sums in hours.items()]


def observed_on(day: date) -> tuple[list[Observed], list[Observed]]:
    """The same of one day on the city's clock."""
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    return observed(midnight, midnight + timedelta(days=1))


class _Sums:
    def __init__(self) -> None:
        self._kinds: Counter[str] = Counter()
        self._times: Counter[int] = Counter()

    def add(self, kind: str, bucket: int, count: int) -> None:
        self._kinds[kind] += count
        if kind == "answered":
            self._times[bucket] += count

    def view(self, system: str, hour: datetime | None) -> Observed:
        return Observed(
            system=system,
            hour=hour,
            answered=self._kinds["answered"],
            late=self._kinds["late"],
            silent=self._kinds["silent"],
            spared=self._kinds["spared"],
            p50=percentile(self._times, 0.5),
            p95=percentile(self._times, 0.95),
        )
