"""Systems that send a file every night: how far behind is what we answer from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from satu.hub.catalogue import the_catalogue
from satu.hub.types import Found, Outcome


@dataclass(frozen=True, slots=True)
class Behind:
    """Today's file has not come: the answers are of ``day``."""

    day: date
    days: int


def behind(outcomes: Iterable[Outcome], today: date) -> Behind | None:
    """Whether answers come from an older file than today's; ``None`` where they do not, or no file is read."""
    systems = the_catalogue().systems
    days = [
        timezone.localtime(outcome.provenance.as_of).date()
        for outcome in outcomes
        if isinstance(outcome, Found) and systems[outcome.provenance.system].kind == "file"
    ]
    oldest = min(days, default=today)
    return Behind(oldest, (today - oldest).days) if oldest < today else None
