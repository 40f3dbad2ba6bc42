"""Six services from their pages to the receipt: by keyboard alone on a telephone, and at 400 % without JavaScript.

How each page reads is looked at in ``test_every_page``; here somebody comes through, whatever she holds in her hand.
What is asked of whom is one table; how it is pressed, typed and chosen stands in the classes below it.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.test_browser import press_to
from tests.browser.test_on_a_phone import picture

CHOICE, ADDRESS, FILE, TICKED = "a choice", "an address", "a file", "ticked already"
STREET, DESIGN = "Jl. Kenanga No. 9", "rancangan.png"


@dataclass(frozen=True)
class Journey:
    """Who asks, by what is said of her at the door; the form's fields in their order, with what goes into each."""

    service: str
    prefix: str
    who: str
    form: dict[str, str]
    about: str = ""


JOURNEYS = [
    Journey("domisili", "DOM", "Pensiunan", {"purpose": "membuka rekening bank"}),
    Journey("sktm", "SKTM", "Ibu dengan dua anak", {"purpose": "keringanan biaya sekolah"}, about="anak Anda"),
    Journey("pindah", "PDH", "Pensiunan", {"movers": TICKED, "destination": ADDRESS}),
    Journey("akta-kelahiran", "LHR", "Ibu dengan bayi", {"child_name": "Putri Ayu Hidayat"}, about="Anda sendiri"),
    Journey("sip", "SIP", "Perawat", {"place": CHOICE}),
    Journey("reklame", "RKL", "Pemilik usaha", {"kind": CHOICE, "site": ADDRESS, "duration": CHOICE, "design": FILE}),
]


class Enlarged:
    """1280 by 1024 pixels, four times as large, in a browser that runs no script; with a mouse."""

    width, height, javascript = 320, 256, False
    also = ()

    def __init__(self, page):
        self.page = page

    def press(self, target):
        target.click()

    def write(self, field, text):
        field.fill(text)

    def choose(self, question):
        """The second of the answers to choose from."""
        self.page.locator(f"#{question}-2").check()

    def tick(self, box):
        box.click()

    def take(self, field, file):
        field.set_input_files(file)


class Keyboard(Enlarged):
    """Tab, arrows, space and Enter; what has the focus is seen to have it."""

    width, height, javascript = 360, 780, True
    also = (1280,)

    def press(self, target):
        self._go(target)
        self.page.keyboard.press("Enter")

    def write(self, field, text):
        self._go(field)
        self.page.keyboard.type(text)

    def choose(self, question):
        self._go(self.page.locator(f"#{question}"))
        self.page.keyboard.press("ArrowDown")
        expect(self.page.locator(f"#{question}-2")).to_be_checked()

    def tick(self, box):
        if not focused(box):
            press_to(self.page, box, "Shift+Tab")
        self.page.keyboard.press("Space")

    def take(self, field, file):
        self._go(field)
        with self.page.expect_file_chooser() as opened:
            self.page.keyboard.press("Space")
        opened.value.set_files(file)

    def _go(self, target):
        if not focused(target):
            press_to(self.page, target)


def focused(target):
    return target.evaluate("target => document.activeElement === target")


def arrived(visitor, hand, heading):
    """She is on the page of this name, and nothing of it runs off her screen, nor off a wider one."""
    expect(visitor.page.locator("h1")).to_have_text(heading)
    for width in (*hand.also, hand.width):
        if hand.also:
            visitor.page.set_viewport_size({"width": width, "height": hand.height})
        wide, window = visitor.widths()
        assert wide <= window == width, f"{visitor.page.url} is {wide} px wide in a window of {window}"
    assert visitor.complaints == []


@pytest.mark.parametrize("hand", [Keyboard, Enlarged], ids=["keyboard", "enlarged"])
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.service)
def test_from_the_service_to_the_receipt(visit, journey, hand):
    visitor = visit(hand.width, hand.height, javascript=hand.javascript)
    page, hand = visitor.page, hand(visitor.page)
    visitor.open(f"/layanan/{journey.service}/")
    name = page.locator("h1").inner_text()
    arrived(visitor, hand, name)
    hand.press(page.get_by_role("link", name="Masuk dan ajukan"))
    person = page.locator(".people button", has_text=journey.who)
    expect(person).to_be_visible()
    hand.press(person)
    expect(page.get_by_role("button", name="Ajukan", exact=True)).to_be_visible()
    arrived(visitor, hand, name)

    hand.press(page.get_by_role("button", name="Ajukan", exact=True))
    about = ""
    if journey.about:
        arrived(visitor, hand, "Untuk siapa?")
        whom = page.locator("button[name=about]", has_text=journey.about).first
        about = whom.locator("b").inner_text()
        hand.press(whom)
    expect(page.locator("#answers")).to_be_visible()
    arrived(visitor, hand, name)
    send = page.get_by_role("button", name="Kirim permohonan")
    hand.press(send)
    told_what_is_missing(visitor, hand, next(key for key, what in journey.form.items() if what != TICKED))

    said = fill(page, hand, journey.form)
    hand.press(send)
    expect(page.locator("#progress")).to_be_visible()
    arrived(visitor, hand, name)
    number = page.title().split()[0]
    assert re.fullmatch(rf"{journey.prefix}-\d{{4}}-\d{{6}}", number)
    expect(page.locator(".head .lead", has_text=number)).to_be_visible()
    for words in [about, *said]:
        expect(page.locator("main")).to_contain_text(words)


def told_what_is_missing(visitor, hand, field):
    """Nothing was sent; what is wrong stands above, and leads to the field."""
    summary = visitor.page.locator(".govuk-error-summary")
    expect(summary).to_be_visible()
    if hand.javascript:
        expect(summary).to_be_focused()
    hand.press(summary.locator(f"a[href='#{field}']"))
    if hand.javascript:
        expect(visitor.page.locator(f"#{field}")).to_be_focused()


def fill(page, hand, form):
    """Answer what is asked; returns what the receipt has to repeat."""
    said = []
    for key, what in form.items():
        if what == CHOICE:
            hand.choose(key)
            said.append(page.locator(f"label[for='{key}-2']").inner_text().strip())
        elif what == ADDRESS:
            kelurahan = page.locator("#areas option").first.get_attribute("value")
            for part, text in {"": STREET, "-rt": "1", "-rw": "1", "-kelurahan": kelurahan}.items():
                hand.write(page.locator(f"#{key}{part}"), text)
            said += [STREET, kelurahan]
        elif what == TICKED:
            box = page.locator(f"#{key}")
            for is_ticked in (False, True):
                hand.tick(box)
                expect(box).to_be_checked(checked=is_ticked)
            said.append(page.locator(f"label[for='{key}']").inner_text().strip())
        elif what == FILE:
            hand.take(page.locator(f"#{key}"), {"name": DESIGN, "mimeType": "image/png", "buffer": picture()})
            said.append(DESIGN)
        else:
            hand.write(page.locator(f"#{key}"), what)
            said.append(what)
    return said
