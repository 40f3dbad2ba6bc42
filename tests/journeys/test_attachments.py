"""Files on a request: sent, scanned by a scanner that is a process of its own, kept, frozen, looked at."""

import re
import threading
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connections
from django.test import Client
from django.utils import timezone

from satu.demo.systems.clamd import EICAR
from satu.hub.ledger.queries import accesses_about
from satu.hub.types import Subject
from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.portal.tests.reading import Reader
from satu.services import actions, queries
from satu.services.actions.attaching import FOLDER, sweep_attachments
from satu.services.conversation.models import Attachment
from satu.services.conversation.scanning import Infected, ScannerDown
from satu.services.tests.test_files import JPEG, PDF, PNG
from satu.services.types import InvalidAnswers
from tests.journeys import applying, residents
from tests.journeys.test_sktm import DEDI, RINA, STRANGERS, decide, the_task

pytestmark = pytest.mark.usefixtures("town", "register", "wants_a_file")
PURPOSE = {"purpose": "keringanan biaya sekolah"}
UPLOADS = """uploads:
  - key: house
    label: {id: Gambar denah rumah, en: Drawing of the house}
    types: [pdf, jpeg]
    max_mb: 1
  - key: extra
    label: {id: Gambar lain, en: Another drawing}
    required: false
    when: answers.purpose == "beasiswa"
  - key: award
    label: {id: Kartu peserta lomba, en: Card of the contest}
    when: answers.purpose == "beasiswa"
tables:
"""


@pytest.fixture
def wants_a_file(as_the_city: Path, settings, tmp_path: Path) -> None:
    """SKTM, asking for a drawing that no system has; and files in a folder of this test's."""
    file = as_the_city / "services" / "sktm" / "service.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("\ntables:\n") == 1
    file.write_text(text.replace("\ntables:\n", f"\n{UPLOADS}"), encoding="utf-8")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def draft(siti: Actor) -> UUID:
    return applying.begin(service="sktm", by=siti).id


def attach(case: UUID, by: Actor, content: bytes = PDF, name: str = "denah.pdf", key: str = "house") -> UUID:
    return actions.attach(case_id=case, key=key, name=name, content=content, by=by)


def files_kept() -> list[str]:
    if not default_storage.exists(FOLDER):
        return []
    parts = default_storage.listdir(FOLDER)[0]
    return [file for part in parts for file in default_storage.listdir(f"{FOLDER}/{part}")[1]]


def sent(draft: UUID, siti: Actor) -> UUID:
    attach(draft, siti)
    return applying.send(case_id=draft, answers=PURPOSE, by=siti).id


# --------------------------------------------------------------------------------------------------- while a draft


def test_a_file_is_kept_when_the_scanner_has_looked_at_it(town, siti, draft):
    kept = attach(draft, siti, name="../Denah Rumah.PDF")
    (house, *_others) = queries.uploads_of(draft, by=siti)
    assert (house.attachment.id, house.attachment.name, house.types) == (kept, "Denah Rumah.pdf", "PDF, JPEG")
    file = queries.attachment_for(kept, by=siti)
    assert (file.content, file.content_type) == (PDF, "application/pdf")
    row = Attachment.objects.get()
    assert (row.scan, row.scanner) == ("clean", "clamd")
    assert town.get("clamd", "/_simulated/")["calls"] >= 1
    assert not re.search(r"[0-9]{16}|Denah", row.file)  # nothing of the sender in the name on disk


def test_an_infected_file_is_refused_and_nothing_of_it_is_kept(siti, draft):
    with pytest.raises(Infected, match="Eicar"):
        attach(draft, siti, content=PDF + EICAR)
    assert (Attachment.objects.count(), files_kept()) == (0, [])


@pytest.mark.parametrize("knobs", [{"down": True}, {"errors": 1}])
def test_when_nobody_can_look_at_it_nothing_is_kept(town, siti, draft, knobs):
    town.turn("clamd", **knobs)
    with pytest.raises(ScannerDown):
        attach(draft, siti)
    assert (Attachment.objects.count(), files_kept()) == (0, [])
    town.mend()
    attach(draft, siti)


def test_a_scanner_that_hangs_is_not_waited_for(town, siti, draft, monkeypatch):
    from satu.services.conversation import scanning

    monkeypatch.setattr(scanning, "SECONDS", 0.2)
    town.turn("clamd", latency=3000)
    with pytest.raises(ScannerDown):
        attach(draft, siti)
    assert files_kept() == []


def test_a_city_without_a_scanner_takes_no_file(siti, draft, settings, tmp_path):
    settings.SATU_SIMULATED_SYSTEMS = tmp_path / "none"
    with pytest.raises(ScannerDown):
        attach(draft, siti)


