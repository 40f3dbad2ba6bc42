"""The mark of Satu as PNG, in the city's colours: a telephone's home screen takes no SVG."""

from functools import cache

import typst

from satu.kernel.city import the_city

SIZES = (192, 512)
_DOOR = (
    "M16.5 19.6c4.4-.9 7-3.3 8-6.6h3.4c3.1 0 5.6 2.5 5.6 5.6v17.9a1.5 1.5 0 0 1-1.5 1.5H20a1.5 1.5 0 0 1-1.5-1.5V22.4"
    "h-.6a1.4 1.4 0 0 1-1.4-1.4z"
)
_PAGE = """#set page(width: 48pt, height: 48pt, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: 48pt, height: 48pt)
"""


@cache
def icon_png(size: int, *, full: bool) -> bytes:
    """``full``: the colour to the edge and the door within the middle four fifths, which no shape cuts off."""
    colours = the_city().colours
    corner, move = (0, "translate(24 24) scale(.72) translate(-24 -24)") if full else (13, "")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
        f'<rect width="48" height="48" rx="{corner}" fill="{colours["primary"]}"/>'
        f'<path transform="{move}" d="{_DOOR}" fill="{colours["accent"]}"/></svg>'
    )
    png = typst.compile(_PAGE.encode(), format="png", ppi=72 * size / 48, sys_inputs={"svg": svg})
    if not isinstance(png, bytes):
        raise TypeError("Typst made more than one page of an icon")
    return png
