"""What somebody signs in with, as she would call it."""

from django.utils.translation import gettext as _
from ua_parser import parse


def device(user_agent: str) -> str:
    """``Chrome Mobile, Android``; says so when a browser does not tell."""
    seen = parse(user_agent)
    names = [part.family for part in (seen.user_agent, seen.os) if part is not None]
    return ", ".join(names) or _("A browser that does not say which")
