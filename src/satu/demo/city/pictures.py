"""Pictures that the demonstration's people send: drawn, and they say so on their face."""

from functools import cache

import typst

_DESIGN = """
#set page(width: 480pt, height: 320pt, margin: 24pt, fill: rgb("#f4f1ea"))
#set text(size: 14pt)
#rect(width: 100%, height: 200pt, fill: rgb("#0b6b4f"), radius: 6pt)[
  #set align(center + horizon)
  #text(fill: white, size: 34pt, weight: "bold")[Buka setiap hari]
  #linebreak()
  #text(fill: rgb("#f5b63d"), size: 16pt)[Selamat datang]
]
#v(8pt)
Tampak depan. Rangka besi, tinggi dua meter.
#linebreak()
#text(size: 10pt, fill: luma(90))[Rancangan rekaan untuk demonstrasi Satu]
"""
_SITE = """
#set page(width: 480pt, height: 320pt, margin: 0pt, fill: rgb("#bcd9ea"))
#set text(size: 12pt)
#place(dx: 0pt, dy: 230pt, rect(width: 480pt, height: 90pt, fill: luma(110)))
#place(dx: 0pt, dy: 222pt, rect(width: 480pt, height: 10pt, fill: luma(190)))
#place(dx: 40pt, dy: 110pt, rect(width: 170pt, height: 112pt, fill: rgb("#d9a066")))
#place(dx: 60pt, dy: 160pt, rect(width: 44pt, height: 62pt, fill: rgb("#7a4a2a")))
#place(dx: 126pt, dy: 150pt, rect(width: 60pt, height: 36pt, fill: rgb("#eef4f7")))
#place(dx: 250pt, dy: 70pt, rect(width: 190pt, height: 152pt, fill: rgb("#c7c2b8")))
#place(dx: 270pt, dy: 150pt, rect(width: 150pt, height: 72pt, fill: rgb("#5b6770")))
#place(dx: 226pt, dy: 60pt, rect(width: 6pt, height: 162pt, fill: luma(70)))
#place(dx: 12pt, dy: 294pt, text(fill: white)[Foto rekaan untuk demonstrasi Satu])
"""


@cache
def design() -> bytes:
    """A drawing of a board, as PNG."""
    return _drawn(_DESIGN)


@cache
def site() -> bytes:
    """A street with the place where something will stand, as PNG."""
    return _drawn(_SITE)


def _drawn(text: str) -> bytes:
    picture = typst.compile(text.encode(), ignore_system_fonts=True, format="png", ppi=144)
    if not isinstance(picture, bytes):
        raise TypeError("a picture has one page")
    return picture
