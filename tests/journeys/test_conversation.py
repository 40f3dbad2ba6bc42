"""What an applicant and the officers of her case write to each other: both ways, with files, and nobody else."""

import threading
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connections
from django.test import Client

from satu.demo.systems.clamd import EICAR
from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.messaging.queries import inbox_of
from satu.portal.tests.reading import Reader
from satu.services import actions, queries
from satu.services.conversation.models import Attachment, Message
from satu.services.conversation.scanning import Infected, ScannerDown
from satu.services.tests.test_files import JPEG, PDF
from tests.journeys import applying, residents
from tests.journeys.test_sktm import DEDI, RINA, STRANGERS, decide, submitted, the_task

pytestmark = pytest.mark.usefixtures("town", "register")


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path: Path) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "f")}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def case(siti: Actor) -> UUID:
    return submitted(siti).id


def texts(view) -> list[tuple[str, bool, bool]]:
    return [(message.text, message.mine, message.unread) for message in view.messages]


def test_both_write_and_each_sees_what_is_new(siti, case):
    actions.post_message(case_id=case, text="Apakah surat ini bisa untuk dua anak?", by=siti)
    task = the_task()
    assert [(one.task_id, one.applicant_name) for one in queries.unread_messages(by=RINA)] == [(task, siti.name)]
    seen = actions.read_task_messages(task_id=task, by=RINA)
    assert texts(seen) == [("Apakah surat ini bisa untuk dua anak?", False, True)]
    assert seen.messages[0].who == "Pemohon"
    assert queries.unread_messages(by=RINA) == []
    assert texts(actions.read_task_messages(task_id=task, by=DEDI)) == [(seen.messages[0].text, False, False)]

    actions.post_task_message(task_id=task, text="Bisa.\nSebutkan namanya.", by=RINA)
    back = actions.read_messages(case_id=case, by=siti)
    assert texts(back)[1] == ("Bisa.\nSebutkan namanya.", False, True)
    assert back.messages[1].who == "Kelurahan"  # the agency, not the officer's name
    assert texts(actions.read_messages(case_id=case, by=siti))[1][2] is False


def test_the_other_side_is_told(siti, case):
    account = open_resident_account(nik=siti.nik, name=siti.name, password="x")
    rina = open_officer_account(
        login="rina", name="Rina", password="x", agency="kelurahan", duties=["front-office"], areas=list(RINA.areas)
    )
    actions.post_task_message(task_id=the_task(), text="Tolong sebutkan sekolahnya.", by=rina.actor)
    (notice,) = inbox_of(account.actor)
    assert "Pesan dari petugas" in str(notice.subject)
    assert "sekolahnya" not in str(notice.body)  # what was written stays on the page
    actions.post_message(case_id=case, text="SD Negeri 3.", by=siti)
    (notice,) = inbox_of(rina.actor)
    assert "Pesan dari pemohon" in str(notice.subject)


def test_a_double_click_is_one_message(siti, case):
    token = uuid4()
    one = actions.post_message(case_id=case, text="Halo", token=token, files=[("a.jpg", JPEG)], by=siti)
    assert actions.post_message(case_id=case, text="Halo", token=token, files=[("a.jpg", JPEG)], by=siti) == one
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)


def test_two_at_the_same_moment_are_one_message(siti, case):
    token, sent = uuid4(), []

    def send() -> None:
        try:
            sent.append(actions.post_message(case_id=case, text="Halo", token=token, by=siti))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(sent), len(set(sent)), Message.objects.count()) == (4, 1, 1)


def test_a_file_goes_along_and_only_the_two_sides_have_it(siti, case):
    actions.post_message(case_id=case, text="Ini fotonya.", files=[("foto rumah.jpg", JPEG)], by=siti)
    (file,) = actions.read_task_messages(task_id=the_task(), by=RINA).messages[0].files
    assert actions.open_attachment(attachment_id=file.id, by=RINA).content == JPEG
    assert queries.files_of_task(the_task(), by=RINA) == ()  # it stands with its message
    for stranger in (*STRANGERS.values(), residents.resident(name="Orang Lain")):
        with pytest.raises(Missing):
            actions.open_attachment(attachment_id=file.id, by=stranger)
    with pytest.raises(Missing):
        actions.remove_attachment(attachment_id=file.id, by=siti)


def test_a_message_whose_file_is_refused_is_not_sent(town, siti, case):
    for content, refusal in ((PDF + EICAR, Infected), (b"MZ" + bytes(80), InvalidInput)):
        with pytest.raises(refusal):
            actions.post_message(case_id=case, text="x", files=[("a.jpg", JPEG), ("b.pdf", content)], by=siti)
    town.turn("clamd", down=True)
    with pytest.raises(ScannerDown):
        actions.post_message(case_id=case, text="x", files=[("a.jpg", JPEG)], by=siti)
    actions.post_message(case_id=case, text="Tanpa berkas bisa.", by=siti)
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 0)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001, "\x00\u202e"])
def test_nothing_and_too_much_is_refused(siti, case, text):
    with pytest.raises(InvalidInput):
        actions.post_message(case_id=case, text=text, by=siti)
    with pytest.raises(InvalidInput):
        actions.post_message(case_id=case, text="x", files=[("a.jpg", JPEG)] * 6, by=siti)
    assert Message.objects.count() == 0


