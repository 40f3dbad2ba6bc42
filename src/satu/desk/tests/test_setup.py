"""How the city is set up, as its administrator looks at it; and the sandbox, of which nothing stays."""

import io
import re
import shutil
import zipfile

import pytest
from django.db import connection
from django.test import Client

from satu.hub.ledger.queries import accesses_about
from satu.hub.tests.register import SITI_NIK, register_sitis_family
from satu.hub.types import Subject
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.city import the_city
from satu.kernel.identifiers import Nik
from satu.services.models import Case, PackageVersion

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "sistem",
    "sistem/pbb",
    "data",
    "data/person.kelurahan",
    "layanan",
    "layanan/sktm",
    "instansi",
    "kalender",
    "templat",
)


@pytest.fixture
def siti(transactional_db):
    register_sitis_family()
    return open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x", demo=True)


@pytest.fixture
def desk(siti):
    client = Client()
    client.force_login(
        open_officer_account(
            login="bayu", name="Bayu", password="x", agency="diskominfo", duties=["city-admin"], demo=True
        )
    )
    return client


def tried(desk, siti, paket="folder:domisili", **more):
    return desk.post("/desk/pengaturan/coba/", {"paket": paket, "warga": siti.pk} | more)


def counts():
    """Of every table how many rows there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(name for (name,) in cursor.fetchall())
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        return dict(cursor.fetchall())


def archive_of(service, tmp_path, before="", after=""):
    folder = tmp_path / service
    shutil.copytree(the_city().folder / "services" / service, folder)
    path = folder / "service.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after) if before else path.read_text())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"{service}/{file.name}")
    packed.seek(0)
    packed.name = f"{service}.zip"
    return packed


def test_everything_is_read_in_both_languages_and_leads_on(desk):
    for language, word in (("id", "Dipakai"), ("en", "sed")):
        desk.cookies["language"] = language
        told = {page: desk.get(f"/desk/pengaturan/{page}/") for page in PAGES}
        assert {page: answer.status_code for page, answer in told.items() if answer.status_code != 200} == {}
        assert word in told["sistem"].content.decode()
    assert "Certificate of low income" in told["data/person.kelurahan"].content.decode()
    assert "not confirmed" in told["kalender"].content.decode()
    assert desk.get("/desk/pengaturan/layanan/sktm/alur/").content.startswith(b"<?xml")


def test_a_rule_is_read_in_words_where_it_is_plain(desk):
    desk.cookies["language"] = "en"
    page = desk.get("/desk/pengaturan/layanan/domisili/").content.decode()
    for said in (
        "not recorded",
        "Died",
        "not “Yes”",
        "the applicant&#39;s child or the applicant&#39;s husband or wife",
    ):
        assert f"<b>{said}" in page, said
    birth = desk.get("/desk/pengaturan/layanan/akta-kelahiran/").content.decode()
    assert '<span class="code">len($) &gt; 60</span>' in birth  # an expression stays one


def test_no_setting_of_a_system_is_shown_but_its_name(desk, monkeypatch):
    monkeypatch.setenv("SATU_BAPENDA_DATABASE", "mysql://satu:s3cret@pbb.example/pbb")
    page = desk.get("/desk/pengaturan/sistem/pbb/").content.decode()
    assert "SATU_BAPENDA_DATABASE" in page
    assert "s3cret" not in page
    assert "pbb.example" not in page


def test_a_sample_document_is_a_pdf_with_invented_values(desk):
    answer = desk.get("/desk/pengaturan/templat/domisili/document/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert desk.get("/desk/pengaturan/templat/domisili/nothing/").status_code == 404


def test_a_trial_goes_as_far_as_the_rules_and_leaves_only_the_look(desk, siti):
    before = counts()
    asked = tried(desk, siti).content.decode()
    assert "Siti Aminah" in asked
    assert "Untuk keperluan apa?" in asked
    sent = tried(desk, siti, kirim="1", asked="purpose:text", **{"q-purpose": "membuka rekening"}).content.decode()
    assert "dikabulkan" in sent
    assert "Sekarang akan menerbitkan" in sent
    look = accesses_about(Subject.person(Nik(SITI_NIK)), limit=1)[0]
    assert look.who == "Uji coba layanan oleh petugas"
    assert look.why.id.startswith("Uji coba layanan: ")
    waits = tried(desk, siti, "folder:sktm", kirim="1", **{"q-purpose": "beasiswa"}).content.decode()
    assert "Akan menunggu petugas" in waits
    more = {table for table, count in counts().items() if count != before[table]}
    assert {"ledger_entry", "kernel_auditentry"} <= more
    assert more <= {"ledger_entry", "kernel_auditentry", "hub_systemhealth", "hub_systemhealthhour"}


def test_files_are_taken_as_sent_in_a_trial_and_named(desk, siti, tmp_path):
    uploads = "uploads:\n  - key: plan\n    label: {id: Denah lokasi, en: Plan of the place}\n"
    packed = archive_of("domisili", tmp_path, "questions:\n", f"{uploads}questions:\n")
    page = tried(desk, siti, "", archive=packed, kirim="1", **{"q-purpose": "membuka rekening"}).content.decode()
    assert "Denah lokasi" in page
    assert "dikabulkan" in page


def test_a_draft_of_hers_stays_hers(desk, siti):
    draft = Case.objects.create(
        service="domisili", applicant_nik=SITI_NIK, applicant="account:1", subject_nik=SITI_NIK
    )
    assert "dikabulkan" in tried(desk, siti, kirim="1", **{"q-purpose": "x"}).content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_what_is_missing_is_told_beside_its_question(desk, siti):
    answer = tried(desk, siti, kirim="1", **{"q-purpose": ""})
    assert "govuk-error-summary" in answer.content.decode()
    assert 'href="#q-purpose"' in answer.content.decode()


def test_an_archive_is_tried_and_thrown_away(desk, siti, tmp_path):
    packed = archive_of("domisili", tmp_path, "Untuk keperluan apa?", "Guna apa?")
    page = tried(desk, siti, "", archive=packed).content.decode()
    assert "Guna apa?" in page
    kept = page.partition('name="archive-kept"')[2].partition('value="')[2].partition('"')[0]
    sent = tried(desk, siti, "", kirim="1", **{"archive-kept": kept, "q-purpose": "membuka rekening"})
    assert "dikabulkan" in sent.content.decode()
    assert PackageVersion.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("  - person.name\n", "  - person.shoe_size\n"), "person.shoe_size"),
        (("service: domisili", "service: ../etc"), "tidak menyebut layanan"),
    ],
)
def test_a_package_that_does_not_load_says_why(desk, siti, tmp_path, change, says):
    answer = tried(desk, siti, "", archive=archive_of("domisili", tmp_path, *change))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert str(tmp_path) not in answer.content.decode()


def test_what_is_no_archive_is_refused_with_a_sentence(desk, siti, tmp_path):
    whole = archive_of("domisili", tmp_path).getvalue()
    misplaced = whole[:-6] + b"\xff\xff\xff\x7f" + whole[-2:]  # says that its list is where it is not
    for content in (b"not a zip", whole[: len(whole) // 2], misplaced):
        nonsense = io.BytesIO(content)
        nonsense.name = "x.zip"
        answer = tried(desk, siti, "", archive=nonsense)
        assert answer.status_code == 422
        assert "bukan arsip ZIP" in answer.content.decode()


def test_a_sample_notice_is_in_one_language(desk):
    page = desk.get("/desk/pengaturan/templat/").content.decode()
    english = "".join(part.partition("</div>")[0] for part in page.split('<div lang="en">')[1:])
    assert "31 December" in english
    assert not re.search("Desember|Contoh", english)


def test_an_officer_without_the_duty_sees_none_of_it(siti):
    client = Client()
    client.force_login(
        open_officer_account(login="rina", name="Rina", password="x", agency="kelurahan", duties=["front-office"])
    )
    assert {client.get(f"/desk/pengaturan/{page}/").status_code for page in (*PAGES, "coba")} == {403}