def test_another_file_takes_its_place_and_the_first_is_gone(siti, draft):
    attach(draft, siti)
    second = attach(draft, siti, content=JPEG, name="denah.jpg")
    assert [row.pk for row in Attachment.objects.all()] == [second]
    assert len(files_kept()) == 1


def test_a_double_click_is_one_file(siti, draft):
    assert attach(draft, siti) == attach(draft, siti)
    assert len(files_kept()) == 1


def test_two_at_the_same_moment_are_one_file(siti, draft):
    kept: list[UUID] = []

    def send() -> None:
        try:
            kept.append(attach(draft, siti))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(kept)) == 1
    assert len(kept) == 4
    assert len(files_kept()) == 1


def test_taken_away_it_is_gone_and_twice_is_once(siti, draft):
    kept = attach(draft, siti)
    actions.remove_attachment(attachment_id=kept, by=siti)
    assert (Attachment.objects.count(), files_kept()) == (0, [])
    with pytest.raises(Missing):
        actions.remove_attachment(attachment_id=kept, by=siti)


def test_a_discarded_draft_leaves_no_file(siti, draft):
    attach(draft, siti)
    actions.withdraw_case(case_id=draft, by=siti)
    assert (Attachment.objects.count(), files_kept()) == (0, [])


@pytest.mark.parametrize("key", ["nothing", "", "purpose", "../house", "house "])
def test_what_the_package_does_not_ask_for_is_not_taken(siti, draft, key):
    with pytest.raises(Missing):
        attach(draft, siti, key=key)


def test_wrong_kinds_and_sizes_are_refused_before_anybody_scans(town, siti, draft):
    before = town.get("clamd", "/_simulated/")["calls"]
    for content in (PNG, b"MZ" + bytes(90), b"", PDF + bytes(1024 * 1024)):
        with pytest.raises(InvalidInput):
            attach(draft, siti, content=content)
    assert town.get("clamd", "/_simulated/")["calls"] == before


# -------------------------------------------------------------------------------------------------------- sending


def test_without_a_required_file_it_is_not_sent(siti, draft):
    with pytest.raises(InvalidAnswers) as caught:
        applying.send(case_id=draft, answers=PURPOSE, by=siti)
    assert set(caught.value.errors) == {"house"}
    assert queries.case_for(draft, by=siti).state == "draft"


def test_once_sent_its_files_stay(siti, draft):
    kept = attach(draft, siti)
    applying.send(case_id=draft, answers=PURPOSE, by=siti)
    with pytest.raises(Conflict):
        attach(draft, siti, content=JPEG)
    with pytest.raises(Conflict):
        actions.remove_attachment(attachment_id=kept, by=siti)
    row = Attachment.objects.get()
    with pytest.raises(IntegrityError, match="not deleted"):
        row.delete()
    row = Attachment.objects.get()
    row.name = "lain.pdf"
    with pytest.raises(IntegrityError, match="stays as it was sent"):
        row.save()
    row = Attachment.objects.get()
    row.removed_at = timezone.now()
    with pytest.raises(IntegrityError, match="stays as it was sent"):
        row.save()


def test_an_officer_who_sends_it_back_gets_another_file_and_the_first_is_not_lost(siti, draft):
    case = sent(draft, siti)
    first = Attachment.objects.get().pk
    decide("correction", "Denah ini tidak terbaca, kirim yang lain.")
    second = attach(case, siti, content=JPEG, name="jelas.jpg")
    actions.resubmit_case(case_id=case, answers=PURPOSE, by=siti)
    assert [file.id for file in queries.files_of_task(the_task(), by=RINA)] == [second]
    assert Attachment.objects.get(pk=first).removed_at is not None
    with pytest.raises(Missing):
        queries.attachment_for(first, by=siti)
    assert queries.attachment_for(first, by=RINA).content == PDF


# ------------------------------------------------------------------------------------------------------ who looks


def test_the_officer_whose_task_it_is_looks_and_the_applicant_reads_that_she_did(siti, draft):
    sent(draft, siti)
    (file,) = queries.files_of_task(the_task(), by=RINA)
    before = len(accesses_about(Subject.person(siti.nik), limit=50))
    assert actions.open_attachment(attachment_id=file.id, by=RINA).content == PDF
    looks = accesses_about(Subject.person(siti.nik), limit=50)
    assert len(looks) == before + 1
    assert (looks[0].who, looks[0].facts[0].fact, looks[0].facts[0].outcome) == (
        "Rina Marlina",
        "case.attachment",
        "found",
    )
    actions.open_attachment(attachment_id=file.id, by=siti)
    assert len(accesses_about(Subject.person(siti.nik), limit=50)) == before + 1  # her own file is no news to her


