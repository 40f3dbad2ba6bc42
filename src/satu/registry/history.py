"""What is believed of one thing: its statements, the later recorded over the earlier."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Statement(Generic[State]):
    """From ``valid_from`` to before ``valid_until`` (``None``: on and on) it was so, recorded at ``recorded_at``."""

    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    state: State

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


def believed(statements: Iterable[Statement[State]]) -> list[Statement[State]]:
    """The periods that follow from all statements, in order, without overlap: each day as last recorded."""
    known = list(statements)
    days = sorted({s.valid_from for s in known} | {s.valid_until for s in known if s.valid_until})
    periods: list[Statement[State]] = []
    for position, day in enumerate(days):
        until = days[position + 1] if position + 1 < len(days) else None
        holding = max((s for s in known if s.covers(day)), key=lambda s: (s.recorded_at, s.valid_from), default=None)
        if holding is None:
            continue
        last = periods[-1] if periods else None
        if (
            last
            and last.valid_until == day
            and (last.recorded_at, last.state) == (holding.recorded_at, holding.state)
        ):
            periods[-1] = Statement(last.valid_from, until, last.recorded_at, last.state)
        else:
            periods.append(Statement(day, until, holding.recorded_at, holding.state))
    return periods
