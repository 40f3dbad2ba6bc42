"""Issuing: once, numbered without gaps, and nothing half done."""

import os
import stat
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from satu.documents import storage
from satu.documents.actions import issue_document, revoke_document, sweep_files
from satu.documents.codes import parse_code
from satu.documents.models import Document, NumberSeries, Seal
from satu.documents.queries import document_by_code, document_for, documents_of, pdf_for
from satu.documents.rendering import RenderingFailed, Unprintable
from satu.documents.storage import FileDamaged
from satu.documents.tasks import sweep
from satu.documents.tests.letters import BUDI, SITI, issue, letter
from satu.identity.types import SYSTEM, Actor
from satu.kernel.city import Label
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed

AuditEntry = apps.get_model("kernel", "AuditEntry")
OutboxEvent = apps.get_model("kernel", "OutboxEvent")
REASON = Label("Alamat berubah", "The address has changed")


def stored(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def together(count, call):
    """Call from ``count`` threads at the same moment, each with its own database connection."""
    start = threading.Barrier(count)

    def one(index):
        start.wait()
        try:
            return call(index)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


# ------------------------------------------------------------------------------------------------------- once


@pytest.mark.django_db
def test_an_issued_letter_is_registered_stored_and_told(files):
    document = issue()
    row = Document.objects.get()
    assert document.id == row.pk
    assert document.number == f"400.12.2.1/1/Disdukcapil/{timezone.localdate().year}"
    assert document.standing == "valid"
    assert parse_code(document.code) == row.code
    [file] = stored(files)
    assert storage.digest(file.read_bytes()) == row.sha256
    assert file.stat().st_size == row.size == document.size
    assert OutboxEvent.objects.get().name == "documents.issued"
    assert AuditEntry.objects.get().thing == f"document:{row.pk}"


@pytest.mark.django_db
def test_a_stored_file_is_for_its_owner_only_and_its_name_says_nothing(files):
    issue()
    [file] = stored(files)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(stat.S_IMODE(folder.stat().st_mode) == 0o700 for folder in (file.parent, file.parent.parent, files))
    assert SITI.value not in str(file)
    assert "siti" not in str(file).lower()


@pytest.mark.django_db
def test_the_address_on_a_letter_holds_the_code_and_nothing_about_anybody(document, settings):
    assert document.verify_url == f"{settings.SATU_PUBLIC_URL}/v/{document.code}"
    assert SITI.value not in document.verify_url


@pytest.mark.django_db
def test_asking_again_gives_the_same_letter(files):
    request = letter()
    assert issue_document(**request) == issue_document(**{**request, "holder_name": "Somebody Else"})
    assert Document.objects.count() == 1
    assert len(stored(files)) == 1
    assert NumberSeries.objects.get().last == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_one_case_give_one_letter(files):
    request = letter()
    documents = together(4, lambda _: issue_document(**request))
    assert len({document.id for document in documents}) == 1
    assert Document.objects.count() == 1
    assert len(stored(files)) == 1
    assert NumberSeries.objects.get().last == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_one_case_but_from_two_units_still_give_one_letter(files):
    request = letter()
    documents = together(2, lambda index: issue_document(**{**request, "unit": f"Unit{index}"}))
    assert len({document.id for document in documents}) == 1
    assert len(stored(files)) == 1


# ------------------------------------------------------------------------------------------------------ numbers


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_double_when_many_are_issued_at_once_and_some_fail(tmp_path):
    broken = tmp_path / "broken" / "document.typ"
    broken.parent.mkdir()
    broken.write_text("#oops")

    def one(index):
        try:
            return issue(template=broken) if index % 3 == 0 else issue()
        except RenderingFailed:
            return None

    documents = together(9, one)
    assert Counter(document is None for document in documents) == {True: 3, False: 6}
    assert sorted(Document.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db
def test_each_unit_counts_for_itself():
    assert [issue(unit="Kel. Sukasari").number.split("/")[1:3] for _ in range(2)] == [
        ["1", "Kel. Sukasari"],
        ["2", "Kel. Sukasari"],
    ]
    assert issue(unit="Kel. Karawaci").number.split("/")[1] == "1"


@pytest.mark.django_db
def test_each_year_begins_at_one_by_the_clock_of_the_city(monkeypatch):
    issue()
    new_year = timezone.now().replace(month=12, day=31, hour=17, minute=30)  # 00.30 WIB on 1 January
    monkeypatch.setattr(timezone, "now", lambda: new_year)
    assert issue(valid_until=None).number.endswith(f"/1/Disdukcapil/{new_year.year + 1}")


# ------------------------------------------------------------------------------------------- nothing half done


@pytest.mark.django_db
def test_a_letter_that_cannot_be_rendered_leaves_nothing(files, tmp_path):
    broken = tmp_path / "broken" / "document.typ"
    broken.parent.mkdir()
    broken.write_text("#oops")
    with pytest.raises(RenderingFailed):
        issue(template=broken)
    with pytest.raises(Unprintable):
        issue(data={"facts": {"person.name": "😀"}, "answers": {}})
    assert not Document.objects.exists()
    assert not NumberSeries.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert stored(files) == []


@pytest.mark.django_db
def test_a_full_disk_leaves_nothing(files):
    files.parent.mkdir(exist_ok=True)
    files.write_text("a file stands where the folder should be")
    with pytest.raises(OSError, match="files"):
        issue()
    assert not Document.objects.exists()
    assert not NumberSeries.objects.exists()


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_takes_its_file_along(files):
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(idempotency_key="")
    assert stored(files) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "kementerian"},
        {"data": {"lang": "fr", "facts": {}, "answers": {}}},
        {"valid_until": date(2020, 1, 31)},
    ],
)
def test_a_letter_that_makes_no_sense_is_refused(changes):
    with pytest.raises(InvalidInput):
        issue(**changes)
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_a_file_that_a_crash_left_without_a_row_is_swept_and_no_other(files):
    document = issue()
    with transaction.atomic():
        issue()
        transaction.set_rollback(True)  # the power is cut before the commit
    assert len(stored(files)) == 2
    assert sweep_files(stored_before=timezone.now() - timedelta(hours=1)) == 0
    assert sweep_files(stored_before=timezone.now() + timedelta(seconds=1)) == 1
    assert pdf_for(document.id, by=SYSTEM).content
    assert len(stored(files)) == 1
    assert sweep_files(stored_before=timezone.now() + timedelta(seconds=1)) == 0


