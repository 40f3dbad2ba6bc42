"""The citizen's walk, without JavaScript: from the home page to a signed letter in her hands."""

import re

import pytest

from satu.hub.tests.register import ADI_NIK, SITI_NIK
from satu.identity.actions import open_resident_account
from satu.kernel.identifiers import Nik
from satu.portal.tests.reading import Reader
from satu.services.actions import advance_case
from satu.services.queries import cases_of

pytestmark = pytest.mark.django_db(transaction=True)


def the_case(siti):
    return cases_of(siti.actor)[0]


def with_letter(reader, siti):
    """Walk to the end."""
    reader.open("/").send("/layanan/domisili/ajukan/").send("/kirim/", purpose="membuka rekening bank")
    advance_case(case_id=the_case(siti).id)
    return reader.open(reader.path)


def test_two_presses_and_one_answer_give_a_signed_letter(reader, siti):
    reader.open("/")
    preview = reader.send("/layanan/domisili/ajukan/")
    assert "Siti Aminah" in preview.text
    assert "5 Juni 1991" in preview.text
    assert "Disdukcapil · hari ini" in preview.text
    assert [name for name in preview.form("/kirim/").fields if name != "csrfmiddlewaretoken"] == ["purpose"]
    (spared,) = re.findall(r"\d+ isian, \d+ fotokopi", preview.text)
    receipt = preview.send("/kirim/", purpose="membuka rekening bank")
    assert spared in receipt.text
    assert the_case(siti).number in receipt.text
    advance_case(case_id=the_case(siti).id)
    receipt = reader.open(receipt.path)
    assert "Surat Anda sudah jadi" in receipt.text
    letter = next(link for link in receipt.links if link.startswith("/dokumen/") and len(link) > len("/dokumen/"))
    file = reader.client.get(letter)
    assert file.content.startswith(b"%PDF-")
    assert file["Content-Disposition"].startswith('attachment; filename="domisili-')
    assert SITI_NIK not in file["Content-Disposition"]


def test_a_forgotten_answer_is_asked_for_beside_the_field_and_on_top(reader, siti):
    preview = reader.open("/").send("/layanan/domisili/ajukan/").send("/kirim/", purpose="  ")
    assert preview.status == 422
    assert "govuk-error-summary" in preview.html
    assert 'href="#purpose"' in preview.html
    assert 'aria-describedby="purpose-hint purpose-error"' in preview.html
    assert "Kesalahan: Surat keterangan domisili" in preview.html
    assert the_case(siti).state == "draft"


def test_what_was_typed_is_not_lost(reader, siti):
    long = "membuka rekening bank " * 20
    preview = reader.open("/").send("/layanan/domisili/ajukan/").send("/kirim/", purpose=long)
    assert preview.status == 422
    assert long.strip() in preview.html


def test_a_value_that_the_browser_makes_up_changes_nothing(reader, siti):
    reader.open("/").send("/layanan/domisili/ajukan/")
    receipt = reader.send(
        "/kirim/", **{"purpose": "melamar kerja", "person.name": "Ratu Palsu", "person_name": "Palsu"}
    )
    assert "Siti Aminah" in receipt.text
    assert "Palsu" not in receipt.text


def test_a_system_that_does_not_answer_is_shown_and_does_not_stop_her(reader, siti):
    preview = reader.open("/").send("/layanan/domisili/ajukan/")
    assert "sedang tidak menjawab" in preview.text
    assert "Anda dapat melanjutkan" in preview.text


def test_she_can_say_that_something_is_wrong_and_goes_on(reader, siti):
    preview = reader.open("/").send("/layanan/domisili/ajukan/")
    page = reader.open(next(link for link in preview.links if link.endswith("/salah/person.name/")))
    assert "Dinas Kependudukan" in page.text
    assert page.send("/salah/person.name/", note="").status == 422
    preview = page.send("/salah/person.name/", note="Seharusnya Siti Aminnah")
    assert "dilaporkan salah" in preview.text


def test_a_draft_can_be_thrown_away(reader, siti):
    reader.open("/").send("/layanan/domisili/ajukan/").send("/batal/")
    assert the_case(siti).state == "withdrawn"


def test_somebody_elses_request_and_letter_do_not_exist_for_her(reader, siti, client):
    with_letter(reader, siti)
    letter = next(link for link in reader.links if link.startswith("/dokumen/") and len(link) > len("/dokumen/"))
    case = reader.path
    stranger = Reader(client.__class__())
    stranger.client.force_login(open_resident_account(nik=Nik(ADI_NIK), name="Adi Putra", password="x"))
    assert stranger.open(case).status == 404
    assert stranger.open(letter).status == 404


def test_home_tells_what_goes_on(reader, siti):
    with_letter(reader, siti)
    home = reader.open("/")
    assert the_case(siti).number in home.text
    assert "Surat Keterangan Domisili (PDF" in home.text
    assert "Anda melihat" in home.text


def test_the_receipt_stops_asking_once_the_letter_is_there(reader, siti):
    reader.open("/").send("/layanan/domisili/ajukan/").send("/kirim/", purpose="melamar kerja")
    address = f"{reader.path}perkembangan/"
    assert "data-hx-get" in reader.open(address).html
    advance_case(case_id=the_case(siti).id)
    assert "data-hx-get" not in reader.open(address).html


def test_anybody_can_check_the_letter_by_code_and_by_file(reader, siti):
    with_letter(reader, siti)
    check = next(link for link in reader.links if "/v/" in link and not link.endswith("/v/"))
    letter = next(link for link in reader.links if link.startswith("/dokumen/") and len(link) > len("/dokumen/"))
    pdf = reader.client.get(letter).content
    anybody = Reader(reader.client.__class__())
    page = anybody.open("/v/" + check.rsplit("/", 1)[1])
    assert "Dokumen ini berlaku" in page.text
    typed = check.rsplit("/", 1)[1].replace("-", " ").lower()
    assert anybody.client.get("/v/", {"kode": typed})["Location"] == "/v/" + check.rsplit("/", 1)[1]
    unlike = anybody.client.get("/v/", {"kode": "4ED8-WATC"})
    assert unlike.status_code == 422
    assert "24 huruf dan angka" in unlike.content.decode()
    assert "bukan tanda tangan elektronik (TTE) tersertifikasi" in page.text
    assert "Siti" not in page.text
    assert SITI_NIK not in page.html
    assert "Asli" in drop(anybody, pdf).text
    assert "Berkas ini sudah diubah" in drop(anybody, changed(pdf)).text
    assert "Berkas ini tidak dapat diperiksa" in drop(anybody, b"not a pdf").text


def drop(reader, content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("surat.pdf", content, content_type="application/pdf")
    return reader._take(reader.client.post("/v/", {"file": file}))


def changed(pdf):
    """One byte of the signed part is different."""
    place = pdf.index(b"/MediaBox") + 1
    return pdf[:place] + b"m" + pdf[place + 1 :]


def test_an_unknown_code_is_said_to_be_unknown(client, transactional_db):
    page = Reader(client).open("/v/AAAA-BBBB-CCCC-DDDD-EEEE-FFFF")
    assert page.status == 404
    assert "Dokumen ini tidak ada" in page.text


def test_checking_nothing_is_an_error_with_help(client, transactional_db):
    page = Reader(client)._take(client.post("/v/"))
    assert page.status == 422
    assert 'href="#file"' in page.html
