"""What every page is styled by, in one file: each further one would keep a telephone from showing anything."""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

from satu.theme.colours import colours_of_the_city

_FONT = re.compile(r'url\("?([a-z-]+\.woff2)"?\)')


@cache
def stylesheet() -> str:
    """The city's colours as custom properties, and ``satu.css``, which uses them."""
    file = finders.find("satu/satu.css")
    if file is None:
        raise FileNotFoundError("satu/satu.css is not there: make assets")
    common = _FONT.sub(lambda found: f"url({static('satu/' + found[1])})", Path(file).read_text(encoding="utf-8"))
    return common.replace('@charset "UTF-8";', '@charset "UTF-8";' + colours_of_the_city(), 1)


@cache
def stylesheet_version() -> str:
    """Changes with the file, so that a browser may keep it for good."""
    return hashlib.sha256(stylesheet().encode()).hexdigest()[:12]
