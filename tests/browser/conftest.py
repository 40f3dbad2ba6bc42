"""A real browser against the real thing: ``satu run`` in a state folder of its own, with a small city."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.browser.door import Door
from tests.browser.hands import Enlarged
from tests.browser.running import CHROMIUM, FLAGS, ROOT, program, running_city, satu

#: What a page does by itself may take a while on a machine that has other work.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser; a city of its own takes a while to start."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason="Debian's chromium is not installed"))


@pytest.fixture(scope="session")
def city_state(worker_id: str) -> Path:
    """Where this city keeps its own. A city built by an earlier run is used again, as `satu run` does."""
    return ROOT / ".satu" / "browser" / worker_id


@pytest.fixture(scope="session")
def address(city_state: Path) -> Iterator[str]:
    """The address of a running Satu."""
    with running_city(city_state) as url:
        yield url


@pytest.fixture(scope="session", name="satu")
def satu_command(address: str, city_state: Path) -> Callable[..., str]:
    """Run a `satu` command in the running city."""
    return partial(satu, city_state)


@pytest.fixture(scope="session")
def furniture(address: str, city_state: Path) -> dict[str, list[str]]:
    """Of each place in an address what may stand there, in a city that now has things of every kind."""
    things: dict[str, list[str]] = json.loads(program(city_state, "tests.browser.furniture"))
    return things


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        except Error as error:
            pytest.skip(f"chromium does not start here: {error}")
        yield chromium
        chromium.close()


class Visitor:
    """Somebody with a browser window. ``complaints`` is what the browser's console had to say."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message) -> None:
        # A form that comes back with errors is a 422, and Chromium calls that a failure.
        # Questions that are fetched anew while the same were on their way are no failure either.
        known = ("422", "404", "410", "htmx:sendAbort", "htmx:afterRequest")
        if message.type == "error" and not any(one in message.text for one in known):
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def speak(self, language: str) -> None:
        self.context.add_cookies([{"name": "language", "value": language, "url": self.address}])

    def sign_in(self, number: int = 0, *, officer: bool = False) -> Page:
        """As one of the people whom the sign-in page offers."""
        self.open("/masuk/")
        lists = self.page.locator(".people")
        (lists.nth(1) if officer else lists.nth(0)).locator("button").nth(number).click()
        self.page.wait_for_url(lambda url: "/masuk/" not in url)
        return self.page

    def widths(self) -> tuple[int, int]:
        """How wide the page is, and the window."""
        return tuple(self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]"))


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Open a window: ``visit(width=360, javascript=False)``."""
    contexts: list[BrowserContext] = []

    def open_window(width: int = 1280, height: int = 900, *, javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=javascript, accept_downloads=True
        )
        contexts.append(context)
        return Visitor(context, address)

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def door(address: str, furniture: dict[str, list[str]]) -> Iterator[Door]:  # furnishing ends earlier visits
    opened = Door(address)
    yield opened
    opened.close()


@pytest.fixture
def comes(visit: Callable[..., Visitor], door: Door, address: str) -> Callable[..., Enlarged]:
    """Somebody with a window, and how she goes about in it: ``comes(Keyboard, "Ibu dengan dua anak")``."""

    def come(how: type[Enlarged], said: str = "") -> Enlarged:
        visitor = visit(how.width, how.height, javascript=how.javascript)
        if said:
            session = door.client(said).cookies["sessionid"]
            visitor.context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        return how(visitor)

    return come


@pytest.fixture
def mail_to(address: str, city_state: Path) -> Callable[[str], str]:
    """The text of the newest e-mail to an address, as soon as there is one."""

    def wait_for(mailbox: str, seconds: float = 20) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with closing(sqlite3.connect(city_state / "systems" / "mail.sqlite")) as mail:
                query = "SELECT isi FROM surel WHERE kepada = ? ORDER BY diterima DESC"
                if found := mail.execute(query, (mailbox,)).fetchone():
                    return str(found[0])
            time.sleep(0.1)
        raise TimeoutError(f"no mail came to {mailbox}")

    return wait_for


@pytest.fixture
def birth_letter(city_state: Path, furniture: dict[str, list[str]]) -> None:
    """The hospitals know of one birth of the mother of the demonstration, not registered yet, and of no other."""
    (nik,) = furniture["mother"]
    born = date.today() - timedelta(days=3)  # noqa: DTZ011 - a few days ago, wherever we are
    number = f"SKL/{time.time_ns()}"
    row = (number, nik, "Ibu", "BY. NY. IBU", born.isoformat(), "04:35", "P", 1, 3200, 49, "RSUD Kota", "Bidan")
    with closing(sqlite3.connect(city_state / "systems" / "bpjs.sqlite")) as hospitals, hospitals:
        hospitals.execute("DELETE FROM kelahiran WHERE nikIbu = ?", (nik,))
        hospitals.execute(f"INSERT INTO kelahiran VALUES ({', '.join('?' * len(row))})", row)
