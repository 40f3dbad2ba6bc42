"""The Jinja environment that every page is rendered in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jinja2
from django.conf import settings
from django.templatetags.static import static
from django.urls import get_urlconf, reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from jinja2.exceptions import UndefinedError
from jinja2.utils import missing
from markupsafe import Markup

from satu.kernel.city import City, the_city
from satu.kernel.identifiers import in_fours
from satu.kernel.money import Rupiah
from satu.theme.figures import share, took
from satu.theme.navigation import links
from satu.theme.stylesheet import stylesheet_version
from satu.theme.wrong import Wrong


class Undefined(jinja2.ChainableUndefined):
    """A name or an attribute that is not there fails loudly; a key that is not in a dict is an option left out.

    GOV.UK Frontend's macros take their options in a dict, and ours are dataclasses: so nothing of ours is lenient.
    """

    def __new__(
        cls, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: Any = UndefinedError
    ) -> Any:
        if isinstance(obj, Mapping | cls) or name == "caller":
            return super().__new__(cls)
        return jinja2.StrictUndefined(hint, obj, name, exc)


_offered: dict[str, Callable[..., object]] = {}


def offer(name: str, function: Callable[..., object]) -> None:
    """Let every template call ``function``: how a package above gives the header what only it can know."""
    _offered[name] = function


_filters: dict[str, Callable[..., str]] = {}


def offer_filter(name: str, function: Callable[..., str]) -> None:
    """The same for a filter."""
    _filters[name] = function


def environment(**options: Any) -> jinja2.Environment:
    """Undefined names fail loudly; GOV.UK Frontend's macros are found beside our own templates."""
    macros = jinja2.PackageLoader("govuk_frontend_jinja")
    env = jinja2.Environment(
        loader=jinja2.ChoiceLoader([options["loader"], jinja2.PrefixLoader({"govuk_frontend_jinja": macros})]),
        autoescape=True,
        undefined=Undefined,
        auto_reload=options.get("auto_reload", False),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        _=env.globals[
            "gettext"
        ],  # Jinja's own is an alias that looks it up anew at each of the hundred calls of a page
        undefined=Undefined(obj={}),  # the macros come from Nunjucks: they say undefined and null
        null=None,
        wrong=Wrong(),
        static=static,
        url=url,
        language=translation.get_language,
        icon=icon,
        city=_city,
        menu=links,
        stylesheet=lambda: reverse("stylesheet", args=[stylesheet_version()]),
        development=settings.DEVELOPMENT,
        **_offered,
    )
    env.filters.update(
        rupiah=rupiah,
        clock=clock,
        day=day,
        day_to_type=day_to_type,
        moment=moment,
        inline=inline,
        freshness=freshness,
        initials=initials,
        fours=in_fours,
        share=share,
        took=took,
    )
    env.filters.update(_filters)
    return env


def _city() -> City:
    return the_city()


_ANY_ID = UUID(int=0)


def url(name: str, args: Sequence[object] = ()) -> str:
    """``reverse``, which a page of fifty rows calls fifty times: what differs by an id alone is looked up once."""
    if not args:
        return _address(name, get_urlconf())
    if len(args) == 1 and isinstance(args[0], UUID):
        return _address_of_any(name, get_urlconf()).replace(str(_ANY_ID), str(args[0]))
    return reverse(name, args=args)


@lru_cache(maxsize=512)
def _address(name: str, urlconf: str | None) -> str:
    return reverse(name, urlconf)


@lru_cache(maxsize=512)
def _address_of_any(name: str, urlconf: str | None) -> str:
    return reverse(name, urlconf, [_ANY_ID])


@lru_cache(maxsize=512)
def icon(name: str) -> Markup:
    """A Tabler icon from the sprite. It says nothing to a screen reader: the words beside it do."""
    href = f"{static('satu/icons.svg')}#{name}"
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>').format(href)


def day(value: date | datetime) -> str:
    """``14 Maret 1991``, in the language of the page and on the city's clock."""
    return formats.date_format(_local(value), "j F Y")


def day_to_type(text: str) -> str:
    """A day that is kept, as people type one; what somebody has typed stays as it is."""
    try:
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    except ValueError:
        return text


def moment(value: datetime) -> str:
    """When something happened, as a person would say it: ``Hari ini, 08.14``; ``20 Nov 2026, 19.42``."""
    local = timezone.localtime(value)
    return _("%(day)s, %(time)s") % {"day": _near(local.date()), "time": clock(value)}


def inline(text: str) -> str:
    """For inside a sentence: ``hari ini, 08.14``."""
    return text[:1].lower() + text[1:]


def rupiah(amount: int) -> str:
    """An amount of money as officials write it."""
    return str(Rupiah(amount))


def clock(value: datetime) -> str:
    """``08.14``, and in English ``08:14``, on the city's clock."""
    return formats.date_format(timezone.localtime(value), "H:i" if translation.get_language() == "en" else "H.i")


def freshness(value: date | datetime | None) -> str:
    """How fresh a fact is: ``hari ini``, ``kemarin`` or a date. Nothing when the system does not say."""
    if value is None:
        return ""
    return inline(_near(_local(value)))


def _near(value: date) -> str:
    today = timezone.localdate()
    if value == today:
        return _("Today")
    if value == today - timedelta(days=1):
        return _("Yesterday")
    return formats.date_format(value, "j M Y")


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def initials(name: str) -> str:
    """The two letters in the circle beside a name."""
    words = [word for word in name.replace(".", " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
