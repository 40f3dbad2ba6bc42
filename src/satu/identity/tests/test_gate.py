"""Who is signed out in the middle of something comes back to where she was."""

from uuid import uuid4

import pytest

from satu.identity.actions import open_resident_account
from satu.kernel.identifiers import Nik

pytestmark = pytest.mark.django_db
PAGE = f"/permohonan/{uuid4()}/"
HERE = f"http://testserver{PAGE}"


def test_a_form_that_was_sent_leads_back_to_its_page_and_not_to_where_it_was_sent(client):
    answer = client.post(f"{PAGE}kirim/", headers={"Referer": HERE})
    assert answer["Location"] == f"/masuk/?next={PAGE}"
    assert client.post(f"{PAGE}kirim/")["Location"] == "/masuk/"
    assert client.post(f"{PAGE}kirim/", headers={"Referer": "https://elsewhere.example/x/"})["Location"] == "/masuk/"


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in_and_back(client):
    answer = client.post(f"{PAGE}pertanyaan/", headers={"HX-Request": "true", "HX-Current-URL": f"{HERE}?a=b"})
    assert answer["HX-Redirect"] == f"/masuk/?next={PAGE}%3Fa%3Db"


def test_an_address_that_only_takes_what_is_sent_leads_to_the_page_above_it_when_it_is_opened(client):
    client.force_login(open_resident_account(nik=Nik("3671014506910003"), name="Siti Aminah", password="x"))
    window = {"Sec-Fetch-Mode": "navigate"}
    assert client.get(f"{PAGE}kirim/?a=b", headers=window)["Location"] == f"{PAGE}?a=b"
    assert client.get("/pemberitahuan/pengaturan/sms/alamat/", headers=window)["Location"] == (
        "/pemberitahuan/pengaturan/"
    )
    assert client.get(f"{PAGE}kirim/").status_code == 405  # a program is told what it did


def test_a_form_of_another_visit_says_so_with_the_way_to_open_it_again():
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/akun/buka/", {}, headers={"Referer": "http://testserver/akun/buka/"})
    assert answer.status_code == 403
    assert 'href="/akun/buka/"' in answer.content.decode()