@pytest.mark.parametrize("who", STRANGERS)
def test_no_officer_outside_agency_duty_and_area_has_it(siti, draft, who):
    sent(draft, siti)
    with pytest.raises(Missing):
        actions.open_attachment(attachment_id=Attachment.objects.get().pk, by=STRANGERS[who])
    assert {look.actor_kind for look in accesses_about(Subject.person(siti.nik), limit=50)} == {"resident"}


def test_no_other_resident_has_it_nor_may_add_to_it(siti, draft):
    kept = attach(draft, siti)
    other = residents.resident(name="Orang Lain")
    for tried in (
        lambda: actions.open_attachment(attachment_id=kept, by=other),
        lambda: actions.remove_attachment(attachment_id=kept, by=other),
        lambda: attach(draft, other),
        lambda: queries.uploads_of(draft, by=other),
        lambda: actions.open_attachment(attachment_id=uuid4(), by=siti),
    ):
        with pytest.raises(Missing):
            tried()


def test_no_officer_has_the_file_of_a_draft(siti, draft):
    kept = attach(draft, siti)
    with pytest.raises(Missing):
        actions.open_attachment(attachment_id=kept, by=RINA)


# ---------------------------------------------------------------------------------------------- an officer's files


def photo(by: Actor, task: UUID, content: bytes = JPEG, key: str = "photo") -> UUID:
    return actions.attach_to_task(task_id=task, key=key, name="lokasi.jpg", content=content, by=by)


def test_an_officer_keeps_a_photo_with_her_task_while_it_is_open(siti, draft):
    sent(draft, siti)
    task = the_task()
    kept = photo(RINA, task)
    assert photo(RINA, task) == kept
    assert kept in {file.id for file in queries.files_of_task(task, by=DEDI)}
    with pytest.raises(Missing):
        actions.remove_attachment(attachment_id=kept, by=DEDI)
    decide("approve", task=task)
    with pytest.raises(Conflict):
        photo(RINA, task, content=JPEG + b"x")
    with pytest.raises(Conflict):
        actions.remove_attachment(attachment_id=kept, by=RINA)


@pytest.mark.parametrize("who", STRANGERS)
def test_no_other_officer_adds_to_her_task(siti, draft, who):
    sent(draft, siti)
    with pytest.raises(Missing):
        photo(STRANGERS[who], the_task())
    with pytest.raises(NotAllowed):
        photo(siti, the_task())
    for key in ("", "../x", "Photo", "x" * 61):
        with pytest.raises(Missing):
            photo(RINA, the_task(), key=key)


def test_a_file_without_a_row_is_swept_and_one_with_a_row_stays(siti, draft):
    attach(draft, siti)
    from satu.documents import storage

    storage.keep(b"left by a crash", folder=FOLDER, suffix="")
    assert len(files_kept()) == 2
    assert sweep_attachments(stored_before=timezone.now() + timezone.timedelta(minutes=1)) == 1
    assert files_kept() == [Path(Attachment.objects.get().file).name]


# ---------------------------------------------------------------------------------------------------- on the pages


@pytest.fixture
def page(siti: Actor) -> Reader:
    client = Client()
    client.force_login(open_resident_account(nik=siti.nik, name="Siti Aminah", password="x"))
    return Reader(client).open("/layanan/sktm/").send("/ajukan/")


