"""Those who look after officers and services, and city hall: by keyboard alone at a desk, and at 400 %."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Enlarged, Office

TWO_WAYS = pytest.mark.parametrize("hand", [Office, Enlarged], ids=["office", "enlarged"])


@TWO_WAYS
def test_an_officer_is_named_and_loses_a_duty(comes, hand):
    fajar = comes(hand, "Administrator petugas, Disdukcapil")
    page = fajar.page
    fajar.open("/desk/")
    fajar.press(page.locator(".desk__nav a[href^='/desk/pengaturan/']").first)
    fajar.arrived("Petugas")
    fajar.press("Tambah petugas")
    fajar.arrived("Tambah petugas")
    fajar.press("Tambah")
    fajar.misses("name")
    login = f"{hand.__name__}.{time.time_ns()}@kantor.example".lower()
    fajar.write("name", "Wulan Sari")
    fajar.write("login", login)
    for box in (page.locator("#duties"), page.locator("#duties-2")):
        fajar.tick(box)
        expect(box).to_be_checked()
    fajar.press("Tambah")
    fajar.arrived("Wulan Sari")
    expect(page.locator(".work__head")).to_contain_text(login)

    fajar.tick(page.locator("#duties-2"))
    fajar.press("Simpan")
    fajar.told("Sudah diubah.")
    expect(page.locator("#duties-2")).not_to_be_checked()
    expect(page.locator(".history li").first).to_contain_text("tugas jabatan atau wilayah diubah")
    fajar.press("Tarik undangan")
    fajar.arrived("Wulan Sari")


@TWO_WAYS
def test_a_service_is_tried_before_it_is_published(comes, satu, hand):
    bayu = comes(hand, "Pengelola integrasi")
    page = bayu.page
    bayu.open("/desk/pengaturan/layanan/")
    bayu.arrived("Layanan")
    bayu.press(page.get_by_role("link", name="Surat keterangan domisili", exact=True))
    bayu.arrived("Surat keterangan domisili")
    bayu.press("Coba")
    bayu.arrived("Coba layanan")
    bayu.press("Mulai")
    expect(page.locator("#tried")).to_be_visible()
    bayu.press("Kirim, sebagai percobaan")
    bayu.misses("q-purpose")
    bayu.write("q-purpose", "mencoba")
    bayu.press("Kirim, sebagai percobaan")
    expect(page.locator("#hasil")).to_contain_text("Surat Keterangan Domisili")
    bayu.arrived("Coba layanan")

    satu("service", "publish", "domisili", "--why", f"Sudah dicoba ({hand.__name__}).", "--by", "Bayu Pratama")
    bayu.open("/desk/pengaturan/layanan/domisili/")
    expect(page.locator("[aria-labelledby=versions]")).to_contain_text("berlaku")
    bayu.arrived("Surat keterangan domisili")


@TWO_WAYS
def test_city_hall_looks_at_a_month_and_takes_the_figures_along(comes, hand):
    nurul = comes(hand, "Staf Wali Kota")
    page = nurul.page
    nurul.open("/kota/")
    nurul.arrived("Yang dihemat warga dan kota")
    nurul.press("Bulan ini")
    nurul.arrived("Yang dihemat warga dan kota")
    assert "jangka=" in page.url
    nurul.pick("layanan", "Surat keterangan domisili")
    nurul.press(page.locator("form.period button").first)
    nurul.arrived("Yang dihemat warga dan kota")
    expect(page.locator("#layanan option:checked")).to_have_text("Surat keterangan domisili")
    nurul.open_up("Sebagai tabel")
    expect(page.locator("table.sums").first).to_be_visible()
    expect(page.locator(".kelurahan").first).to_be_visible()
    with page.expect_download() as fetched:
        nurul.push(page.locator("a.download[href*='kelurahan.csv']"))
    lines = fetched.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 1
    assert re.search("kelurahan", lines[0], re.IGNORECASE)
    nurul.press(page.locator(".tabs").get_by_role("link", name="Tenggat", exact=False))
    nurul.arrived("Waktu dan tenggat")
