"""What people click, type and hear, in a real browser against the whole running city."""

import gzip
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.hands import press_to

AXE = Axe()
#: A telephone in Indonesian and an office screen in English; each page alone is looked at in ``test_every_page``.
SCREENS = [(360, "id"), (1280, "en")]


def accessible(visitor):
    """No axe violation at WCAG 2.2 AA or axe's own best practices, and no sideways scrolling."""
    found = AXE.run(visitor.page)
    assert found.violations_count == 0, found.generate_report()
    wide, window = visitor.widths()
    assert wide <= window, f"{visitor.page.url} is {wide} px wide in a window of {window}"


def begin(visitor):
    """From the home page to the preview: one press."""
    visitor.page.locator("form[action*='domisili'] button.door").click()
    expect(visitor.page.locator("#purpose")).to_be_visible()


def send(visitor, purpose="membuka rekening bank"):
    visitor.page.locator("#purpose").fill(purpose)
    visitor.page.locator("#answers button").click()


@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_a_resident_walks_from_signing_in_to_a_downloaded_letter(visit, width, language):
    siti = visit(width)
    siti.speak(language)
    siti.sign_in(0)
    begin(siti)
    siti.page.locator("#answers button").click()
    expect(siti.page.locator(".govuk-error-summary")).to_be_focused()
    accessible(siti)
    send(siti)
    expect(siti.page.locator("#ready")).to_be_visible()  # the receipt fetched it by itself
    expect(siti.page.locator("#decision")).to_be_visible()
    expect(siti.page.locator("#part-take-back form")).to_have_count(0)  # and what is no longer so went away
    with siti.page.expect_download() as letter:
        siti.page.locator("a[download]").click()
    assert letter.value.suggested_filename.startswith("domisili-")
    assert Path(letter.value.path()).read_bytes().startswith(b"%PDF-")
    siti.page.locator("details.me summary").click()
    accessible(siti)
    assert siti.complaints == []


def test_everything_works_without_javascript_at_four_hundred_per_cent(visit):
    siti = visit(320, 256, javascript=False)  # 1280 by 1024, four times as large
    siti.sign_in(1)
    siti.page.locator("form[action*='domisili'] button.door").click()
    siti.page.locator("#answers button").click()
    expect(siti.page.locator(".govuk-error-message")).to_be_visible()
    send(siti, "melamar pekerjaan")
    again = siti.page.get_by_role("link", name="Perbarui sekarang")
    for _ in range(20):
        expect(siti.page.locator("#ready").or_(again).first).to_be_visible()
        if siti.page.locator("#ready").is_visible():
            break
        siti.page.wait_for_timeout(300)
        again.click()
    with siti.page.expect_download() as letter:
        siti.page.locator("a[download]").click()
    pdf = letter.value.path()
    siti.open("/v/")
    siti.page.locator("input[type=file]").set_input_files(pdf)
    siti.page.get_by_role("button", name="Periksa", exact=True).click()
    expect(siti.page.locator("#verdict")).to_have_text("Asli")
    siti.page.locator(".languages button").click()
    expect(siti.page.locator("html")).to_have_attribute("lang", "en")
    siti.page.locator(".languages button").click()  # her account keeps the language, and others sign in as her
    expect(siti.page.locator("html")).to_have_attribute("lang", "id")


