"""*Ini salah*, outside a request too: it reaches the officers of the agency that owns the datum, and is answered."""

import pytest

from satu.hub.ledger.queries import accesses_about
from satu.hub.types import Subject
from satu.identity.actions import open_officer_account
from satu.messaging.queries import inbox_of
from satu.portal.tests.reading import Reader
from satu.services.queries import reports_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def registrar(siti, client):
    """An officer of the agency that owns names."""
    account = open_officer_account(
        login="catatan", name="Dewi", password="x", agency="dukcapil", duties=["civil-registrar"]
    )
    browser = client.__class__()
    browser.force_login(account)
    return Reader(browser)


def test_a_report_goes_to_the_owner_of_the_datum_and_its_answer_comes_back(reader, siti, registrar):
    page = reader.open("/data-saya/")
    address = next(one for one in page.links if one.endswith("/salah/person.name/"))
    page = reader.open(address)
    assert "Dinas Kependudukan" in page.text
    assert page.send("/salah/person.name/", note=" ").status == 422
    page = page.send("/salah/person.name/", note="Seharusnya Siti Aminnah")
    assert page.path == "/data-saya/laporan/"
    assert "sedang diperiksa" in page.text
    assert "dilaporkan salah" in reader.open("/data-saya/").text

    (report,) = reports_of(siti.actor)
    assert f"/desk/koreksi/{report.id}/" in registrar.open("/desk/koreksi/").links
    desk = registrar.open(f"/desk/koreksi/{report.id}/")
    assert "Siti Aminah" in desk.text
    assert "Seharusnya Siti Aminnah" in desk.text
    assert accesses_about(Subject.person(siti.actor.nik), limit=1)[0].agency_code == "dukcapil"
    assert desk.send(f"/desk/koreksi/{report.id}/", answer=" ").status == 422
    desk.send(f"/desk/koreksi/{report.id}/", outcome="corrected", answer="Sudah kami perbaiki di SIAK.")

    assert "Sudah kami perbaiki di SIAK." in reader.open("/data-saya/laporan/").text
    assert "sudah diperbaiki" in reader.text
    assert "Laporan data Anda sudah dijawab" in str(inbox_of(siti.actor)[0].subject)
    assert "dilaporkan salah" not in reader.open("/data-saya/").text


def test_saying_it_twice_is_saying_it_once_and_other_words_are_not_lost(reader, siti):
    for note in ("Salah.", "Salah."):
        reader.open("/data-saya/salah/person.name/").send("/salah/person.name/", note=note)
        assert reader.path == "/data-saya/laporan/"
    again = reader.open("/data-saya/salah/person.name/").send("/salah/person.name/", note="Masih salah.")
    assert again.status == 409
    assert "sudah melaporkan ini" in again.text
    assert ">Masih salah.<" in again.html
    assert [one.note for one in reports_of(siti.actor)] == ["Salah."]


def test_what_is_said_of_a_fact_in_a_request_reaches_the_same_officers(reader, siti, registrar):
    preview = reader.open("/").send("/layanan/domisili/ajukan/")
    page = reader.open(next(one for one in preview.links if one.endswith("/salah/person.name/")))
    page.send("/salah/person.name/", note="Seharusnya Siti Aminnah")
    (report,) = reports_of(siti.actor)
    assert report.recorded == "Siti Aminah"
    assert "dari permohonan" in registrar.open("/desk/koreksi/").text


def test_a_fact_that_my_data_does_not_show_cannot_be_reported(reader):
    for key in ("person.skp_credits_enough", "nothing.at_all"):
        assert reader.open(f"/data-saya/salah/{key}/").status == 404


def test_no_other_agency_sees_a_report(reader, siti, officer, client):
    reader.open("/data-saya/salah/person.name/").send("/salah/person.name/", note="Salah.")
    (report,) = reports_of(siti.actor)
    stranger = client.__class__()
    stranger.force_login(officer)
    assert stranger.get(f"/desk/koreksi/{report.id}/").status_code == 404
