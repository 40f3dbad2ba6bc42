"""The page that stands for every other one while Satu is being worked on.

A marker in the state folder says so, and until when: nothing else of Satu need be up, neither the database nor
sessions. Where several machines serve pages, each has its own marker.
"""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from satu.theme.pages import wrong

Handler = Callable[[HttpRequest], HttpResponse]
_RETRY_SECONDS = "300"
#: What the page itself is made of; files under ``/static/`` are given out before anybody asks here.
_STILL_THERE = ("/tema/",)


def _marker() -> Path:
    return Path(settings.STATE_DIR) / "maintenance"


def begin(*, until: str = "") -> None:
    """Show the page from the next request on. ``until`` is a time of day, or a day, as people write it."""
    _marker().parent.mkdir(parents=True, exist_ok=True)
    _marker().write_text(until.strip()[:60], encoding="utf-8")


def end() -> None:
    """Show everything again."""
    _marker().unlink(missing_ok=True)


def until() -> str | None:
    """Until when, if that was said; ``None`` when Satu is not being worked on."""
    try:
        return _marker().read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


class MaintenanceMiddleware:
    """503 and when to come back, for every address, as long as the marker is there."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_STILL_THERE) or (when := until()) is None:
            return self.get_response(request)
        title = _("Satu is being worked on")
        kept = _("What you sent is kept, and nothing of it is half done.")
        back = _("Come back after %(when)s.") % {"when": when} if when else _("Come back in a few minutes.")
        answer = wrong(None, 503, title, f"{kept} {back}")
        answer["Retry-After"] = _RETRY_SECONDS
        answer["Cache-Control"] = "no-store"
        return answer
