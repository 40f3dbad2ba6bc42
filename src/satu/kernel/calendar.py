"""The city's working days: its holidays as dated data, and deadlines reckoned from them whenever they are asked for.

Nothing is counted down by a daily job. Saturdays and Sundays are off; the other days off stand in
``cities/<city>/calendar/<year>.yaml``. A deadline that reaches into a year whose days are not known, or not
confirmed, says so (``Due.warning``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import structlog
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.kernel.city import Label, the_city
from satu.kernel.citydata import CityFile, read_city_file

_SCHEMA = Path(__file__).parent / "schemas" / "calendar.schema.json"
_OFF = frozenset({"holiday", "joint-leave", "city"})
_SATURDAY = 5
_DAY = timedelta(days=1)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class WorkingDays:
    """A span of working days; not of days. Never negative."""

    count: int

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(f"{self.count} working days")


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day that the calendar names; ``off`` is false for a day that is remembered and worked on."""

    day: date
    name: Label
    off: bool


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a deadline. ``unknown`` and ``unconfirmed`` are the years on which it rests and that are so."""

    day: date
    unknown: tuple[int, ...] = ()
    unconfirmed: tuple[int, ...] = ()

    @property
    def warning(self) -> str | Promise | None:
        """What is not certain about the day, for the person who relies on it."""
        if self.unknown:
            return _("The holidays of %(years)s are not known yet, so this day may move.") % {
                "years": _listed(self.unknown)
            }
        if self.unconfirmed:
            return _("The holidays of %(years)s are not confirmed yet, so this day may move.") % {
                "years": _listed(self.unconfirmed)
            }
        return None


@dataclass(frozen=True)
class Calendar:
    """The days that are named, by date, and the years that are known and confirmed."""

    days: Mapping[date, DayOff]
    years: frozenset[int]
    confirmed: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day, as far as is known: see ``years``."""
        named = self.days.get(day)
        return day.weekday() < _SATURDAY and not (named and named.off)

    def due(self, day: date, *, since: date) -> Due:
        """A day that was reckoned over everything from ``since``, with what is uncertain about it."""
        years = range(min(since, day).year, day.year + 1)
        return Due(
            day=day,
            unknown=tuple(year for year in years if year not in self.years),
            unconfirmed=tuple(year for year in years if year in self.years - self.confirmed),
        )


def load_calendar(folder: Path) -> Calendar:
    """The calendar of a city's folder. Raises ``CityDataError``."""
    days: dict[date, DayOff] = {}
    years, confirmed = set(), set()
    for path in sorted((folder / "calendar").glob("*.yaml")):
        file = read_city_file(path, _SCHEMA)
        year = file.data["year"]
        if path.stem != str(year):
            raise file.error("year", what=f"the file is called {path.name}", mend=f"Write: {path.stem}")
        years.add(year)
        if file.data["confirmed"]:
            confirmed.add(year)
        for day in _days(file, year):
            days[day.day] = day
    return Calendar(days=days, years=frozenset(years), confirmed=frozenset(confirmed))


@cache
def the_calendar() -> Calendar:
    """This city's, read once a process."""
    return load_calendar(the_city().folder)


def due_after(start: date, days: WorkingDays, calendar: Calendar) -> Due:
    """The day on which a deadline ends that begins on ``start``; the first day is not counted.

    Of no days it is ``start`` itself, or the next working day. Beyond the calendar's data only weekends are known to
    be off: the result says so, and so does the log.
    """
    day = start
    if days.count == 0:
        while not calendar.is_working(day):
            day += _DAY
    for _each in range(days.count):
        day += _DAY
        while not calendar.is_working(day):
            day += _DAY
    due = calendar.due(day, since=start)
    if due.unknown:
        _log.warning("calendar.beyond_its_data", years=due.unknown, due=day.isoformat())
    return due


def working_days_before(day: date, days: WorkingDays, calendar: Calendar) -> date:
    """The day that lies so many working days before another."""
    for _each in range(days.count):
        day -= _DAY
        while not calendar.is_working(day):
            day -= _DAY
    return day


def working_days_left(due: date, now: datetime, calendar: Calendar) -> int:
    """Working days after today until a deadline's last day: 0 on the day itself, negative when it is over.

    On the weekend after its last day it is over, too, though no working day has passed: -1.
    """
    today = timezone.localdate(now)
    if due >= today:
        return sum(1 for day in _between(today, due) if calendar.is_working(day))
    return -max(1, sum(1 for day in _between(due, today) if calendar.is_working(day)))


def _between(first: date, last: date) -> Iterator[date]:
    """The days after the first, with the last."""
    return (first + _DAY * number for number in range(1, (last - first).days + 1))


def _days(file: CityFile, year: int) -> Iterator[DayOff]:
    seen: set[date] = set()
    for index, entry in enumerate(file.data["days"]):
        day = date.fromisoformat(str(entry["date"]))
        if day.year != year:
            raise file.error("days", index, "date", what=f"{day} is not in {year}", mend="Write it in its own year.")
        if day in seen:
            raise file.error("days", index, "date", what=f"{day} stands twice", mend="Keep one of the two.")
        seen.add(day)
        yield DayOff(day=day, name=Label(**entry["name"]), off=entry["kind"] in _OFF)


def _listed(years: tuple[int, ...]) -> str:
    return ", ".join(map(str, years))
