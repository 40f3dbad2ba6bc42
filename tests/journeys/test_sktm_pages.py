"""SKTM on the pages, without JavaScript: from her tap to the officer's queue, back to her, and to the letter."""

import sqlite3
from contextlib import closing
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from satu.hub.tests.register import ADI_NIK, SITI_NIK, register_sitis_family
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.identifiers import Nik
from satu.messaging.queries import inbox_of
from satu.portal.tests.reading import Reader
from satu.services.models import Task
from satu.services.queries import cases_of, queue_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("town")]
SENTENCE = "Tuliskan untuk anak yang mana surat ini."


def browser(account) -> Reader:
    client = Client()
    client.force_login(account)
    return Reader(client)


@pytest.fixture
def siti(transactional_db):
    register_sitis_family()
    return open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x")


@pytest.fixture
def rina(siti):
    return open_officer_account(
        login="rina", name="Rina Marlina", password="x", agency="kelurahan", duties=["front-office"]
    )


@pytest.fixture
def sent(siti) -> Reader:
    """Siti's browser, on the receipt of what she sent."""
    page = browser(siti).open("/layanan/sktm/").send("/ajukan/").send("/ajukan/", about="self")
    return page.send("/kirim/", purpose="keringanan biaya sekolah")


def task_address() -> str:
    return f"/desk/tugas/{Task.objects.get(state='open').pk}/"


def test_back_to_her_and_to_the_letter(sent, siti, rina, work):
    assert "Petugas memutuskan paling lambat" in sent.text
    assert "Tersisa 3 hari kerja." in sent.text
    assert "/perkembangan/" not in sent.html  # days are not waited for by asking every second
    desk = browser(rina).open("/desk/tugas/")
    assert "Siti Aminah" in desk.text
    assert task_address() in desk.links
    page = desk.open(task_address())
    for piece in ("keringanan biaya sekolah", "Termasuk desil 1 sampai 4", "Aturan", "jawaban pemohon", "Dinsos"):
        assert piece in page.text
    assert "Tergolong tidak mampu, baris 3 ·" in page.text
    assert "Kode wilayah" not in page.text + sent.text
    wrong = page.send("/putuskan/", decision="correction", reason="")
    assert wrong.status == 422
    assert "Tuliskan alasannya dalam satu kalimat" in wrong.text
    done = wrong.send("/putuskan/", decision="correction", reason=SENTENCE)
    assert done.path == "/desk/tugas/"
    assert "Hitungan hari berhenti" in done.text

    assert str(next(iter(inbox_of(siti.actor))).subject).startswith("Permohonan Anda perlu diperbaiki")
    receipt = sent.open(sent.path)
    assert SENTENCE in receipt.text
    assert receipt.form("/kirim-lagi/").fields["purpose"] == "keringanan biaya sekolah"
    empty = receipt.send("/kirim-lagi/", purpose="")
    assert empty.status == 422
    assert SENTENCE in empty.text
    again = empty.send("/kirim-lagi/", purpose="keringanan biaya sekolah anak kedua")
    assert SENTENCE not in again.text

    page = desk.open(task_address())
    assert "Rina Marlina meminta perbaikan" in page.text
    assert "anak kedua" in page.text
    assert "Disetujui." in page.send("/putuskan/", decision="approve", reason="").text
    work()
    receipt = sent.open(sent.path)
    assert "Surat Anda sudah jadi" in receipt.text
    assert "Petugas Kelurahan memutuskan" in receipt.text
    assert cases_of(siti.actor)[0].state == "issued"


def test_after_a_decision_the_next_case_opens(sent, rina, siti):
    adi = open_resident_account(nik=Nik(ADI_NIK), name="Adi Putra", password="x")
    browser(adi).open("/layanan/sktm/").send("/ajukan/").send("/kirim/", purpose="beasiswa")
    first, second = queue_of(rina.actor).items
    page = browser(rina).open(f"/desk/tugas/{first.id}/").send("/putuskan/", decision="approve", reason="")
    assert page.path == f"/desk/tugas/{second.id}/"


def test_who_was_slower_reads_who_was_faster(sent, rina):
    dedi = open_officer_account(
        login="dedi", name="Dedi Kurnia", password="x", agency="kelurahan", duties=["front-office"]
    )
    open_page = browser(dedi).open(task_address())
    browser(rina).open(task_address()).send("/putuskan/", decision="approve", reason="")
    slower = open_page.send("/putuskan/", decision="refuse", reason="Keluarga ini tidak tergolong tidak mampu.")
    assert slower.status == 409
    assert "Rina Marlina sudah memutuskan ini." in slower.text


@pytest.mark.parametrize(
    "other",
    [
        {"agency": "dinsos"},
        {"duties": ["social-worker"]},
        {"areas": ["36.71.05.1003"]},
    ],
)
def test_the_wrong_officer_finds_no_task_and_decides_nothing(sent, rina, other):
    account = {"agency": "kelurahan", "duties": ["front-office"]} | other
    stranger = browser(open_officer_account(login="lain", name="Orang Lain", password="x", **account))
    assert "Siti Aminah" not in stranger.open("/desk/tugas/").text
    assert stranger.open(task_address()).status == 404
    decided = stranger.client.post(f"{task_address()}putuskan/", {"decision": "approve", "reason": ""})
    assert decided.status_code == 404
    assert Task.objects.get().state == "open"