@pytest.mark.django_db(transaction=True)  # a job asks for a connection of its own
def test_the_nightly_sweep_leaves_what_may_still_be_under_way(files):
    with transaction.atomic():
        issue()
        transaction.set_rollback(True)
    assert sweep(timestamp=0) == 0
    [orphan] = stored(files)
    long_ago = (timezone.now() - timedelta(hours=7)).timestamp()
    os.utime(orphan, (long_ago, long_ago))
    assert sweep(timestamp=0) == 1


# ---------------------------------------------------------------------------------------- the database's word


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_document SET holder_nik = '3671011203850001'",
        "UPDATE documents_document SET sha256 = repeat('0', 64)",
        "UPDATE documents_document SET valid_until = NULL",
        "UPDATE documents_document SET revoked_at = now()",
        "DELETE FROM documents_document",
        "TRUNCATE documents_document CASCADE",
        "UPDATE documents_seal SET certification = 'certified'",
        "DELETE FROM documents_seal",
        "UPDATE documents_numberseries SET last = 0",
        "UPDATE documents_numberseries SET last = last + 2",
        "DELETE FROM documents_numberseries",
    ],
)
def test_the_database_refuses_to_change_what_was_issued(document, statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)
    assert document_for(document.id, by=SYSTEM) == document


# -------------------------------------------------------------------------------------------------- revocation


@pytest.mark.django_db
def test_a_revoked_letter_says_so_everywhere(document, officer):
    assert revoke_document(document_id=document.id, reason=REASON, by=officer).standing == "revoked"
    seen = document_by_code(document.code)
    assert (seen.standing, seen.revocation_reason) == ("revoked", REASON)
    assert documents_of(SITI)[0].standing == "revoked"
    assert list(OutboxEvent.objects.values_list("name", flat=True).order_by("id")) == [
        "documents.issued",
        "documents.revoked",
    ]


