"""The city's colours as custom properties of the stylesheet: so no page needs an inline style."""

import colorsys
from functools import cache

from satu.kernel.city import the_city

_WHITE, _BLACK = "#ffffff", "#10201a"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` (0 to 1) of ``other`` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * (1 - share) + b * share):02x}" for a, b in pairs)


def shade(colour: str, *, lightness: float, saturation: float) -> str:
    """The colour's hue, as light and as strong as asked (0 to 1)."""
    hue, _lightness, _saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it: 0 for black, 1 for white."""

    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004

    red, green, blue = map(linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it: 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """What text on this colour is written in."""
    return max(_WHITE, _BLACK, key=lambda ink: contrast(colour, ink))


@cache
def colours_of_the_city() -> str:
    """Those of this installation's city, as a rule of style."""
    colours = the_city().colours
    primary, dark, accent = colours["primary"], colours["primary_dark"], colours["accent"]
    properties = {
        "primary": primary,
        "primary-dark": dark,
        "primary-tint": shade(primary, lightness=0.917, saturation=0.36),
        "primary-line": shade(primary, lightness=0.77, saturation=0.28),
        "primary-mid": shade(primary, lightness=0.6, saturation=0.26),
        "primary-bright": shade(primary, lightness=0.66, saturation=0.5),
        "primary-deep": shade(primary, lightness=0.14, saturation=0.5),
        "on-primary": ink_on(primary),
        "accent": accent,
        "accent-strong": mix(accent, "#7a4a00", 0.16),
        "accent-tint": shade(accent, lightness=0.933, saturation=1),
        "accent-line": shade(accent, lightness=0.82, saturation=0.75),
        "on-accent": ink_on(accent),
    }
    return ":root{" + ";".join(f"--city-{name}:{value}" for name, value in properties.items()) + "}"
