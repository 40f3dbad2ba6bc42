"""Figures as people read them, in the language of the page."""

from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from satu.theme.figures import NONE, number, share, took

__all__ = ["answered_in", "month", "number", "promised", "share", "short", "took"]

_MILLION, _BILLION = 1_000_000, 1_000_000_000


def short(value: float) -> str:
    """The same where there is little room: ``2,41 juta``."""
    if value >= _BILLION:
        return _("%(num)s billion") % {"num": number(value / _BILLION, 2)}
    if value >= _MILLION:
        return _("%(num)s million") % {"num": number(value / _MILLION, 2)}
    return number(value)


def answered_in(seconds: float | None) -> str:
    """The same of a system, where thousandths of a second matter: ``41 ms``."""
    if seconds is None or seconds >= 1:
        return took(seconds)
    return _("%(num)s ms") % {"num": number(seconds * 1000)}


def promised(working_days: int | None) -> str:
    """What a service promises: ``hari itu juga``, ``3 hari kerja``; a dash where it says nothing."""
    if working_days is None:
        return NONE
    if not working_days:
        return _("the same day")
    return ngettext("%(num)s working day", "%(num)s working days", working_days) % {"num": working_days}


def month(first: date) -> str:
    """``November 2026``."""
    return formats.date_format(first, "F Y")
