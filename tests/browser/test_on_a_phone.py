"""What is done with a telephone in the hand: paying, inspecting, writing to the officer, the way of a request."""

import struct
import zlib

import pytest
from playwright.sync_api import expect

MOTHER, OWNER, INSPECTOR, COUNTER = "Ibu dengan dua anak", "Pemilik usaha", "Pemeriksa lapangan", "Petugas loket"
HERE = {"latitude": -6.17806, "longitude": 106.63}


@pytest.fixture
def on_a_phone(visit):
    """Somebody of the demonstration, by what is said of her there, with a telephone."""

    def open_window(said):
        visitor = visit(360, 780)
        page = visitor.open("/masuk/")
        page.locator(".people button", has_text=said).first.click()
        page.wait_for_url(lambda url: "/masuk/" not in url)
        return visitor

    return open_window


def fits(visitor):
    wide, window = visitor.widths()
    assert wide <= window, f"{visitor.page.url} is {wide} px wide in a window of {window}"
    assert visitor.complaints == []


def picture():
    """A small PNG that is none that was sent before."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    rows = b"".join(b"\x00" + b"\x10\x80\x40" * 8 for _ in range(8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_a_bill_is_paid_and_the_page_says_so_by_itself(on_a_phone, furniture):
    owner = on_a_phone(OWNER)
    page = owner.open(f"/bayar/{furniture['bill_id'][0]}/")
    expect(page.locator(".pay__qr svg")).to_be_visible()
    code = page.locator(".pay__qr").bounding_box()
    assert code["width"] >= 200, "a camera has to read it"
    fits(owner)
    with owner.context.expect_page() as opened:
        page.locator("#simulator").click()
    bank = opened.value
    bank.locator("form[action$='/pay'] button").first.click()
    expect(page.locator("#paid")).to_be_visible()
    assert page.get_by_role("status").count() == 1
    fits(owner)


def test_an_inspector_takes_place_and_photo_where_she_stands(on_a_phone, furniture):
    yuni = on_a_phone(INSPECTOR)
    yuni.context.grant_permissions(["geolocation"], origin=yuni.address)
    yuni.context.set_geolocation(HERE)
    page = yuni.open(f"/desk/tugas/{furniture['inspection'][0]}/")
    page.locator("[data-key=a]").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.locator("input[data-location] + button").click()
    expect(page.locator("input[data-location]")).to_have_value("-6.178060, 106.630000")
    page.locator("input[type=file][capture]").set_input_files(
        {"name": "lokasi.png", "mimeType": "image/png", "buffer": picture()}
    )
    page.locator("input[type=radio]").first.check()
    fits(yuni)
    page.locator("[data-key=a]").click()
    page.wait_for_url(lambda url: furniture["inspection"][0] not in url)
    expect(page.get_by_role("status").first).to_be_visible()


def test_a_resident_and_an_officer_write_to_each_other(on_a_phone, furniture):
    siti, case = on_a_phone(MOTHER), furniture["case_id"][1]
    page = siti.open(f"/permohonan/{case}/#pesan")
    page.locator("#text").fill("Apakah saya perlu datang?")
    page.get_by_role("button", name="Kirim pesan").click()
    expect(page.locator(".talk__message--mine").last).to_contain_text("Apakah saya perlu datang?")
    fits(siti)
    rina = on_a_phone(COUNTER)
    desk = rina.open(f"/desk/tugas/{furniture['task_id'][0]}/")
    expect(desk.locator(".talk__message").last).to_contain_text("Apakah saya perlu datang?")
    desk.locator("#text").fill("Tidak perlu.")
    desk.get_by_role("button", name="Kirim pesan").click()
    expect(desk.locator(".talk__message--mine").last).to_contain_text("Tidak perlu.")
    fits(rina)


def test_the_way_of_a_request_is_drawn(on_a_phone, furniture):
    siti = on_a_phone(MOTHER)
    page = siti.open(f"/permohonan/{furniture['case_id'][1]}/")
    page.locator("details.process summary").click()
    expect(page.locator(".process-now .djs-visual").first).to_be_visible()
    expect(page.locator(".process-done").first).to_be_attached()
    fits(siti)