@pytest.mark.django_db
def test_a_letter_is_revoked_once_and_by_its_issuer_only(document, officer, siti):
    stranger = Actor(reference="account:9", kind="officer", name="Dedi", agency="dinsos")
    for actor in (stranger, siti):
        with pytest.raises(NotAllowed):
            revoke_document(document_id=document.id, reason=REASON, by=actor)
    revoke_document(document_id=document.id, reason=REASON, by=officer)
    with pytest.raises(Conflict):
        revoke_document(document_id=document.id, reason=REASON, by=officer)
    with pytest.raises(Missing):
        revoke_document(document_id=uuid4(), reason=REASON, by=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.update(revoked_at=None, revoked_by="", revocation_reason_id="", revocation_reason_en="")


# ------------------------------------------------------------------------------------------------- who may look


@pytest.mark.django_db
def test_the_public_sees_what_a_letter_is_and_only_the_shape_of_a_name(document):
    seen = document_by_code(document.code.lower().replace("-", " "))
    assert seen.holder == "S••• A•••••"
    assert seen.issuer.id == "Dinas Kependudukan dan Pencatatan Sipil"
    assert seen.standing == "valid"
    assert seen.certification == "development"
    assert SITI.value not in repr(seen)
    assert "Aminah" not in repr(seen)


@pytest.mark.django_db
def test_an_unknown_or_impossible_code_finds_nothing(document):
    assert document_by_code("0000-0000-0000-0000-0000-0000") is None
    assert document_by_code(document.code[:-1]) is None
    assert document_by_code("") is None
    assert document_by_code("' OR 1=1 --") is None


@pytest.mark.django_db
def test_a_letter_whose_last_day_has_passed_no_longer_holds(document, monkeypatch):
    assert document_by_code(document.code).standing == "valid"
    monkeypatch.setattr(timezone, "localdate", lambda *_: document.valid_until)
    assert document_by_code(document.code).standing == "valid"
    monkeypatch.setattr(timezone, "localdate", lambda *_: document.valid_until + timedelta(days=1))
    assert document_by_code(document.code).standing == "expired"


@pytest.mark.django_db
def test_a_letter_is_for_its_holder_and_the_officers_of_its_issuer(document, siti, officer):
    for actor in (siti, officer, SYSTEM):
        assert pdf_for(document.id, by=actor).content.startswith(b"%PDF-")
    strangers = [
        Actor(reference="account:8", kind="resident", name="Budi", nik=BUDI),
        Actor(reference="account:9", kind="officer", name="Dedi", agency="dinsos"),
        Actor(reference="account:7", kind="resident", name="Nobody"),
    ]
    for actor in strangers:
        with pytest.raises(Missing):
            pdf_for(document.id, by=actor)
        with pytest.raises(Missing):
            document_for(document.id, by=actor)


@pytest.mark.django_db
def test_each_look_at_a_letter_is_audited(document, officer):
    pdf_for(document.id, by=officer)
    look = AuditEntry.objects.get(action="documents.read")
    assert (look.actor, look.thing) == (officer.reference, f"document:{document.id}")


@pytest.mark.django_db
def test_the_download_name_holds_no_nik(document, siti):
    assert pdf_for(document.id, by=siti).name == f"domisili-{timezone.localdate().year}-1.pdf"


@pytest.mark.django_db
def test_a_resident_sees_her_letters_latest_first_in_one_query(django_assert_num_queries):
    numbers = [issue().number for _ in range(3)]
    issue(holder=BUDI)
    with django_assert_num_queries(1):
        assert [document.number for document in documents_of(SITI)] == numbers[::-1]
    with django_assert_num_queries(1):
        document_by_code("0000-0000-0000-0000-0000-0000")


@pytest.mark.django_db
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_stored_file_that_was_damaged_is_never_handed_out(document, siti, damage):
    path = Path(default_storage.path(Document.objects.get().file))
    if damage == "gone":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[1000] ^= 1
        path.write_bytes(content)
    with pytest.raises(FileDamaged):
        pdf_for(document.id, by=siti)


@pytest.mark.django_db
def test_a_seal_is_kept_once_with_its_certificate(document):
    issue()
    issue(issuer="dinsos")
    assert sorted(Seal.objects.values_list("agency", flat=True)) == ["dinsos", "dukcapil"]
    assert {bytes(seal.certificate)[:1] for seal in Seal.objects.all()} == {b"0"}
