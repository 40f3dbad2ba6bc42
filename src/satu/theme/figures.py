"""Figures and spans of time as people read them, in the language of the page."""

from django.utils import formats
from django.utils.translation import gettext as _

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
NONE = "-"
_TEN = 10


def number(value: float, places: int = 0) -> str:
    """``12.345`` or ``12,345``."""
    return str(formats.number_format(round(value, places), places, force_grouping=True))


def share(value: float | None) -> str:
    """``98,7%``; a dash for a share of nothing. Not all is never rounded up to all."""
    if value is None:
        return NONE
    if value in {0, 1}:
        return number(value * 100) + "%"
    return number(min(max(value * 100, 0.1), 99.9), 1) + "%"


def took(seconds: float | None) -> str:
    """How long something took: ``41 detik``, ``1,8 hari``; a dash for nothing."""
    if seconds is None:
        return NONE
    if seconds < 1:
        return _("< 1 second")
    if seconds < _MINUTE:
        return _("%(num)s seconds") % {"num": _rough(seconds)}
    if seconds < _HOUR:
        return _("%(num)s minutes") % {"num": _rough(seconds / _MINUTE)}
    if seconds < _DAY:
        return _("%(num)s hours") % {"num": _rough(seconds / _HOUR)}
    return _("%(num)s days") % {"num": _rough(seconds / _DAY)}


def _rough(value: float) -> str:
    return number(value, 0 if value >= _TEN else 1)
