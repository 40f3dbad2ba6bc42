"""The page at ``/`` of each simulated system: what it pretends to be, that it pretends, and its knobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from aiohttp import web

from satu.demo.systems.knobs import Control


@dataclass(frozen=True, slots=True)
class Face:
    """What a simulated system says of itself, in Indonesian and English; ``also`` is more of its page, as HTML."""

    code: str
    name_id: str
    name_en: str
    agency: str
    habits_id: str
    habits_en: str
    latency_id: str = "Tunda setiap panggilan (milidetik)"
    latency_en: str = "Delay of each call (milliseconds)"
    errors_id: str = "Bagian panggilan yang gagal (0 sampai 1)"
    errors_en: str = "Share of calls that fail (0 to 1)"
    counts_calls: bool = True
    also: str = ""


KEY = web.AppKey("face", Face)

Listing = Callable[[], Sequence[Sequence[str]]]
"""What a system has been given, newest first: rows of cells, the first of them the heads."""
LISTING: web.AppKey[Listing] = web.AppKey("listing")

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1b1b1b;background:#f6f5f1}
header{background:#f5b63d}header div,main{max-width:42rem;margin:0 auto;padding:1rem}
h1{margin:0;font-size:1.4rem}p.en,span.en{color:#555;font-style:italic}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;padding:.4rem;border-bottom:1px solid #ccc;vertical-align:top}
code{overflow-wrap:anywhere}
label{display:block;margin:.8rem 0}input[type=number]{display:block;font:inherit;padding:.4rem;width:9rem}
button{font:inherit;padding:.5rem 1rem;margin-right:.5rem}.down{background:#b3261e;color:#fff;padding:.6rem}
.wide{overflow-x:auto}.list td{white-space:pre-line;overflow-wrap:anywhere;min-width:6rem;font-size:.875rem}
"""


def _both(indonesian: str, english: str) -> str:
    return f'{escape(indonesian)} <span class="en" lang="en">{escape(english)}</span>'


def _counts(control: Control) -> str:
    if not control.counts_calls:
        return _both("tidak terhitung: dibaca langsung", "not counted: it is read directly")
    return str(control.calls)


def _listed(rows: Sequence[Sequence[str]]) -> str:
    head, *others = rows
    names = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in others)
    return (
        f'<div class="wide"><table class="list"><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table></div>'
    )


def page(face: Face, control: Control, listed: Sequence[Sequence[str]] = ()) -> str:
    """The page as HTML. It needs no script."""
    knobs = control.knobs
    state = _both("Berjalan seperti biasa.", "Running as usual.")
    if knobs.down:
        state = f'<span class="down">{_both("Sedang mati.", "It is down.")}</span>'
    elif knobs != control.usual:
        state = _both("Sedang diganggu.", "It is being disturbed.")
    spread = f" … {knobs.latency_ms + knobs.latency_spread_ms}" if knobs.latency_spread_ms else ""
    rows = [
        (_both("Keadaan", "State"), state),
        (_both(face.latency_id, face.latency_en), f"{knobs.latency_ms}{spread}"),
        (_both(face.errors_id, face.errors_en), f"{knobs.errors_permille / 1000:g}"),
        (_both("Panggilan", "Calls"), _counts(control)),
        (_both("Ditolak", "Refused"), str(control.refused)),
        (_both("Gagal", "Failed"), str(control.failed)),
    ]
    table = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
    checked = " checked" if knobs.down else ""
    main = f"""<h2>{escape(face.name_id)} <span class="en" lang="en">{escape(face.name_en)}</span></h2>
<p>{escape(face.agency)} · <code>{escape(face.code)}</code></p>
<p>{escape(face.habits_id)}</p><p class="en" lang="en">{escape(face.habits_en)}</p>
{face.also}
<table>{table}</table>
<form method="post" action="/_simulated/knobs">
<label>{_both(face.latency_id, face.latency_en)}
<input type="number" name="latency" min="0" max="60000" value="{knobs.latency_ms}"></label>
<label>{_both(face.errors_id, face.errors_en)}
<input type="number" name="errors" min="0" max="1" step="0.001" value="{knobs.errors_permille / 1000:g}"></label>
<label><input type="checkbox" name="down" value="true"{checked}> {_both("Mati", "Down")}</label>
<button>{_both("Putar", "Turn")}</button></form>
<form method="post" action="/_simulated/mend"><p><button>{_both("Pulihkan", "Mend")}</button></p></form>
{_listed(listed) if listed else ""}"""
    return surroundings(face, main)


def surroundings(face: Face, main: str) -> str:
    """A page of a simulated system around its ``main`` (HTML): it says that it is simulated."""
    return f"""<!doctype html><html lang="id"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>SIMULASI: {escape(face.name_id)}</title><style>{_STYLE}</style></head><body>
<header><div><h1>SIMULASI <span lang="en">/ SIMULATED</span></h1>
<p>Ini bukan sistem asli. Semua orang dan angka di sini rekaan.<br>
<span lang="en">This is not the real system. All people and figures in it are invented.</span></p></div></header>
<main>{main}</main></body></html>"""


async def show(request: web.Request) -> web.Response:
    listed = request.app[LISTING]() if LISTING in request.app else ()
    return web.Response(text=page(request.app[KEY], request.app[Control.KEY], listed), content_type="text/html")