@pytest.mark.parametrize("who", STRANGERS)
def test_no_officer_outside_agency_duty_and_area_reads_or_writes(siti, case, who):
    actions.post_message(case_id=case, text="Rahasia.", by=siti)
    stranger, task = STRANGERS[who], the_task()
    with pytest.raises(Missing):
        actions.read_task_messages(task_id=task, by=stranger)
    with pytest.raises(Missing):
        actions.post_task_message(task_id=task, text="Halo", by=stranger)
    assert queries.unread_messages(by=stranger) == []


def test_no_other_resident_reads_or_writes_and_none_plays_the_officer(siti, case):
    other = residents.resident(name="Orang Lain")
    for tried in (
        lambda: actions.read_messages(case_id=case, by=other),
        lambda: actions.post_message(case_id=case, text="Halo", by=other),
        lambda: actions.post_message(case_id=case, text="Halo", by=replace(RINA)),
    ):
        with pytest.raises(Missing):
            tried()
    for tried in (
        lambda: actions.post_task_message(task_id=the_task(), text="Halo", by=siti),
        lambda: actions.read_task_messages(task_id=the_task(), by=siti),
        lambda: queries.unread_messages(by=siti),
    ):
        with pytest.raises(NotAllowed):
            tried()


def test_when_it_is_closed_it_stays_to_be_read_and_nobody_writes(siti, case):
    actions.post_message(case_id=case, text="Halo", by=siti)
    actions.withdraw_case(case_id=case, by=siti)
    view = actions.read_messages(case_id=case, by=siti)
    assert (len(view.messages), view.may_write) == (1, False)
    with pytest.raises(Conflict):
        actions.post_message(case_id=case, text="Masih ada?", by=siti)


def test_a_draft_and_a_request_without_an_officer_have_no_conversation(siti, work):
    draft = applying.begin(service="domisili", by=siti)
    with pytest.raises(Conflict):
        actions.post_message(case_id=draft.id, text="Halo", by=siti)
    applying.send(case_id=draft.id, answers={"purpose": "membuka rekening"}, by=siti)
    with pytest.raises(Conflict):
        actions.post_message(case_id=draft.id, text="Halo", by=siti)


def test_what_was_written_stays(siti, case):
    actions.post_message(case_id=case, text="Halo", by=siti)
    row = Message.objects.get()
    row.text = "Lain"
    with pytest.raises(IntegrityError, match="append-only"):
        row.save()


def test_while_it_is_back_with_her_she_may_ask(siti, case):
    decide("correction", "Tuliskan untuk anak yang mana surat ini.")
    actions.post_message(case_id=case, text="Apakah nama panggilan cukup?", by=siti)
    assert len(actions.read_messages(case_id=case, by=siti).messages) == 1


# ---------------------------------------------------------------------------------------------------- on the pages


def browser(account) -> Reader:
    client = Client()
    client.force_login(account)
    return Reader(client)


def test_on_both_pages_without_javascript(siti):
    page = browser(open_resident_account(nik=siti.nik, name="Siti Aminah", password="x"))
    sent = page.open("/layanan/sktm/").send("/ajukan/").send("/kirim/", purpose="beasiswa anak")
    assert "Pesan dengan petugas" in sent.text
    address = sent.path
    photo = SimpleUploadedFile("foto.jpg", JPEG, content_type="text/html")
    sent = sent.send("/pesan/", text="Apakah <b>bisa</b>?\nTerima kasih.", files=photo)
    assert "Apakah <b>bisa</b>? Terima kasih." in sent.text
    assert "<b>bisa</b>" not in sent.html
    assert "foto.jpg" in sent.text
    wrong = sent.send("/pesan/", text="", files="")
    assert wrong.status == 422
    assert "Tulis sesuatu dahulu." in wrong.text

    rina = open_officer_account(login="rina", name="Rina", password="x", agency="kelurahan", duties=["front-office"])
    desk = browser(rina).open("/desk/tugas/")
    assert "Pesan yang belum dibaca siapa pun" in desk.text
    task = desk.open(f"/desk/tugas/{the_task()}/")
    assert "baru" in task.text
    assert "Apakah <b>bisa</b>?" in task.text
    answered = task.send("/pesan/", text="Bisa, Bu.", files="")
    assert "Bisa, Bu." in answered.text
    again = answered.client.post(f"/desk/tugas/{the_task()}/pesan/", {"text": "", "token": "bukan-uuid"})
    assert again.status_code == 422
    assert "Pesan yang belum dibaca" not in desk.open("/desk/tugas/").text
    receipt = sent.open(address)
    assert "Bisa, Bu." in receipt.text
    assert "Rina" not in receipt.text
