"""Which days, and which service, a page is asked for. Nobody types a date: usual periods, or from month to month."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.services.packages import the_packages

_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 1, 1)
_LONGEST = timedelta(days=3660)
_MOST_MONTHS, _MOST_DAYS = 120, 31
#: In the address, in the order in which they are offered; the first is the usual one.
USUAL: dict[str, str | Promise] = {
    "30": _("Last 30 days"),
    "bulan-ini": _("This month"),
    "90": _("Last 90 days"),
    "tahun-ini": _("This year"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both in; ``service`` is empty for all of them, ``name`` for days of one's own choice."""

    since: date
    until: date
    service: str = ""
    name: str = ""

    @property
    def query(self) -> str:
        """For an address."""
        days = {"jangka": self.name} if self.name else {"dari": str(self.since), "sampai": str(self.until)}
        return urlencode(days | ({"layanan": self.service} if self.service else {}))

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def usual(self) -> Sequence[tuple[str | Promise, str, bool]]:
        """The usual periods for the same service: what each is called, its query, and whether it is this one."""
        return [(label, replace(self, name=name).query, name == self.name) for name, label in USUAL.items()]


def period_of(request: HttpRequest) -> Period:
    """What was asked for, or the usual days; of what cannot be read, the usual.

    ``dari`` and ``sampai`` are days or months (``2026-11``): from the first day of the one to the last of the other.
    """
    today, asked = timezone.localdate(), request.GET
    service = asked.get("layanan", "")
    service = service if service in the_packages() else ""
    first, last = _first(asked.get("dari", "")), _last(asked.get("sampai", ""))
    name = asked.get("jangka", "")
    if name in USUAL or not (first or last):
        return usual_period(name if name in USUAL else next(iter(USUAL)), today, service)
    until = last or today
    since = min(first or until, until) if first or last is None else until - timedelta(days=29)
    return Period(max(since, until - _LONGEST), until, service)


def usual_period(name: str, today: date, service: str = "") -> Period:
    """One of ``USUAL``, up to today."""
    firsts = {"bulan-ini": today.replace(day=1), "tahun-ini": today.replace(month=1, day=1)}
    since = firsts[name] if name in firsts else today - timedelta(days=int(name) - 1)
    return Period(since, today, service, name)


def months(earliest: date | None) -> Sequence[date]:
    """The first day of each month from the earliest day on, the newest first."""
    month = timezone.localdate().replace(day=1)
    found = [month]
    while earliest and month > earliest and len(found) < _MOST_MONTHS:
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month)
    return found


def day_in(request: HttpRequest, name: str) -> date | None:
    """A day in the address; ``None`` without one that can be read."""
    return _day(request.GET.get(name, ""))


def days_before(today: date, chosen: date) -> Sequence[date]:
    """The days of the last month, the newest first, and the chosen one, where it is another."""
    days = [today - timedelta(days=number) for number in range(_MOST_DAYS)]
    return days if chosen in days else [chosen, *days]


def _first(text: str) -> date | None:
    return _day(text) or _day(f"{text}-01")


def _last(text: str) -> date | None:
    if day := _day(text):
        return day
    month = _day(f"{text}-01")
    return month and month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None
