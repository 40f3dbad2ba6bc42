"""Services from their pages to the receipt: by keyboard alone on a telephone, and at 400 % without JavaScript.

How each page reads is looked at in ``test_every_page``; here somebody comes through, whatever she holds in her hand.
What is asked of whom is one table; how it is pressed, typed and chosen stands in ``hands``.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Enlarged, Keyboard
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
    at_once: bool = False


JOURNEYS = [
    Journey("domisili", "DOM", "Pensiunan", {"purpose": "membuka rekening bank"}, at_once=True),
    Journey("sktm", "SKTM", "Ibu dengan dua anak", {"purpose": "keringanan biaya sekolah"}, about="anak Anda"),
    Journey("pindah", "PDH", "Pensiunan", {"movers": TICKED, "destination": ADDRESS}),
    Journey("akta-kelahiran", "LHR", "Ibu dengan bayi", {"child_name": "Putri Ayu Hidayat"}, about="Anda sendiri"),
    Journey("sip", "SIP", "Perawat", {"place": CHOICE}),
    Journey("reklame", "RKL", "Pemilik usaha", {"kind": CHOICE, "site": ADDRESS, "duration": CHOICE, "design": FILE}),
    Journey("belum-menikah", "BM", "Mahasiswa", {"purpose": "mendaftar kerja"}, at_once=True),
]


@pytest.mark.parametrize("hand", [Keyboard, Enlarged], ids=["keyboard", "enlarged"])
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.service)
def test_from_the_service_to_the_receipt(comes, journey, hand):
    she = comes(hand)
    page = she.page
    she.open(f"/layanan/{journey.service}/")
    name = page.locator("h1").inner_text()
    she.arrived(name)
    she.press("Masuk dan ajukan")
    she.press(page.locator(".people button", has_text=journey.who))
    she.arrived(name)

    she.press("Ajukan")
    about = ""
    if journey.about:
        she.arrived("Untuk siapa?")
        whom = page.locator("button[name=about]", has_text=journey.about).first
        about = whom.locator("b").inner_text()
        she.press(whom)
    she.arrived(name)
    she.press("Kirim permohonan")
    she.misses(next(key for key, what in journey.form.items() if what != TICKED))

    said = fill(she, journey.form)
    she.sends()
    she.arrived(name)
    number = page.title().split()[0]
    assert re.fullmatch(rf"{journey.prefix}-\d{{4}}-\d{{6}}", number)
    expect(page.locator(".head .lead", has_text=number)).to_be_visible()
    for words in [about, *said]:
        expect(page.locator("main")).to_contain_text(words)
    if journey.at_once:
        she.sees_later(page.locator("#ready"))


def fill(she, form):
    """Answer what is asked; returns what the receipt has to repeat."""
    page, said = she.page, []
    for key, what in form.items():
        if what == CHOICE:
            she.choose(f"{key}-2")
            said.append(page.locator(f"label[for='{key}-2']").inner_text().strip())
        elif what == ADDRESS:
            kelurahan = page.locator("#areas option").first.get_attribute("value")
            for part, text in {"": STREET, "-rt": "1", "-rw": "1", "-kelurahan": kelurahan}.items():
                she.write(f"{key}{part}", text)
            said += [STREET, kelurahan]
        elif what == TICKED:
            box = page.locator(f"#{key}")
            for is_ticked in (False, True):
                she.tick(box)
                expect(box).to_be_checked(checked=is_ticked)
            said.append(page.locator(f"label[for='{key}']").inner_text().strip())
        elif what == FILE:
            she.take(key, {"name": DESIGN, "mimeType": "image/png", "buffer": picture()})
            said.append(DESIGN)
        else:
            she.write(key, what)
            said.append(what)
    return said
