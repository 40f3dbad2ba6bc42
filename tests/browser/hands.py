"""How somebody walks through the pages: by keyboard alone, or with a window at 400 % in which no script runs.

A walk is written once and says what is pressed, written and chosen; a class here says how. A string names a button or
a link by what stands on it, or a field by its id; anything else is a locator.
"""

from contextlib import nullcontext

import pytest
from playwright.sync_api import Locator, TimeoutError, expect  # noqa: A004 - Playwright's name

_TABS = 150
_SEEN = """target => {
    if (document.activeElement !== target) return null;
    const style = getComputedStyle(target);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        || style.boxShadow !== 'none' || target.parentElement.matches(':focus-within');
}"""


class Enlarged:
    """1280 by 1024 pixels, four times as large, in a browser that runs no script; with a mouse."""

    width, height, javascript = 320, 256, False
    #: Other widths at which she looks at each page.
    also: tuple[int, ...] = ()

    def __init__(self, visitor):
        self.visitor, self.page = visitor, visitor.page

    def open(self, path):
        self.visitor.open(path)

    def press(self, target, *, goes=True):
        """Press it; unless told otherwise it leads to a page, and she waits for that."""
        target = self.named(target)
        self.page.bring_to_front()
        self.reach(target)
        with self.page.expect_navigation(wait_until="domcontentloaded") if goes else nullcontext():
            self.push(target)

    def sends(self):
        """Send a request; where its price did not stand on the page yet, look at it and send once more."""
        self.press("Kirim permohonan")
        price = self.page.locator("main .note", has_text="Belum ada yang dikirim")
        expect(self.page.locator("#progress").or_(price).first).to_be_visible()
        if price.is_visible():
            self.press("Kirim permohonan")

    def named(self, target) -> Locator:
        if isinstance(target, Locator):
            return target
        named = [self.page.get_by_role(role, name=target, exact=True) for role in ("button", "link")]
        return named[0].or_(named[1]).first

    def reach(self, target):
        """Come to it; a mouse is there at once."""

    def push(self, target):
        target.click()

    def open_up(self, said):
        """What is folded under these words."""
        self.push(self.page.locator("summary", has_text=said).first)

    def write(self, field, text):
        self._field(field).fill(text)

    def write_day(self, field, day):
        self.write(field, f"{day:%d/%m/%Y}")

    def choose(self, answer):
        """One of the answers to choose from, by its id."""
        self.page.locator(f"#{answer}").check()

    def pick(self, field, label):
        """One line of a list."""
        self._field(field).select_option(label=label)

    def tick(self, box):
        box.click()

    def take(self, field, file):
        self._field(field).set_input_files(file)

    def _field(self, field) -> Locator:
        return self.page.locator(f"#{field}") if isinstance(field, str) else field

    def arrived(self, heading):
        """She is on the page of this name, and nothing of it runs off her screen, nor off another one."""
        expect(self.page.locator("h1")).to_have_text(heading)
        for width in (*self.also, self.width):
            if self.also:
                self.page.set_viewport_size({"width": width, "height": self.height})
            wide, window = self.visitor.widths()
            assert wide <= window == width, f"{self.page.url} is {wide} px wide in a window of {window}"
        assert not self.visitor.complaints, self.visitor.complaints

    def told(self, text):
        """The page says that it was done."""
        expect(self.page.get_by_role("status").first).to_contain_text(text)

    def sees_later(self, thing, *, by_itself=True):
        """What the page brings by itself as soon as it is there; without a script she asks for it again."""
        for _each in range(0 if by_itself and self.javascript else 60):
            if thing.is_visible():
                break
            self.page.wait_for_timeout(200)
            self.page.reload(wait_until="domcontentloaded")
        expect(thing).to_be_visible()

    def misses(self, field):
        """Nothing was done; what is wrong stands above, and leads to the field."""
        summary = self.page.locator(".govuk-error-summary")
        expect(summary).to_be_visible()
        if self.javascript:
            expect(summary).to_be_focused()
        self.press(summary.locator(f"a[href='#{field}']"), goes=False)
        if self.javascript:
            expect(self.page.locator(f"#{field}")).to_be_focused()


class Keyboard(Enlarged):
    """Tab, arrows, space and Enter on a telephone; what has the focus is seen to have it."""

    width, height, javascript = 360, 780, True
    also = (1280,)

    def push(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, field, text):
        self.reach(self._field(field))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, answer):
        answer = self.page.locator(f"#{answer}")
        group = f"input[name='{answer.get_attribute('name')}']"
        chosen = self.page.locator(f"{group}:checked")
        self.reach(chosen if chosen.count() else self.page.locator(group).first)
        for key in ("Space", *["ArrowDown"] * 12):
            if answer.is_checked():
                return
            self.page.keyboard.press(key)
        pytest.fail(f"{answer} cannot be chosen by the arrow keys")

    def pick(self, field, label):
        field = self._field(field)
        self.reach(field)
        self.page.keyboard.type(label)
        expect(field.locator("option:checked")).to_have_text(label)

    def tick(self, box):
        self.reach(box)
        self.page.keyboard.press("Space")

    def take(self, field, file):
        """Choose a file. Questions that come anew under her fingers swallow the key: then she presses again."""
        for again in (True, True, False):
            self.reach(self._field(field))
            try:
                with self.page.expect_file_chooser(timeout=5_000) as opened:
                    self.page.keyboard.press("Space")
            except TimeoutError:
                if not again:
                    raise
            else:
                break
        opened.value.set_files(file)

    def reach(self, target):
        """Forward with Tab, past the head of the page by its first link; back only to what was just left."""
        expect(target).to_be_visible()
        if focused(target):
            return
        if self.page.evaluate("document.activeElement === document.body"):
            self.page.keyboard.press("Tab")
            if target.evaluate("target => target.closest('main') !== null"):
                self.page.keyboard.press("Enter")
        before = target.evaluate(
            "target => !!(target.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"
        )
        press_to(self.page, target, "Shift+Tab" if before else "Tab")


class Office(Keyboard):
    """By keyboard alone, at an office screen."""

    width, height, also = 1280, 900, (360,)


def focused(target):
    return target.evaluate("target => document.activeElement === target")


def press_to(page, target, key="Tab", most=_TABS):
    """Press Tab until ``target`` has the focus: it must be reachable, and seen to be."""
    for _ in range(most):
        page.keyboard.press(key)
        seen = target.evaluate(_SEEN)
        if seen is not None:
            assert seen, "the focus cannot be seen"
            return
    pytest.fail(f"{target} is not reached by the keyboard")
