"""What residents do beyond asking: objecting, sharing, checking, reporting, being told, keeping their account.

By keyboard alone on a telephone, and with a window at 400 % in which no script runs.
"""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Enlarged, Keyboard

MOTHER, NEWBORN, DOCTOR = "Ibu dengan dua anak", "Ibu dengan bayi", "Dokter"
PENSIONER, STUDENT = "Pensiunan", "Mahasiswa"
BOTH_WAYS = pytest.mark.parametrize("hand", [Keyboard, Enlarged], ids=["keyboard", "enlarged"])
NEW_PASSWORD, PASSWORD = "hujan turun di Cisadane", "satu-demo"


@BOTH_WAYS
def test_one_answer_brings_another_question(comes, hand):
    """Only who is not married and names a father is asked about the marriage. Nothing is sent in the end."""
    student = comes(hand, STUDENT)
    student.open("/layanan/akta-kelahiran/")
    student.press("Ajukan")
    if student.page.locator("button[name=about]").count():
        student.press(student.page.locator("button[name=about]").first)
    expect(student.page.locator("#spouses")).to_have_count(0)
    student.write("child_name", "Putri Ayu Hidayat")
    student.choose("father")
    if not hand.javascript:
        student.press("Kirim permohonan")
        expect(student.page.get_by_role("status")).to_contain_text("Karena jawaban Anda")
    expect(student.page.locator("#spouses")).to_be_visible()
    student.choose("spouses-2")
    expect(student.page.locator("#child_name")).to_have_value("Putri Ayu Hidayat")
    student.arrived("Akta kelahiran")
    student.press("Buang draf ini")


@BOTH_WAYS
def test_a_document_is_shared_opened_by_a_stranger_and_closed_again(comes, door, hand):
    number = door.sent("domisili", PENSIONER, purpose="membuka rekening bank")
    owner = comes(hand, PENSIONER)
    owner.open("/permohonan/")
    owner.press(owner.page.locator(".case", has_text=number).locator("a"))
    owner.sees_later(owner.page.locator("#ready"))
    owner.press("Bagikan")
    owner.arrived(re.compile("^Bagikan: "))
    owner.choose("shows-2")
    owner.choose("openings-5")
    owner.press("Buat kode QR")
    owner.arrived(re.compile("^Bagikan: "))
    link = owner.page.locator(".card--green a.code").get_attribute("href")

    stranger = comes(hand)
    stranger.open(link.removeprefix(stranger.visitor.address))
    stranger.arrived("Dokumen yang dibagikan kepada Anda")
    stranger.press("Buka dokumen")
    stranger.arrived("Dokumen ini berlaku")
    with stranger.page.expect_download() as fetched:
        stranger.push(stranger.named("Unduh dokumen (PDF)"))
    check(stranger, fetched.value.path())

    owner.page.reload()
    expect(owner.page.locator(".shares__log")).to_contain_text("dibuka")
    owner.press("Akhiri")
    owner.arrived(re.compile("^Bagikan: "))
    stranger.open(link.removeprefix(stranger.visitor.address))
    expect(stranger.page.locator("main")).to_contain_text("Pemiliknya sudah mengakhiri tautan ini.")
    stranger.arrived("Tidak ada yang dapat dibuka")


def check(stranger, pdf):
    """Whether the file is genuine, for anybody who holds it."""
    stranger.open("/v/")
    stranger.press("Periksa")
    stranger.misses("file")
    stranger.take("file", pdf)
    stranger.press("Periksa")
    expect(stranger.page.locator("#verdict")).to_have_text("Asli")
    stranger.arrived("Periksa dokumen")


@BOTH_WAYS
def test_what_is_wrong_is_reported_and_answered(comes, hand):
    siti = comes(hand, MOTHER)
    siti.open("/data-saya/")
    wrong = siti.page.locator("[aria-labelledby=system-siak] dd.from a", has_text="ini salah").last
    fact = wrong.locator("span").inner_text().removeprefix(": ")
    siti.press(wrong)
    siti.arrived(f"Ini salah: {fact}")
    siti.press("Kirim perbaikan")
    siti.misses("note")
    siti.write("note", f"Tertulis lain di akta saya ({hand.__name__}).")
    siti.press("Kirim perbaikan")
    siti.arrived("Laporan data saya")
    expect(siti.page.locator("ol.stack > li").first).to_contain_text("sedang diperiksa")

    hendra = comes(hand, "Petugas pencatatan sipil")
    hendra.open("/desk/koreksi/")
    hendra.press(hendra.page.locator("main").get_by_role("link", name=fact, exact=True).first)
    hendra.arrived(fact)
    hendra.press("Yang tercatat sudah benar")
    hendra.misses("answer")
    hendra.write("answer", "Sama dengan akta Anda.")
    hendra.press("Yang tercatat sudah benar")
    hendra.arrived("Dilaporkan salah")
    siti.page.reload()
    expect(siti.page.locator("main")).to_contain_text("Sama dengan akta Anda.")
    siti.arrived("Laporan data saya")


