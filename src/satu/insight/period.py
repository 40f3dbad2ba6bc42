"""Which days, and which service, a page is asked for."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from satu.services.packages import the_packages

_USUAL = timedelta(days=29)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 1, 1)
_LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both in; ``service`` is empty for all of them."""

    since: date
    until: date
    service: str

    @property
    def query(self) -> str:
        """For an address."""
        asked = {"dari": self.since.isoformat(), "sampai": self.until.isoformat(), "layanan": self.service}
        return urlencode({key: value for key, value in asked.items() if value})

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


def period_of(request: HttpRequest) -> Period:
    """What was asked for, or the last thirty days; of what cannot be read, the usual."""
    today = timezone.localdate()
    until = day_in(request, "sampai") or today
    since = day_in(request, "dari") or until - _USUAL
    service = request.GET.get("layanan", "")
    return Period(
        since=max(min(since, until), until - _LONGEST),
        until=until,
        service=service if service in the_packages() else "",
    )


def day_in(request: HttpRequest, name: str) -> date | None:
    """A day in the address; ``None`` without one that can be read."""
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None
