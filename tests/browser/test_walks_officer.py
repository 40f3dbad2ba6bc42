"""What officers do all day, from the queue to the decision: by keyboard alone, at a desk and a phone; and at 400 %.

The citizens' parts are here only where the two answer each other; who walks how is said at each test.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Enlarged, Keyboard, Office
from tests.browser.test_on_a_phone import picture

MOTHER, NURSE, OWNER = "Ibu dengan dua anak", "Perawat", "Pemilik usaha"
COUNTER, LICENSING, INSPECTOR = "Petugas loket", "Petugas perizinan", "Pemeriksa lapangan"
REGISTRAR = "Petugas pencatatan sipil"
EVERY_WAY = pytest.mark.parametrize("hand", [Office, Keyboard, Enlarged], ids=["office", "telephone", "enlarged"])
TWO_WAYS = pytest.mark.parametrize("hand", [Office, Enlarged], ids=["office", "enlarged"])


def find(officer, number):
    """The task of this request, from the queue."""
    officer.open("/desk/tugas/")
    officer.write("cari", number)
    officer.page.keyboard.press("Enter")
    row = officer.page.locator("[data-tasks] a")
    expect(row).to_have_count(1)
    officer.arrived("Tugas saya")
    officer.press(row)
    expect(officer.page.locator(".work__who").first).to_contain_text(number)


def own(citizen, number):
    """Her request, from the list of hers."""
    citizen.open("/permohonan/")
    citizen.press(citizen.page.locator(".case", has_text=number).locator("a"))
    expect(citizen.page.locator(".head .lead", has_text=number)).to_be_visible()


@TWO_WAYS
def test_sent_back_corrected_and_approved(comes, door, hand):
    number = door.sent("sktm", MOTHER, purpose="keringanan")
    rina = comes(hand, COUNTER)
    find(rina, number)
    rina.arrived("Surat keterangan tidak mampu (SKTM)")
    rina.press("Minta perbaikan")
    rina.misses("reason")
    rina.write("reason", "Mohon tulis keringanan apa.")
    rina.press("Minta perbaikan")
    rina.told("Dikembalikan")

    siti = comes(Keyboard if hand.javascript else Enlarged, MOTHER)
    own(siti, number)
    expect(siti.page.locator(".correction")).to_contain_text("Mohon tulis keringanan apa.")
    siti.write("purpose", "keringanan biaya sekolah")
    siti.press("Kirim lagi")
    siti.arrived("Surat keterangan tidak mampu (SKTM)")

    find(rina, number)
    expect(rina.page.locator(".facts").first).to_contain_text("keringanan biaya sekolah")
    rina.press("Setujui")
    rina.told("Disetujui")
    siti.page.reload()
    siti.sees_later(siti.page.locator("#ready"))
    siti.arrived("Surat keterangan tidak mampu (SKTM)")


@TWO_WAYS
def test_refused_and_objected_to(comes, door, hand):
    number = door.sent("sktm", MOTHER, purpose="beasiswa")
    rina = comes(hand, COUNTER)
    find(rina, number)
    rina.press("Tolak")
    rina.misses("reason")
    rina.write("reason", "Penghasilan keluarga di atas batas.")
    rina.press("Tolak")
    rina.told("Ditolak")

    siti = comes(Keyboard if hand.javascript else Enlarged, MOTHER)
    own(siti, number)
    expect(siti.page.locator("main")).to_contain_text("Penghasilan keluarga di atas batas.")
    siti.press("Kirim keberatan")
    expect(siti.page.locator("#objection-text-error")).to_be_visible()
    siti.write("objection-text", "Suami saya sudah tidak bekerja.")
    siti.press("Kirim keberatan")
    siti.arrived("Surat keterangan tidak mampu (SKTM)")
    expect(siti.page.locator("#keberatan")).to_contain_text("Petugas lain")

    find(rina, number)  # she reads it, and cannot decide on it
    expect(rina.page.locator(".work__case")).to_contain_text("Suami saya sudah tidak bekerja.")
    expect(rina.page.get_by_role("button", name="Jangan kabulkan")).to_have_count(0)
    rina.arrived("Surat keterangan tidak mampu (SKTM)")


@TWO_WAYS
def test_a_nurse_gets_her_licence_and_loses_it(comes, door, hand):
    """It is revoked in the end, so that the next walk finds her without one."""
    agus, nurse = comes(hand, LICENSING), comes(Keyboard if hand.javascript else Enlarged, NURSE)
    place = place_of(nurse)
    number = door.sent("sip", NURSE, place=place)
    find(agus, number)
    agus.press("Setujui")
    agus.told("Disetujui")
    own(nurse, number)
    nurse.sees_later(nurse.page.locator("#ready"))

    agus.press(agus.page.locator(".desk__nav").get_by_role("link", name="Izin"))
    agus.arrived("Izin")
    agus.press(agus.page.locator("main").get_by_role("link").filter(has_text="SIP").first)
    expect(agus.page.locator("main")).to_contain_text(number)
    agus.press("Cabut izin ini")
    agus.misses("reason")
    agus.write("reason", "Perawat pindah ke kota lain.")
    agus.press("Cabut izin ini")
    expect(agus.page.locator("main")).to_contain_text("Izin ini sudah tidak berlaku.")
    # The register hears of the letter from the outbox; revoked before that, the letter ends once it is heard of.
    nurse.sees_later(nurse.page.get_by_role("heading", name="Surat ini sudah dicabut"), by_itself=False)


@pytest.mark.usefixtures("birth_letter")
@TWO_WAYS
def test_a_birth_is_registered_and_the_child_s_card_is_offered(comes, door, hand):
    name = f"Putri {hand.__name__}"
    number = door.sent("akta-kelahiran", MOTHER, child_name=name)
    hendra, siti = comes(hand, REGISTRAR), comes(Keyboard if hand.javascript else Enlarged, MOTHER)
    find(hendra, number)
    hendra.arrived("Akta kelahiran")
    expect(hendra.page.locator(".facts").first).to_contain_text(name)
    hendra.press("Setujui")
    hendra.told("Disetujui")
    own(siti, number)
    siti.sees_later(siti.page.locator("#ready"))

    siti.open("/")
    offer = siti.page.locator("[aria-labelledby=offers] .card", has_text="KIA").first
    siti.sees_later(offer, by_itself=False)
    siti.press(offer.get_by_role("button", name="Periksa dan kirim"))
    siti.arrived("Kartu identitas anak (KIA)")
    siti.press("Kirim permohonan")
    siti.sees_later(siti.page.locator("#ready"))
    expect(siti.page.locator(".head")).to_contain_text(name, ignore_case=True)


def place_of(nurse):
    """The first place that the form of her licence offers."""
    nurse.open("/layanan/sip/")
    nurse.press("Ajukan")
    return nurse.page.locator("#place").get_attribute("value")


@TWO_WAYS
def test_a_billboard_is_inspected_allowed_and_paid(comes, hand):
    """The inspector and the owner have a telephone in their hands."""
    on_a_phone = Keyboard if hand.javascript else Enlarged
    owner, yuni, agus = comes(on_a_phone, OWNER), comes(on_a_phone, INSPECTOR), comes(hand, LICENSING)
    number = billboard(owner)
    find(yuni, number)
    yuni.press("Setujui")
    yuni.misses("f-photo")
    yuni.take("f-photo", {"name": "lokasi.png", "mimeType": "image/png", "buffer": picture()})
    yuni.write("f-position", "-6.17806, 106.63000")
    yuni.choose("f-fits")
    yuni.press("Setujui")
    yuni.told("Disetujui")

    find(agus, number)
    agus.arrived("Izin reklame")
    expect(agus.page.locator("main")).to_contain_text("Sesuai")
    agus.press("Setujui")
    agus.told("Disetujui")

    own(owner, number)
    owner.sees_later(owner.page.get_by_role("link", name="Bayar"))
    owner.press("Bayar")
    expect(owner.page.locator(".pay__amount")).to_be_visible()
    owner.sees_later(owner.page.locator("#simulator"))
    with owner.visitor.context.expect_page() as opened:
        owner.push(owner.page.locator("#simulator"))
    bank = opened.value
    bank.locator("form[action$='/pay'] button").first.click()  # not ours: a bank's app
    owner.sees_later(owner.page.locator("#paid"))
    own(owner, number)
    owner.sees_later(owner.page.locator("#ready"))
    owner.arrived("Izin reklame")


def billboard(owner):
    """She asks for one, quickly: how it is asked for by keyboard is walked in ``test_the_six``."""
    page = owner.page
    owner.open("/layanan/reklame/")
    owner.press("Ajukan")
    page.locator("#kind").check()
    kelurahan = page.locator("#areas option").first.get_attribute("value")
    for part, text in {"": "Jl. Benteng No. 3", "-rt": "1", "-rw": "1", "-kelurahan": kelurahan}.items():
        page.locator(f"#site{part}").fill(text)
    page.locator("#duration").check()
    page.locator("#design").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture()})
    owner.sends()
    expect(page.locator("#progress")).to_be_visible()
    return page.title().split()[0]


@EVERY_WAY
def test_the_queue_is_searched_narrowed_kept_and_decided_together(comes, door, hand):
    numbers = [door.sent("sktm", MOTHER, purpose=purpose) for purpose in ("obat", "listrik")]
    rina = comes(hand, COUNTER)
    page = rina.page
    rina.open("/desk/tugas/")
    rina.open_up("Saring")
    rina.pick("layanan", "Surat keterangan tidak mampu (SKTM)")
    rina.press("Tampilkan")
    rina.open_up("Simpan saringan ini")
    rina.press(page.locator("form[action*='/saringan/'] button"))
    rina.misses("name")
    rina.write("name", f"SKTM {hand.__name__}")
    rina.press(page.locator("form[action*='/saringan/'] button"))
    rina.told("Saringan disimpan.")
    rina.arrived("Tugas saya")

    rows = [page.locator("[data-tasks] li", has_text=number) for number in numbers]
    if hand.javascript:
        page.locator("h1").evaluate("() => document.activeElement.blur()")
        walk_down_to(page, rows[0].locator("a"))
        page.keyboard.press("x")
        walk_down_to(page, rows[1].locator("a"))
        page.keyboard.press("x")
    else:
        for row in rows:
            rina.tick(row.locator("input"))
    for row in rows:
        expect(row.locator("input")).to_be_checked()
    rina.press("Putuskan yang dipilih…")
    rina.arrived("Putuskan 2 tugas?")
    rina.press(page.locator("[data-key=a]"))
    rina.arrived("2 dari 2 diputuskan")
    rina.press("Kembali ke antrean")
    rina.arrived("Tugas saya")
    rina.open_up("Ganti nama atau hapus")
    rina.press("Hapus")
    rina.told("Saringan dihapus.")


def walk_down_to(page, row):
    """By j, and back by k if it stands above."""
    for key in ("j", "k"):
        for _each in range(60):
            if row.evaluate("row => document.activeElement === row"):
                return
            page.keyboard.press(key)
    pytest.fail("neither j nor k comes to the task")


@TWO_WAYS
def test_a_person_is_found_and_opened_for_a_reason(comes, hand):
    rina = comes(hand, COUNTER)
    rina.open("/desk/")
    rina.write("text", "siti")
    rina.page.keyboard.press("Enter")
    hit = rina.page.locator(".hit").first
    expect(hit).to_be_visible()
    chosen = hit.locator("b").inner_text()
    rina.press(hit)
    rina.arrived(chosen)
    rina.choose("reason-2")
    rina.write("note", "Datang ke loket.")
    rina.press("Buka data")
    expect(rina.page.locator(".skeleton")).to_have_count(0)
    rina.arrived(chosen)
    expect(rina.page.locator("#panel-siak .facts")).to_be_visible()


@TWO_WAYS
def test_away_for_a_day_and_back(comes, door, hand):
    """What she had taken is nobody's while she is away, and hers again when that ends."""
    number = door.sent("sktm", MOTHER, purpose="sekolah")
    rina = comes(hand, COUNTER)
    find(rina, number)
    rina.press("Saya kerjakan")
    expect(rina.page.locator(".taking")).to_contain_text("Anda mengerjakan ini")
    rina.push(rina.page.locator("details.me summary"))
    rina.press("Ketidakhadiran saya")
    rina.arrived("Ketidakhadiran saya")
    rina.press("Catat")
    rina.misses("first")
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date()
    for field in ("first", "last"):
        rina.write_day(field, today)
    rina.press("Catat")
    rina.arrived("Ketidakhadiran saya")
    find(rina, number)
    expect(rina.page.locator(".taking")).to_contain_text("Belum ada yang mengerjakan ini.")
    rina.open("/desk/ketidakhadiran/")
    rina.press("Akhiri")
    rina.told("Sudah diakhiri.")
    find(rina, number)
    expect(rina.page.locator(".taking")).to_contain_text("Anda mengerjakan ini")
    rina.press("Lepaskan")