@BOTH_WAYS
def test_notices_are_read_and_lead_to_what_they_are_about(comes, door, hand):
    _earlier, number = [door.sent("domisili", MOTHER, purpose="membuka rekening bank") for _each in range(2)]
    siti = comes(hand, MOTHER)
    siti.open("/")
    siti.press(siti.page.locator(".bell"))
    siti.arrived("Pemberitahuan")
    told = siti.page.locator(".notice", has_text=number)
    siti.sees_later(told, by_itself=False)
    siti.press(told.get_by_role("button"))
    expect(siti.page.locator(".head .lead", has_text=number)).to_be_visible()
    siti.open("/pemberitahuan/")
    siti.press("Semua sudah saya baca")
    expect(siti.page.locator(".notice--new")).to_have_count(0)
    siti.press("Alamat dan saluran")
    siti.arrived("Alamat dan saluran")
    siti.press("Berhenti mengirim ke sini")
    siti.arrived("Alamat dan saluran")
    siti.press("Kirim lagi ke sini")
    siti.arrived("Alamat dan saluran")


@BOTH_WAYS
def test_another_address_after_its_code(comes, hand, mail_to):
    doctor = comes(hand, DOCTOR)
    doctor.open("/akun/")
    doctor.press(doctor.page.locator("[aria-labelledby=reach] a"))
    doctor.arrived("Alamat dan saluran")
    address = f"{hand.__name__}.{time.time_ns()}@warga.example".lower()
    doctor.write("address-email", "bukan alamat")
    form = doctor.page.locator("form[action*='/email/alamat/'] button")
    doctor.press(form)
    doctor.misses("address-email")
    doctor.write("address-email", address)
    doctor.press(form)
    code = doctor.page.locator("input[name=code]").get_attribute("id")
    doctor.write(code, "000000")
    doctor.press("Verifikasi")
    doctor.misses(code)
    doctor.write(code, re.findall(r"\b\d{6}\b", mail_to(address))[0])
    doctor.press("Verifikasi")
    doctor.arrived("Alamat dan saluran")
    expect(doctor.page.locator(".channel .strong").first).to_have_text(address)


@BOTH_WAYS
def test_password_second_step_and_other_visits(comes, hand):
    """Whose password is another one until the next run: it is no longer one that anybody could choose."""
    said = {Keyboard: DOCTOR, Enlarged: NEWBORN}[hand]
    she, elsewhere = comes(hand), comes(Enlarged)
    for one in (she, elsewhere):
        one.open("/masuk/")
        one.press(one.page.locator(".people button", has_text=said))
    she.open("/akun/")
    she.press("Ganti kata sandi")
    she.arrived("Ganti kata sandi")
    new_password(she, NEW_PASSWORD + ".")
    she.misses("password2")
    new_password(she, NEW_PASSWORD)
    expect(she.page.locator(".govuk-error-summary")).to_have_count(0)
    elsewhere.open("/akun/")
    elsewhere.arrived("Masuk")

    she.open("/akun/")
    she.press("Pasang aplikasi")
    if "/periksa/" in she.page.url:
        she.arrived("Apakah ini Anda?")
        she.write("password", NEW_PASSWORD)
        she.press("Lanjut")
    she.arrived("Pasang aplikasi")
    she.write("code", "12")
    she.press("Pakai aplikasi ini")
    she.misses("code")
    she.write("code", six_digits(she.page.locator("main code").first.inner_text()))
    she.press("Pakai aplikasi ini")
    she.open("/akun/")
    she.press("Lepas aplikasi")
    she.arrived("Lepas aplikasi")
    she.press(she.page.locator("main").get_by_role("button", name="Lepas aplikasi"))

    elsewhere.press(elsewhere.page.locator(".people button", has_text=said))
    she.open("/akun/sesi/")
    she.press("Akhiri semua yang lain")
    expect(she.page.locator("main")).to_contain_text("Anda tidak masuk di tempat lain.")
    she.arrived("Di mana saya masuk")
    elsewhere.open("/akun/")
    elsewhere.arrived("Masuk")


def new_password(somebody, again):
    for field, text in {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": again}.items():
        somebody.write(field, text)
    somebody.press("Ganti")


def six_digits(secret):
    """What an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
