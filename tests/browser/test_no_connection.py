"""A cheap telephone in a place without a signal: what was typed is kept, said so, and sent once when it is back."""

from playwright.sync_api import expect

NOTE = "[data-draft-note]"


def begin(siti):
    siti.page.goto(siti.address)
    siti.page.locator("form[action*='domisili'] button.door").click()
    expect(siti.page.locator("#purpose")).to_be_visible()


def kept(siti):
    return siti.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('satu-draft:')).length")


def test_answers_outlive_a_lost_connection_and_are_sent_once_when_it_is_back(visit):
    siti = visit(360)
    siti.sign_in(2)
    begin(siti)
    request = siti.page.url
    siti.context.set_offline(True)
    siti.page.locator("#purpose").fill("mendaftar sekolah anak")
    expect(siti.page.locator(NOTE)).to_have_text("Tidak ada sambungan; jawaban Anda tersimpan di telepon ini.")
    siti.page.locator("#answers button[type=submit]").last.click()
    expect(siti.page.locator(NOTE)).to_contain_text("Kami kirim begitu tersambung lagi")
    assert siti.page.url == request
    sent = []
    siti.page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/kirim/") else None)
    siti.context.set_offline(False)
    expect(siti.page.locator("#progress")).to_be_visible()
    expect(siti.page.get_by_text("mendaftar sekolah anak").first).to_be_visible()
    assert len(sent) == 1
    assert kept(siti) == 0

    # What was typed and not sent comes back with the page, and goes when she signs out.
    begin(siti)
    siti.page.locator("#purpose").fill("melamar kerja")
    siti.page.reload()
    expect(siti.page.locator("#purpose")).to_have_value("melamar kerja")
    expect(siti.page.locator(NOTE)).to_have_text("Yang Anda ketik sebelumnya sudah kami isikan.")
    # So it does when her visit has ended meanwhile: after signing in she is on the same page again.
    siti.context.clear_cookies(name="sessionid")
    siti.page.locator("#purpose").fill("melamar kerja di kota")
    siti.page.locator("#answers button[type=submit]").last.click()
    expect(siti.page.locator("[data-kept-note]")).to_be_visible()
    siti.page.locator(".people").first.locator("button").nth(2).click()
    expect(siti.page.locator("#purpose")).to_have_value("melamar kerja di kota")
    siti.page.locator("details.me summary").click()
    siti.page.get_by_role("button", name="Keluar").click()
    siti.page.wait_for_load_state()
    assert kept(siti) == 0


def test_without_a_connection_a_page_says_so_and_shows_nobody_s_data(visit):
    siti = visit(360)
    siti.address = siti.address.replace("127.0.0.1", "localhost")
    siti.sign_in(2)
    siti.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    siti.page.reload()
    name = siti.page.locator(".me__name").inner_text()
    siti.context.set_offline(True)
    siti.page.goto(f"{siti.address}/permohonan/")
    expect(siti.page.locator("h1")).to_have_text("Tidak ada sambungan")
    assert name.split()[-1] not in siti.page.content()
    caches = siti.page.evaluate(
        "caches.keys().then((names) => caches.open(names[0])).then((one) => one.keys())"
        ".then((all) => all.map((request) => new URL(request.url).pathname))"
    )
    assert all(one.startswith(("/static/", "/tema/", "/luring/")) for one in caches)
    siti.context.set_offline(False)
    siti.page.get_by_role("link", name="Coba lagi").click()
    expect(siti.page.locator("h1")).to_have_text("Permohonan saya")


def test_back_to_what_a_form_was_answered_with_opens_the_page_of_the_form(visit):
    """Nobody keeps such an answer, and nothing is sent twice; that it cannot be shown again is no lost connection."""
    siti = visit(360)
    siti.address = siti.address.replace("127.0.0.1", "localhost")
    siti.sign_in(0)
    siti.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    siti.open("/layanan/sktm/")
    service = siti.page.locator("h1").inner_text()
    siti.page.locator("main form[action$='/ajukan/'] button").first.click()
    siti.page.locator("button[name=about]").first.click()
    expect(siti.page.locator("#purpose")).to_be_visible()
    siti.page.go_back(wait_until="commit")
    expect(siti.page).to_have_url(f"{siti.address}/layanan/sktm/")
    expect(siti.page.locator("h1")).to_have_text(service)


def test_whom_she_left_out_of_a_move_stays_left_out(visit):
    """The page ticks everybody beforehand; what she unticked is an answer, too."""
    siti = visit(360)
    siti.sign_in(0)
    siti.open("/layanan/pindah/")
    siti.page.locator("main form[action$='/ajukan/'] button").first.click()
    boxes = siti.page.locator("#answers input[type=checkbox]")
    expect(boxes.last).to_be_checked()
    boxes.last.uncheck()
    siti.page.reload()
    expect(siti.page.locator(NOTE)).to_be_visible()
    expect(boxes.last).not_to_be_checked()
    expect(boxes.first).to_be_checked()
