"""``make album``: a picture of every page at both widths, for eyes; no machine says whether a page is beautiful.

Into ``build/album/``: of each page one sheet in each language, the office screen beside the phone. A city with a
thing of every kind, and requests of every day, is made in a state folder of its own.
"""

import argparse
import json
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import django
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.eyes import Window
from tests.browser.running import CHROMIUM, FLAGS, ROOT, program, running_city, satu

if TYPE_CHECKING:
    from tests.browser.walk import Visit

ALBUM = ROOT / "build" / "album"
#: A sheet's height in pixels, and how much smaller than on a screen each page is drawn on it.
HIGH, SMALLER = 1500, {1280: 0.6, 360: 0.75}
#: How many columns a long page may go on in.
COLUMNS = {1280: 1, 360: 3}
GAP = 12


def sheet(pictures: dict[int, bytes]) -> Image.Image:
    """Pages of one address beside one another, widest first; a long one goes on in a further column."""
    columns = [column for width, picture in pictures.items() for column in _columns(picture, width)]
    wide = sum(column.width + GAP for column in columns)
    drawn = Image.new("RGB", (wide, max(column.height for column in columns)), "#888")
    left = 0
    for column in columns:
        drawn.paste(column, (left, 0))
        left += column.width + GAP
    return drawn


def _columns(picture: bytes, width: int) -> Iterator[Image.Image]:
    page = Image.open(BytesIO(picture)).convert("RGB")
    scale = SMALLER[width]
    page = page.resize((int(page.width * scale), int(page.height * scale)), Image.Resampling.LANCZOS)
    for top in range(0, min(page.height, HIGH * COLUMNS[width]), HIGH):
        yield page.crop((0, top, page.width, min(page.height, top + HIGH)))


def take(browser: Browser, url: str, visits: dict[str, list["Visit"]], sessions: dict[str, str]) -> None:
    windows = {width: Window(browser, url, width) for width in (1280, 360)}
    for name, found in sorted(visits.items()):
        for number, visit in enumerate(found):
            for language in ("id", "en"):
                pictures = {}
                for width, window in windows.items():
                    window.open(visit.address, session=sessions[visit.who], language=language, cold=False)
                    pictures[width] = window.page.screenshot(full_page=True, animations="disabled")
                kept = ALBUM / language / f"{name.replace(':', '.')}-{number}.png"
                sheet(pictures).save(kept)
                print(kept.relative_to(ROOT), visit.address, "as", visit.who, flush=True)
    for window in windows.values():
        window.close()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.config.settings")
    django.setup()
    from tests.browser.test_every_page import EXCUSED, MORE
    from tests.browser.walk import Walk, different

    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", default="", help="pages whose route's name contains this")
    only = asked.parse_args().only
    for language in ("id", "en"):
        (ALBUM / language).mkdir(parents=True, exist_ok=True)
    state = ROOT / ".satu" / "browser" / Path(__file__).stem
    with running_city(state) as url, sync_playwright() as playwright:
        satu(state, "city", "live", "--up-to", "60", "--seed", "album")
        satu(state, "insight", "fold")
        walk = Walk(url, json.loads(program(state, "tests.browser.furniture")), MORE)
        found = walk.go()
        walk.close()
        visits = {
            name: [visit for visit in different(of) if visit.is_page]
            for name, of in found.visits.items()
            if name not in EXCUSED and only in name
        }
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(browser, url, visits, dict(found.sessions))
        browser.close()


if __name__ == "__main__":
    main()
