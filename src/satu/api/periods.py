"""From which day to which: two dates in the query string, as the figures' operations take them."""

from datetime import date, timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query

_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 1, 1)
_USUAL, _LONGEST = timedelta(days=30), timedelta(days=3660)

Since = Annotated[date | None, Query(description=_("The first day; left out, thirty days before the last."))]
Until = Annotated[date | None, Query(description=_("The last day; left out, today."))]


def days_of(since: date | None, until: date | None) -> tuple[date, date]:
    """The first and the last day, both in; at most ten years."""
    last = _within(until) if until else timezone.localdate()
    first = min(_within(since) if since else last - _USUAL, last)
    return max(first, last - _LONGEST), last


def _within(day: date) -> date:
    return min(max(day, _EARLIEST), _LATEST)
