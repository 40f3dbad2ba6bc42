"""What the portal's pages say, in which language, and how many queries they take."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from satu.documents.actions import revoke_document
from satu.hub.ledger.queries import accesses_about
from satu.hub.tests.register import SITI_NIK
from satu.hub.types import Subject
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.portal.looks import looks
from satu.portal.tests.reading import Reader
from satu.services.actions import advance_case
from satu.services.queries import cases_of

pytestmark = pytest.mark.django_db(transaction=True)


def walked(reader, siti):
    reader.open("/").send("/layanan/domisili/ajukan/").send("/kirim/", purpose="melamar kerja")
    advance_case(case_id=cases_of(siti.actor)[0].id)


def queries(reader, path):
    reader.open(path)  # what is read once a process has been read
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert reader.open(path).status == 200
    return len(context)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", 9),  # one for what events offer her, one for what officers wrote to her, one for what was revoked
        ("/layanan/", 3),
        ("/layanan/domisili/", 3),
        ("/permohonan/", 6),  # one for what officers wrote to her, one for what was revoked
        ("/dokumen/", 4),
        ("/siapa-melihat/", 4),
        ("/pemberitahuan/", 5),
        ("/pemberitahuan/pengaturan/", 5),
        ("/v/", 3),
    ],
)
def test_the_number_of_queries_of_a_page_is_known(reader, siti, path, expected):
    walked(reader, siti)
    assert queries(reader, path) == expected


@pytest.mark.parametrize("path", ["/", "/permohonan/", "/dokumen/", "/siapa-melihat/", "/pemberitahuan/"])
def test_the_number_of_queries_does_not_grow_with_the_rows(reader, siti, path):
    walked(reader, siti)
    before = queries(reader, path)
    walked(reader, siti)
    walked(reader, siti)
    assert queries(reader, path) == before


def test_the_receipt_takes_a_known_number_of_queries(reader, siti):
    walked(reader, siti)
    assert queries(reader, f"/permohonan/{cases_of(siti.actor)[0].id}/") == 17


def test_a_stranger_sees_what_the_city_offers_without_a_query(client, transactional_db, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(0):
        client.get("/")


def test_everyday_words_find_the_service(client, transactional_db):
    page = Reader(client).open("/layanan/?q=bukti+alamat")
    assert "Surat keterangan domisili" in page.text
    assert "1 layanan untuk “bukti alamat”" in page.text


def test_words_that_mean_nothing_here_are_answered_with_help(client, transactional_db):
    page = Reader(client).open("/layanan/?q=xyzzyplugh")
    assert "Tidak ada hasil untuk “xyzzyplugh”" in page.text
    assert "Surat keterangan domisili" in page.text


def test_what_is_typed_in_the_search_box_cannot_become_markup(client, transactional_db):
    page = Reader(client).open("/layanan/?q=<script>alert(1)</script>")
    assert "<script>alert" not in page.html


def test_indonesian_comes_first_whatever_the_browser_asks_for(client, transactional_db):
    page = Reader(client)._take(client.get("/", headers={"Accept-Language": "en-GB,en"}))
    assert "Apa yang ingin Anda urus?" in page.text
    assert 'lang="id"' in page.html


def test_a_letter_that_was_revoked_says_so_and_why_wherever_it_stands(reader, siti):
    walked(reader, siti)
    case = cases_of(siti.actor)[0]
    revoke_document(document_id=case.document_id, reason=Label("Alamatnya keliru.", "A wrong address."), by=SYSTEM)
    page = reader.open(f"/permohonan/{case.id}/")
    assert page.text.count("Alamatnya keliru.") == 2  # beside the letter, and as a step
    assert "berlaku sampai" not in page.text
    for path in (page.path, "/permohonan/", "/"):
        assert "Dicabut" in reader.open(path).text, path


def test_english_is_one_press_away_and_stays(client, transactional_db):
    page = Reader(client).open("/layanan/")
    answer = client.post("/bahasa/", {"language": "en", "next": page.path})
    assert answer["Location"] == "/layanan/"
    page.open("/")
    assert "What would you like to arrange?" in page.text
    assert 'lang="en"' in page.html


def test_her_data_comes_by_system_with_its_freshness(reader, siti):
    page = reader.open("/data-saya/")
    assert "Register penduduk (SIAK)" in page.text
    assert "per hari ini" in page.text
    assert "Sistem ini sedang tidak menjawab" in page.text  # no simulated system runs here


def test_who_looked_is_told_in_plain_words(reader, siti):
    reader.open("/data-saya/")
    page = reader.open("/siapa-melihat/")
    assert "Anda melihat" in page.text
    assert "Anda melihat data Anda sendiri" in page.text
    assert "UU 27/2022" in page.text


def test_looks_that_repeat_are_counted(reader, siti):
    for _ in range(3):
        reader.open("/data-saya/")
    (look,) = looks(accesses_about(Subject.person(Nik(SITI_NIK)), limit=3))
    assert (look.times, len(look.entries)) == (3, 3)
    assert re.search(r"\d+ kali, \d\d\.\d\d", reader.open("/siapa-melihat/").text)
    assert re.search(r"· \d+ kali", reader.open("/").text)


def test_the_history_of_looks_has_pages(reader, siti):
    for _ in range(21):
        reader.open("/data-saya/")
    first = reader.open("/siapa-melihat/")
    older = next(link for link in first.links if link.startswith("?sebelum="))
    page = reader.open("/siapa-melihat/" + older)
    assert "Terbaru" in page.text
    assert "Anda melihat" in page.text
    assert reader.open("/siapa-melihat/?sebelum=nonsense").status == 200


def test_her_nik_stands_in_no_address(reader, siti):
    walked(reader, siti)
    for path in ["/", "/permohonan/", "/dokumen/", "/data-saya/", "/siapa-melihat/"]:
        assert not any(SITI_NIK in link for link in reader.open(path).links)


def test_no_page_of_hers_stays_in_a_cache(reader, siti):
    for path in ["/", "/permohonan/", "/data-saya/"]:
        assert "no-store" in reader.client.get(path)["Cache-Control"]


def test_no_inline_script_or_style_is_allowed_or_used(reader, siti):
    for path in ["/", "/data-saya/", "/layanan/domisili/", "/v/"]:
        answer = reader.client.get(path)
        assert "unsafe-inline" not in answer["Content-Security-Policy"]
        html = answer.content.decode()
        assert "style=" not in html
        assert "<style" not in html
        assert "onclick=" not in html
        assert "<script>" not in html


def test_an_unknown_address_gets_a_page_with_a_way_back(client, transactional_db):
    page = Reader(client).open("/tidak-ada/")
    assert page.status == 404
    assert "Tidak ada apa-apa di sini" in page.text
    assert "/" in page.links


def test_a_fault_of_ours_is_said_to_be_ours(client, transactional_db, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("satu.portal.pages.home.life_events", lambda: 1 / 0)
    page = Reader(client).open("/")
    assert page.status == 500
    assert "Ada gangguan pada kami" in page.text


def test_an_officer_is_sent_from_the_home_page_to_her_desk(client, officer):
    client.force_login(officer)
    assert client.get("/")["Location"] == "/desk/"


def test_the_stylesheet_may_be_kept_for_good_and_begins_with_the_citys_colours(client, transactional_db):
    answer = client.get("/tema/abc.css")
    assert answer["Content-Type"].startswith("text/css")
    assert "immutable" in answer["Cache-Control"]
    assert b"--city-primary:#0b6b4f" in answer.content
