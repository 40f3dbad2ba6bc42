"""The Jinja environment that every page is rendered in."""

from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation


def environment(**options: Any) -> jinja2.Environment:
    """Undefined names fail loudly; GOV.UK Frontend's macros are found beside our own templates."""
    env = jinja2.Environment(
        loader=jinja2.ChoiceLoader([options["loader"], jinja2.PackageLoader("govuk_frontend_jinja")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=options.get("auto_reload", False),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(static=static, url=reverse, language=translation.get_language)
    return env