def chosen(content: bytes = PDF, name: str = "denah.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def button(page: Reader, action_end: str, **fields: object) -> Reader:
    """Press a button that sends the form of the answers elsewhere, as a browser without JavaScript does."""
    form = page.form("/kirim/")
    plain = {name: value for name, value in form.fields.items() if name != "remove"}
    return page._take(page.client.post(form.action.replace("/kirim/", action_end), {**plain, **fields}))


def part(page: Reader, **answers: str) -> str:
    """What comes anew while she answers."""
    path = page.form("/kirim/").action.replace("/kirim/", "/pertanyaan/")
    return page.client.post(path, answers).content.decode()


def test_without_javascript_a_file_is_kept_and_what_she_typed_stands_there_still(page):
    assert 'enctype="multipart/form-data"' in page.html
    assert "PDF, JPEG, paling besar 1 MB." in page.text
    shown = button(page, "/berkas/", purpose="beasiswa anak", house=chosen())
    assert "denah.pdf" in shown.text
    assert shown.form("/kirim/").fields["purpose"] == "beasiswa anak"
    gone = button(shown, "/berkas/", remove="house")
    assert "denah.pdf" not in gone.text


def test_sending_takes_the_chosen_file_along(page):
    receipt = page.send("/kirim/", purpose="beasiswa anak", house=chosen())
    assert "denah.pdf" in receipt.text
    assert "berkas Anda" in receipt.text


def test_each_refusal_is_a_sentence_at_its_field(page, town):
    for content, sentence in (
        (PDF + EICAR, "Pemindai virus menemukan sesuatu"),
        (PNG, "Kirim salah satu dari: PDF, JPEG."),
        (PDF + bytes(1024 * 1024), "paling banyak 1 MB"),
    ):
        page = button(page, "/berkas/", purpose="x", house=chosen(content))
        assert page.status == 422
        assert sentence in page.text
        assert 'href="#house"' in page.html
    town.turn("clamd", down=True)
    assert "tidak dapat diperiksa" in button(page, "/berkas/", purpose="x", house=chosen()).text
    assert "Silakan pilih berkas." in page.send("/kirim/", purpose="beasiswa anak").text


def test_it_goes_out_to_be_saved_and_never_as_a_page(page):
    receipt = page.send("/kirim/", purpose="beasiswa anak", house=chosen(name="dénah “x”.pdf"))
    (link,) = [link for link in receipt.links if link.startswith("/berkas/")]
    reply = receipt.client.get(link)
    assert reply.content == PDF
    assert reply["Content-Type"] == "application/pdf"
    assert reply["Content-Disposition"].startswith("attachment; ")
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply["Content-Security-Policy"]
    assert "no-store" in reply["Cache-Control"]


def test_on_the_officers_page_it_stands_with_the_facts(page):
    page.send("/kirim/", purpose="beasiswa anak", house=chosen())
    client = Client()
    client.force_login(
        open_officer_account(login="rina", name="Rina", password="x", agency="kelurahan", duties=["front-office"])
    )
    desk = Reader(client).open(f"/desk/tugas/{the_task()}/")
    assert "Gambar denah rumah" in desk.text
    (link,) = [link for link in desk.links if "/berkas/" in link]
    assert client.get(link).content == PDF
    assert page.client.get(link).status_code == 403
    assert "Berkas yang Anda kirim" in page.open("/siapa-melihat/").text


def test_a_request_that_is_too_large_is_not_read(page, settings):
    settings.SATU_LARGEST_UPLOAD = 100_000
    reply = button(page, "/berkas/", purpose="x", house=chosen(PDF + bytes(200_000)))
    assert reply.status == 400
    assert Attachment.objects.count() == 0


def test_a_forged_field_name_keeps_nothing(page):
    button(page, "/berkas/", purpose="x", **{"../house": chosen(), "extra2": chosen()})
    assert Attachment.objects.count() == 0


def test_a_replaced_officer_keeps_no_way_in(siti, draft):
    sent(draft, siti)
    moved = replace(RINA, areas=frozenset({"36.71.05.1003"}))
    with pytest.raises(Missing):
        actions.open_attachment(attachment_id=Attachment.objects.get().pk, by=moved)


def test_a_file_is_asked_for_as_the_answers_ask_for_it(page):
    assert "Gambar lain" not in page.text
    assert "jawab 1 pertanyaan, pilih berkasnya" in page.text
    asked = part(page, purpose="beasiswa")
    assert "Gambar lain (bila ada)" in asked
    assert "Kartu peserta lomba" in asked
    assert "Kartu peserta lomba (bila ada)" not in asked
    assert "jawab 1 pertanyaan, pilih berkasnya" in asked  # the line above the form comes along
    assert "Gambar lain" not in part(page, purpose="berobat")


def test_without_javascript_a_file_that_an_answer_asks_for_comes_when_she_sends(page):
    page = button(page, "/kirim/", purpose="beasiswa", house=chosen())
    assert page.status == 200
    assert "masih ada 2 isian" in page.text
    assert "denah.pdf" in page.text
    asked = ["purpose:text", "house:upload", "extra:upload", "award:upload"]
    refused = button(page, "/kirim/", asked=asked, purpose="beasiswa")
    assert refused.status == 422
    assert "Kartu peserta lomba: Silakan pilih berkas." in refused.text
    assert 'href="#award"' in refused.html
    assert 'aria-describedby="award-hint award-error"' in refused.html
    kept = button(refused, "/berkas/", asked=asked, purpose="beasiswa", award=chosen(name="kartu.pdf"))
    assert "kartu.pdf" in kept.text
    assert "berkas ini tidak diperlukan, jadi tidak dikirim" in part(kept, purpose="berobat")
    button(kept, "/kirim/", asked=asked, purpose="berobat")
    assert [one.key for one in Attachment.objects.all()] == ["house"]  # and nobody gets what nobody asked for


def test_everything_that_is_missing_is_said_at_once(page):
    refused = button(page, "/kirim/", asked=["purpose:text", "house:upload"], purpose="")
    assert (refused.status, 'href="#purpose"' in refused.html, 'href="#house"' in refused.html) == (422, True, True)
