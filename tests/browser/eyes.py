"""Looking at one page: what the browser complains of, axe, what runs off the page, what is said, what it weighs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, Page

#: What the window is made as wide as: 1280 pixels at 400 % zoom, a phone, an office screen.
WIDTHS = (320, 360, 1280)
_AXE = {"resultTypes": ["violations"], "iframes": False, "rules": {"target-size": {"enabled": True}}}
#: Closed things are opened, so that what is in them is looked at as well; menus would lie over the rest. Where there
#: are more than a dozen of one class (the reference of the API has all its operations), those are opened that have an
#: element of a kind that none before them had; how wide the page is, is looked at with all of them open.
_OPEN = """all => {
    const alike = Map.groupBy(document.querySelectorAll('details:not([data-menu])'), one => one.className);
    for (const ones of alike.values()) {
        const had = new Set();
        for (const one of ones) {
            const kinds = [...one.querySelectorAll('*')].map(e => `${e.tagName} ${e.className} ${e.role}`);
            one.open = all || ones.length <= 12 || kinds.some(kind => !had.has(kind));
            kinds.forEach(kind => had.add(kind));
        }
    }
}"""
_FONTS, _FILLED = "() => document.fonts.ready.then(() => true)", "() => !document.querySelector('.skeleton')"
_WIDE = """() => {
    const window_ = window.innerWidth, wide = document.documentElement.scrollWidth;
    if (wide <= window_) return null;
    const scrolls = e => e && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    const out = [...document.querySelectorAll('body *')].filter(
        e => e.getBoundingClientRect().right > window_ + 1 && !scrolls(e.parentElement));
    const them = out.slice(-2).map(e => e.outerHTML.slice(0, 120)).join(' … ');
    return `${wide} px wide in a window of ${window_}: ${them}`;
}"""
#: Each thing that can be pressed or typed into gets the focus, as by the keyboard: what is drawn has to change.
_FOCUS = """() => {
    const drawn = (element, part) => {
        const style = element ? getComputedStyle(element, part) : null;
        return style && [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor].join();
    };
    const look = e => [
        drawn(e), drawn(e.parentElement), drawn(e.parentElement.parentElement),
        drawn(e.nextElementSibling, '::before'),
    ].join('|');
    const unseen = [];
    const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    for (const element of document.querySelectorAll(all)) {
        if (!element.checkVisibility({visibilityProperty: true}) || element.disabled) continue;
        document.activeElement?.blur();
        const before = look(element);
        element.focus({preventScroll: true});
        if (document.activeElement === element && look(element) === before)
            unseen.push(element.outerHTML.slice(0, 120));
    }
    return unseen;
}"""
_READ = """() => {
    const said = [], seen = new Set();
    const say = (element, text) => {
        text = (text || '').replace(/\\s+/g, ' ').trim();
        const language = element.closest('[lang]')?.lang || '';
        if (text && !seen.has(language + text)) { seen.add(language + text); said.push([language, text]); }
    };
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        const parent = node.parentElement;
        if (!parent.closest('script, style, svg, code, kbd, pre, textarea')) say(parent, node.data);
    }
    for (const name of ['aria-label', 'placeholder', 'alt', 'title', 'content'])
        for (const element of document.querySelectorAll(`[${name}]`)) say(element, element.getAttribute(name));
    return {
        said, lang: document.documentElement.lang, title: document.title.trim(),
        headings: [...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).length,
        mains: document.querySelectorAll('main').length,
    };
}"""


@dataclass(frozen=True)
class Seen:
    """What was found on a page; ``faults`` in words, ``said`` as pairs of language and text."""

    faults: tuple[str, ...]
    said: tuple[tuple[str, str], ...]
    weight: float


class Window:
    """One browser window of a width, whose visitor is changed by a cookie."""

    def __init__(self, browser: Browser, url: str, width: int) -> None:
        self._url, self._width = url, width
        self._context = browser.new_context(viewport={"width": width, "height": 800}, service_workers="block")
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.add_init_script(AXE_SCRIPT)
        self._complaints: list[str] = []
        self.page.on("pageerror", lambda error: self._complaints.append(f"the page's script failed: {error}"))
        self.page.on("console", self._hear)
        self._devtools = self._context.new_cdp_session(self.page)
        self._devtools.send("Network.enable")
        self._transferred: list[float] = []
        self._devtools.on(
            "Network.loadingFinished", lambda event: self._transferred.append(event["encodedDataLength"])
        )

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"} and "blocked by Playwright" not in message.text:
            self._complaints.append(f"the console says: {message.text}")

    def close(self) -> None:
        self._context.close()

    def open(self, address: str, *, session: str, language: str, cold: bool) -> int:
        """Load a page as somebody; ``cold``: with nothing kept from before. Returns its status."""
        self._context.clear_cookies()
        cookies = {"language": language} | ({"sessionid": session} if session else {})
        self._context.add_cookies([{"name": n, "value": v, "url": self._url} for n, v in cookies.items()])
        self.page.set_viewport_size({"width": self._width, "height": 800})
        if cold:
            self._devtools.send("Network.clearBrowserCache")
        self._complaints.clear()
        self._transferred.clear()
        answer = self.page.goto(self._url + address)
        self.page.evaluate(_FONTS)
        self.page.wait_for_function(_FILLED, timeout=10_000)
        return answer.status if answer else 0

    @property
    def transferred(self) -> float:
        """Bytes that came over the wire for the page that is open, all files, compressed as sent."""
        return sum(self._transferred)

    def look(self, *, language: str) -> Seen:
        """Everything about the page that is open."""
        weight = self.transferred
        self.page.evaluate(_OPEN, arg=False)
        page = self.page.evaluate(_READ)
        axe = AxeResults(self.page.evaluate("options => axe.run(document, options)", _AXE))
        faults = [
            *_document(page, language),
            *([axe.generate_report()] if axe.violations_count else []),
            *self._unseen_focus(),
            *self._too_wide(),
            *self._complaints,
        ]
        return Seen(tuple(faults), tuple((marked, text) for marked, text in page["said"]), weight)

    def _unseen_focus(self) -> Iterator[str]:
        self.page.keyboard.press("Tab")  # from here on the browser draws the focus
        for element in self.page.evaluate(_FOCUS):
            yield f"whoever comes by keyboard does not see that this has the focus: {element}"

    def _too_wide(self) -> Iterator[str]:
        self.page.evaluate(_OPEN, arg=True)
        for width in (self._width, *(one for one in WIDTHS if one != self._width)):
            self.page.set_viewport_size({"width": width, "height": 256 if width == 320 else 800})
            if wide := self.page.evaluate(_WIDE):
                yield wide


def _document(page: dict[str, Any], language: str) -> Iterator[str]:
    if page["lang"] != language:
        yield f"<html lang> is {page['lang']!r}, not {language!r}"
    if not page["title"] or not page["title"][0].isalnum():
        yield f"its title says nothing: {page['title']!r}"
    if page["headings"] != 1:
        yield f"{page['headings']} headings of the first level: there has to be one that can be seen"
    if page["mains"] != 1:
        yield f"{page['mains']} <main>: there has to be one"