def test_a_resident_needs_no_mouse(visit):
    siti = visit(1280)
    page = siti.open("/masuk/")
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    press_to(page, page.locator(".people").first.locator("button").first)
    page.keyboard.press("Enter")
    expect(page.locator("form[action*='domisili'] button.door")).to_be_visible()
    press_to(page, page.locator("form[action*='domisili'] button.door"))
    page.keyboard.press("Enter")
    expect(page.locator("#purpose")).to_be_visible()
    press_to(page, page.locator("#purpose"))
    page.keyboard.type("mendaftar sekolah")
    page.keyboard.press("Enter")
    expect(page.locator("#ready")).to_be_visible()
    press_to(page, page.locator("a[download]"))
    with page.expect_download():
        page.keyboard.press("Enter")
    page.keyboard.press("Home")
    press_to(page, page.locator("details.me summary"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".me__menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".me__menu")).to_be_hidden()


def test_pages_are_compressed_on_the_wire(visit):
    visitor = visit(360)
    html = visitor.context.request.get(visitor.address + "/", headers={"Accept-Encoding": "gzip"})
    assert html.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(html.body())) < 10_000


def test_a_dropped_file_is_checked(visit):
    anybody = visit()
    anybody.open("/v/")
    with anybody.page.expect_navigation():
        anybody.page.evaluate(
            """() => {
                const files = new DataTransfer();
                files.items.add(new File(["not a pdf"], "surat.pdf", {type: "application/pdf"}));
                document.querySelector("[data-drop]").dispatchEvent(
                    new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: files}));
            }"""
        )
    expect(anybody.page.locator("#verdict")).to_be_visible()
    accessible(anybody)
    assert anybody.complaints == []


@pytest.fixture
def siti_name(visit):
    """The name of the first resident of the demonstration."""
    resident = visit()
    resident.open("/masuk/")
    return resident.page.locator(".people").first.locator("b").first.inner_text()


@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_an_officer_types_a_name_gives_a_reason_and_everything_appears(visit, siti_name, width, language):
    officer = visit(width)
    officer.speak(language)
    page = officer.sign_in(0, officer=True)
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type(siti_name.lower(), delay=20)
    hit = page.locator(".hit", has_text=siti_name).first
    expect(hit).to_be_visible()
    assert page.url.endswith("/desk/")  # what she types is in no address
    accessible(officer)
    hit.click()
    expect(page.locator("input[name=reason]").first).to_be_visible()
    accessible(officer)
    page.locator("main button[type=submit]").click()
    expect(page.locator(".skeleton")).to_have_count(0)
    expect(page.locator("h1")).to_have_text(siti_name)
    assert officer.complaints == []


def test_an_officer_needs_no_mouse_and_no_javascript(visit, siti_name):
    officer = visit(1280, javascript=False)
    page = officer.sign_in(0, officer=True)
    page.locator("#text").fill(siti_name)
    page.keyboard.press("Enter")
    page.locator(".hit", has_text=siti_name).first.focus()
    page.keyboard.press("Enter")
    page.locator("main button[type=submit]").press("Enter")
    expect(page.locator("h1")).to_have_text(siti_name)  # noscript sent her to the whole page
    expect(page.locator(".skeleton")).to_have_count(0)


def test_arrow_keys_walk_the_results(visit, siti_name):
    officer = visit()
    page = officer.sign_in(0, officer=True)
    page.locator("#text").press_sequentially(siti_name.split()[0], delay=20)
    expect(page.locator(".hit").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#text")).to_be_focused()


def test_a_system_that_is_down_is_shown_as_such_and_can_be_tried_again(visit, siti_name, satu):
    officer = visit()
    page = officer.sign_in(0, officer=True)
    page.locator("#text").fill(siti_name)
    page.locator(".hit", has_text=siti_name).first.click()
    satu("systems", "break", "bpjs", "--down")
    try:
        page.locator("main button[type=submit]").click()
        bpjs = page.locator("#panel-bpjs")
        expect(bpjs.locator(".note--bad")).to_be_visible()
        expect(page.locator("#panel-siak .facts")).to_be_visible()
        accessible(officer)
    finally:
        satu("systems", "mend", "bpjs")
    page.wait_for_timeout(3000)
    expect(bpjs.locator(".facts").or_(bpjs.locator(".note--bad"))).to_be_visible()
    bpjs.get_by_role("link", name="Coba lagi").click()
    expect(bpjs.locator(".facts")).to_be_visible()


def test_the_desk_can_be_dark(visit):
    officer = visit()
    page = officer.sign_in(0, officer=True)
    page.locator("details.me summary").click()
    accessible(officer)
    page.get_by_role("button", name="Tampilan gelap").click()
    expect(page.locator("html")).to_have_class("govuk-template dark")
    accessible(officer)
    page.goto(officer.address + "/desk/tugas/")
    accessible(officer)


def test_a_resident_reads_that_an_officer_looked_at_her(visit, siti_name):
    officer = visit()
    page = officer.sign_in(0, officer=True)
    page.locator("#text").fill(siti_name)
    page.locator(".hit", has_text=siti_name).first.click()
    page.locator("main button[type=submit]").click()
    expect(page.locator(".skeleton")).to_have_count(0)
    siti = visit()
    siti.sign_in(0)
    siti.open("/siapa-melihat/")
    expect(siti.page.get_by_text("Kelurahan melihat").first).to_be_visible()
    expect(siti.page.get_by_text("Melayani Anda di loket").first).to_be_visible()


def test_an_officer_decides_by_keyboard_what_a_resident_asked(visit):
    siti = visit(1280)
    siti.sign_in(0)
    siti.page.locator("form[action*='sktm'] button.door").click()
    expect(siti.page.locator("button[name=about]").first).to_be_visible()
    accessible(siti)
    siti.page.locator("button[name=about]").first.click()
    send(siti, "keringanan biaya sekolah")
    expect(siti.page.locator("#progress")).to_be_visible()

    number = siti.page.title().split()[0]
    rina = visit(1280)
    rina.sign_in(0, officer=True)
    rina.open("/desk/tugas/")
    rina.page.locator("#cari").fill(number)
    rina.page.keyboard.press("Enter")
    expect(rina.page.locator("[data-tasks] a")).to_have_count(1)
    rina.page.locator("h1").click()  # out of the search box
    rina.page.keyboard.press("j")
    rina.page.keyboard.press("x")
    expect(rina.page.locator("input[name=task]")).to_be_checked()
    rina.page.keyboard.press("?")
    expect(rina.page.get_by_role("dialog")).to_be_visible()
    accessible(rina)
    rina.page.keyboard.press("Escape")
    rina.page.keyboard.press("a")  # nothing is decided yet: she is asked once more
    expect(rina.page).to_have_url(re.compile("/desk/tugas/sekaligus/"))
    accessible(rina)
    rina.page.go_back()
    rina.page.locator("[data-tasks] a").focus()
    rina.page.keyboard.press("Enter")
    approve = rina.page.locator("[data-key=a]")
    expect(approve).to_be_visible()
    rina.page.wait_for_load_state()  # with its keys
    rina.page.keyboard.press("a")
    expect(approve).to_be_focused()
    rina.page.keyboard.press("Enter")
    expect(rina.page.get_by_role("status").first).to_contain_text("Disetujui")
    siti.page.reload()
    expect(siti.page.locator("#ready")).to_be_visible()


def test_a_mother_asks_for_her_child_without_javascript(visit):
    siti = visit(360, javascript=False)
    siti.sign_in(0)
    siti.page.locator("form[action*='sktm'] button.door").click()
    child = siti.page.locator("button[name=about]", has_text="anak Anda").first
    name = child.locator("b").inner_text()
    child.click()
    expect(siti.page.get_by_text(name).first).to_be_visible()
    send(siti, "beasiswa")
    expect(siti.page.locator("#progress")).to_be_visible()
    expect(siti.page.get_by_text(name).first).to_be_visible()
    wide, window = siti.widths()
    assert wide <= window


def test_for_whom_is_chosen_by_keyboard(visit):
    siti = visit(1280)
    page = siti.sign_in(0)
    page.locator("form[action*='sktm'] button.door").focus()
    page.keyboard.press("Enter")
    chosen = page.locator("button[name=about]").first
    expect(chosen).to_be_visible()
    press_to(page, chosen)
    page.keyboard.press("Enter")
    expect(page.locator("#purpose")).to_be_visible()


def test_a_passkey_signs_in_without_a_password(visit):
    """With Chromium's own virtual authenticator: the same protocol as a fingerprint on a phone."""
    siti = visit()
    siti.address = siti.address.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, not to a number
    page = siti.sign_in(1)
    devtools = siti.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    siti.open("/akun/kunci/pasang/")
    page.get_by_label("Kata sandi").fill("satu-demo")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("button", name="Pasang sekarang").click()
    page.wait_for_url(lambda url: "/kunci/pasang/" not in url)
    page.locator("summary").click()
    page.get_by_role("button", name="Keluar").click()
    siti.open("/masuk/")
    page.get_by_role("button", name="Masuk dengan passkey").click()
    page.wait_for_url(lambda url: url.rstrip("/") == siti.address)
    assert page.locator(".me__name").inner_text()
    siti.open("/akun/kunci/")
    page.get_by_role("link", name="Hapus").first.click()
    page.get_by_label("Kata sandi").fill("satu-demo")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("button", name="Hapus kunci").click()
    assert not siti.complaints