def test_the_pages_queries_do_not_grow_with_the_queue(sent, rina):
    desk = browser(rina)

    def count(path: str) -> int:
        desk.open(path)
        with CaptureQueriesContext(connection) as context:
            assert desk.open(path).status == 200
        return len(context)

    before = count("/desk/tugas/")
    # session, account, queue; what she keeps, the counts, the kelurahan to choose; who is away, messages that wait
    assert before == 8
    adi = open_resident_account(nik=Nik(ADI_NIK), name="Adi Putra", password="x")
    browser(adi).open("/layanan/sktm/").send("/ajukan/").send("/kirim/", purpose="beasiswa")
    assert count("/desk/tugas/") == before


def test_the_desk_reads_in_english_too(sent, rina):
    from django.conf import settings

    desk = browser(rina)
    desk.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Ask for a correction" in desk.open(task_address()).text
    assert "Decide the selected ones" in desk.open("/desk/tugas/").text


def chosen(page: Reader, tasks: list[object], query: str = "", **more: str) -> Reader:
    return page._take(
        page.client.post(f"/desk/tugas/sekaligus/{query}", {"task": [str(one) for one in tasks], **more})
    )


@pytest.fixture
def poor(town):
    """Siti is in the welfare register, in decile 2; her neighbour Adi is not."""
    with closing(sqlite3.connect(town.folder / "dtsen.sqlite")) as storage, storage:
        storage.execute("INSERT INTO TRX_KPM VALUES ('900001', ?, 'SITI AMINAH', '02', '', '20261101')", [SITI_NIK])
    yield
    with closing(sqlite3.connect(town.folder / "dtsen.sqlite")) as storage, storage:
        storage.execute("DELETE FROM TRX_KPM WHERE ID_KPM = '900001'")


def test_several_are_decided_at_once_each_by_itself(poor, sent, rina):
    adi = open_resident_account(nik=Nik(ADI_NIK), name="Adi Putra", password="x")
    browser(adi).open("/layanan/sktm/").send("/ajukan/").send("/kirim/", purpose="beasiswa")
    hers, unsure = (Task.objects.get(applicant_name=name) for name in ("Siti Aminah", "Adi Putra"))
    everything = [hers.pk, unsure.pk, uuid4()]
    desk = browser(rina).open("/desk/tugas/")
    assert desk.html.count('name="task"') == 2

    asked = chosen(desk, everything)
    assert "Putuskan 1 tugas?" in asked.text
    assert "Aturan tidak menyarankan untuk menyetujuinya" in asked.text
    assert Task.objects.filter(state="open").count() == 2  # nothing is decided before she is sure
    done = chosen(desk, everything, sure="yes")
    assert "1 dari 3 diputuskan" in done.text
    assert done.text.count("tidak diputuskan") == 2
    hers.refresh_from_db()
    unsure.refresh_from_db()
    assert (hers.state, unsure.state) == ("decided", "open")
    made = hers.decision
    assert (made.decision, made.by, made.advice) == ("approve", rina.actor.reference, {"need": "lowest-four"})
    assert "1 dari 3 diputuskan" in chosen(desk, everything, sure="yes").text  # pressed twice, decided once
    dedi = open_officer_account(
        login="dedi", name="Dedi Kurnia", password="x", agency="kelurahan", duties=["front-office"]
    )
    slower = chosen(browser(dedi), [hers.pk], sure="yes")
    assert "0 dari 1 diputuskan" in slower.text
    assert "Rina Marlina sudah memutuskan ini." in slower.text


def test_of_nothing_chosen_the_queue_says_so(sent, rina):
    page = chosen(browser(rina), [])
    assert page.status == 422
    assert "Pilih sedikitnya satu tugas" in page.text


def test_a_filter_goes_along_from_case_to_case(sent, rina):
    adi = open_resident_account(nik=Nik(ADI_NIK), name="Adi Putra", password="x")
    browser(adi).open("/layanan/sktm/").send("/ajukan/").send("/kirim/", purpose="beasiswa")
    first, second = (f"/desk/tugas/{item.id}/" for item in queue_of(rina.actor).items)
    desk = browser(rina).open("/desk/tugas/?layanan=sktm")
    assert {f"{first}?layanan=sktm", f"{second}?layanan=sktm"} <= set(desk.links)
    page = desk.open(f"{first}?layanan=sktm")
    assert f"{second}?layanan=sktm" in page.links
    form = next(form for form in page._page.forms if "/putuskan/" in form.action)
    answer = page.client.post(form.action, {"decision": "approve", "reason": ""})
    assert answer["Location"] == f"{second}?layanan=sktm&selesai=approve"
    assert "Tidak ada apa-apa di sini" in desk.open("/desk/tugas/?layanan=sip").text
