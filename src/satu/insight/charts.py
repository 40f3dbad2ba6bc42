"""Where things stand in a picture. A template writes them down as SVG; colours are classes.

Pictures stretch with the page, so no text is in them: labels stand beside, and every picture has its table.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from satu.hub.observing import Observed
from satu.insight.queries import added
from satu.insight.types import AreaSums, DaySums, Sums

#: So many columns can still be told apart on a telephone.
_COLUMNS = 62
_WEEK = 7
_LEVELS = 5
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; everything in hundredths of the picture's height, and tenths of a column."""

    kind: str
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """One column: the days from ``first`` to ``last``, and its sums."""

    first: date
    last: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns beside each other. ``top`` is what the picture's height stands for."""

    bars: Sequence[Bar]
    count: int
    top: int


def stretches(days: Sequence[DaySums]) -> Sequence[Stretch]:
    """Days, weeks (from Monday) or months: the finest of which there are not too many."""
    groups: dict[date, list[DaySums]] = {}
    begin = _day if len(days) <= _COLUMNS else _monday if len(days) <= _COLUMNS * _WEEK else _month
    for one in days:
        groups.setdefault(begin(one.day), []).append(one)
    return [Stretch(part[0].day, part[-1].day, added([one.sums for one in part])) for part in groups.values()]


def requests_over_time(parts: Sequence[Stretch]) -> Columns:
    """What was sent: with a document, not granted or taken back, and open."""
    stacks = [
        {
            "documents": part.sums.documents,
            "ended": part.sums.refused + part.sums.withdrawn,
            "waiting": part.sums.waiting,
        }
        for part in parts
    ]
    return _columns(stacks)


def hours_of(system: Sequence[Observed], midnight: datetime) -> Columns:
    """The hours of a day: what was answered, what came too late and what did not come."""
    by_hour = {one.hour: one for one in system}
    stacks = []
    for hour in range(_HOURS):
        one = by_hour.get(midnight + timedelta(hours=hour))
        stacks.append({"answered": one.answered, "late": one.late, "silent": one.silent} if one else {})
    return _columns(stacks)


def _columns(stacks: Sequence[Mapping[str, int]]) -> Columns:
    top = _round_up(max((sum(stack.values()) for stack in stacks), default=0))
    bars = []
    for column, stack in enumerate(stacks):
        reached = 0
        for kind, count in stack.items():
            if count:
                reached += count
                bars.append(Bar(kind, column * 10 + 1, _hundredths(top - reached, top), _hundredths(count, top)))
    return Columns(bars=bars, count=len(stacks), top=top)


def _hundredths(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)


def _round_up(most: int) -> int:
    """The next even number of one figure and zeros, so that the half of it is a whole number."""
    if most <= 2:  # noqa: PLR2004
        return 2
    unit: int = 10 ** (len(str(most)) - 1)
    step = 2 * unit if most > 2 * unit else max(unit // 5 * 2, 2)
    return math.ceil(most / step) * step


@dataclass(frozen=True, slots=True)
class Range:
    """From the median to the 90th percentile, in hundredths of a scale that grows tenfold by equal steps."""

    x: float
    width: float


#: The scale of ranges: one second, one minute, one hour, one day, thirty days.
TICKS = (1, 60, 3600, 86_400, 2_592_000)


def at(seconds: float) -> float:
    """Where a time stands on the scale."""
    return round(100 * min(max(math.log(max(seconds, 0.001)) / math.log(TICKS[-1]), 0), 1), 2)


def spread(median: float | None, p90: float | None) -> Range | None:
    if median is None or p90 is None:
        return None
    return Range(at(median), max(round(at(p90) - at(median), 2), 1))


@dataclass(frozen=True, slots=True)
class AreaTile:
    """A kelurahan on the map. ``level`` is 0 for none, and up to 5 for the most."""

    area: AreaSums
    level: int


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan with its tiles, and where it stands: row and column from 1, or 0 where nobody said."""

    code: str
    name: str
    tiles: Sequence[AreaTile]
    row: int
    column: int


def districts(areas: Sequence[AreaSums], places: Sequence[Sequence[str]]) -> Sequence[District]:
    """In the order in which they stand on the map; those without a place after them."""
    most = max((one.requests for one in areas if one.code), default=0)
    groups: dict[str, list[AreaTile]] = {}
    for one in areas:
        if one.code:
            groups.setdefault(one.code[:8], []).append(AreaTile(one, _level(one.requests, most)))
    where = {code: (y, x) for y, row in enumerate(places, 1) for x, code in enumerate(row, 1) if code}
    views = [
        District(code, tiles[0].area.kecamatan, tiles, *where.get(code, (0, 0))) for code, tiles in groups.items()
    ]
    return sorted(views, key=lambda one: (not one.row, one.row, one.column, one.code))


def levels(areas: Sequence[AreaSums]) -> Sequence[tuple[int, int, int]]:
    """Each level from 1 to 5, and from how many to how many requests; not those of no number."""
    most = max((one.requests for one in areas if one.code), default=0)
    edges = [(level, most * (level - 1) // _LEVELS + 1, most * level // _LEVELS) for level in range(1, _LEVELS + 1)]
    return [edge for edge in edges if edge[1] <= edge[2]]


def _level(requests: int, most: int) -> int:
    return -(-requests * _LEVELS // most) if requests else 0


def _day(day: date) -> date:
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)
