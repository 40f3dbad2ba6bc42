"""Checking a file from anybody: what we issued is known, and nothing else passes for it."""

import io
import re
import threading
import zlib
from datetime import timedelta

import pikepdf
import pytest
from asn1crypto import cms
from django.utils import timezone, translation
from hypothesis import HealthCheck, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from typer.testing import CliRunner

from satu.documents import inspection
from satu.documents.actions import revoke_document
from satu.documents.inspection import inspect_apart, inspect_here
from satu.documents.models import Document
from satu.documents.queries import document_by_code
from satu.documents.signing.development import DevelopmentAuthority
from satu.documents.signing.seals import signer_for
from satu.documents.storage import read
from satu.documents.tests.letters import issue
from satu.documents.tests.test_rendering import make
from satu.documents.verification import LARGEST, verify_pdf
from satu.identity.types import SYSTEM
from satu.kernel.city import Label

pytestmark = pytest.mark.django_db


def simple_pdf(**options):
    out = io.BytesIO()
    with pikepdf.new() as blank:
        blank.add_blank_page()
        blank.save(out, **options)
    return out.getvalue()


class Careless(PdfSigner):
    """Signs although the first signature forbids any change, as careless programs do."""

    def _enforce_certification_constraints(self, reader):
        pass


def signed_by_somebody_else(pdf, folder):
    stranger = DevelopmentAuthority(folder).signer("toko-sebelah", name="Toko Sebelah").key
    meta = PdfSignatureMetadata(field_name="Stempel")
    out = io.BytesIO()
    Careless(meta, signer=stranger, new_field_spec=SigFieldSpec("Stempel")).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out
    )
    return out.getvalue()


def with_an_update(pdf):
    """The file with one more incremental update behind it, as an editor writes one."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    writer.root["/Extra"] = pikepdf_free_text()
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pikepdf_free_text():
    from pyhanko.pdf_utils.generic import TextStringObject

    return TextStringObject("added later")


# ------------------------------------------------------------------------------------------------- what is ours


def test_what_we_issued_is_genuine(document, pdf):
    report = verify_pdf(pdf)
    assert report.verdict == "genuine"
    assert report.document == document_by_code(document.code)
    [signature] = report.signatures
    assert signature.intact
    assert signature.whole_file
    assert signature.timestamped
    assert signature.by_this_city
    assert signature.certification == "development"
    assert signature.organisation == "Dinas Kependudukan dan Pencatatan Sipil"
    assert abs(signature.signed_at - document.issued_at) < timedelta(seconds=10)


def test_a_revoked_letter_is_unchanged_but_no_longer_holds(document, pdf):
    revoke_document(document_id=document.id, reason=Label("Pindah", "Moved"), by=SYSTEM)
    report = verify_pdf(pdf)
    assert report.verdict == "not-in-force"
    assert report.document.revocation_reason.id == "Pindah"
    assert report.signatures[0].intact


def test_an_expired_letter_is_unchanged_but_no_longer_holds(document, pdf, monkeypatch):
    later = timezone.localdate() + timedelta(days=400)
    monkeypatch.setattr(timezone, "localdate", lambda *_: later)
    report = verify_pdf(pdf)
    assert (report.verdict, report.document.standing) == ("not-in-force", "expired")


@effort(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_one_changed_byte_anywhere_is_never_genuine(document, pdf, data):
    place = data.draw(st.integers(0, len(pdf) - 1), label="place")
    bits = data.draw(st.integers(1, 255), label="bits")
    forged = bytearray(pdf)
    forged[place] ^= bits
    report = verify_pdf(bytes(forged))
    assert report.verdict in {"changed", "unreadable", "unsigned", "not-ours"}
    assert not any(signature.intact and signature.whole_file for signature in report.signatures) or place in _hole(
        pdf
    )


@effort(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@example(data=None)
def test_the_signature_alone_tells_a_changed_byte_without_the_register(pdf, data):
    """Every byte but the signature's own is under it; what is not even a PDF any more is no better."""
    hole = _hole(pdf)
    outside = st.integers(0, len(pdf) - 1).filter(lambda place: place not in hole)
    place = data.draw(outside, label="place") if data else hole.stop
    forged = bytearray(pdf)
    forged[place] ^= data.draw(st.integers(1, 255), label="bits") if data else 1
    assert not _passes(bytes(forged))


def _hole(pdf):
    """Where the signature itself stands: the only bytes that it cannot cover."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) \d+", pdf)
    return range(int(found[1]), int(found[2]))


def _passes(pdf):
    from satu.documents.verification import _roots

    try:
        found = inspect_here(pdf, _roots())
    except Exception:  # noqa: BLE001 - as the process apart does
        return False
    return any(s.intact and s.whole_file and s.certification == "development" for s in found.signatures)


def test_a_change_in_the_unused_room_of_the_signature_is_told_by_the_register(pdf):
    """No signature can cover the room that it stands in; the register knows every byte."""
    forged = bytearray(pdf)
    forged[_hole(pdf).stop - 2] = ord("1")
    assert verify_pdf(bytes(forged)).verdict == "changed"


def test_something_added_after_the_seal_is_told(document, pdf):
    report = verify_pdf(with_an_update(pdf))
    assert report.verdict == "changed"
    assert report.document.code == document.code
    [signature] = report.signatures
    assert signature.intact
    assert not signature.whole_file


def widened(pdf):
    """A page of another size in as many bytes: something that the signature covers."""
    changed = re.sub(rb"(/MediaBox *\[ *0 0 \d+)\d", rb"\g<1>9", pdf, count=1)
    assert (len(changed), changed != pdf) == (len(pdf), True)
    return changed


def without_its_code(pdf):
    return re.sub(rb"satu:[0-9A-Z-]{29}", lambda found: b"x" * len(found[0]), pdf)


def told_as_changed(client, forged):
    report = verify_pdf(forged)
    assert (report.verdict, "sesudah itu diubah" in report.sentence) == ("changed", True)
    [signature] = report.signatures
    assert (signature.authentic, signature.intact, signature.certification) == (True, False, "development")
    page = client.post("/v/", {"file": io.BytesIO(forged)}).content.decode()
    assert "isi yang ditandatangani sudah diubah" in page
    assert "tidak kami kenal" not in page


def test_what_was_changed_under_the_seal_is_called_changed_and_its_authority_is_known(client, pdf):
    told_as_changed(client, widened(pdf))
    told_as_changed(client, widened(without_its_code(pdf)))


def test_so_it_is_where_the_register_never_saw_the_seal(client):
    told_as_changed(client, widened(signer_for("dukcapil").sign(make(), reason="Surat")))


def test_a_seal_that_was_damaged_itself_is_no_strangers(client, pdf):
    """Nothing shows any more that we made it, and nothing that somebody else did."""
    hole = _hole(pdf)
    sealed = cms.ContentInfo.load(bytes.fromhex(pdf[hole.start + 1 : hole.stop - 1].decode()))
    signature = sealed["content"]["signer_infos"][0]["signature"].native.hex().encode()
    at = pdf.lower().index(signature)
    forged = bytearray(pdf)
    forged[at] = ord("1") if forged[at] != ord("1") else ord("2")
    report = verify_pdf(bytes(forged))
    assert report.verdict == "changed"
    assert "tidak kami kenal" not in client.post("/v/", {"file": io.BytesIO(bytes(forged))}).content.decode()


def test_what_a_stranger_sealed_anew_is_his_and_not_what_we_issued(client, pdf, tmp_path):
    """Ours taken off, something changed, and another seal put on it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        del opened.Root.AcroForm, opened.pages[-1].Annots
        opened.save(out)
    forged = signed_by_somebody_else(out.getvalue(), tmp_path / "stranger")
    report = verify_pdf(forged)
    assert report.verdict in {"changed", "not-ours"}
    assert [one.certification for one in report.signatures] == ["unknown"]
    assert (
        "dari penyelenggara yang tidak kami kenal"
        in client.post("/v/", {"file": io.BytesIO(forged)}).content.decode()
    )
    report = verify_pdf(widened(signed_by_somebody_else(simple_pdf(), tmp_path / "stranger")))
    assert (report.verdict, "bukan oleh kami, dan sesudah itu diubah" in report.sentence) == ("not-ours", True)


def test_one_byte_added_behind_the_end_is_told(pdf):
    assert verify_pdf(pdf + b"\n").verdict == "changed"


def test_somebody_elses_signature_on_top_of_ours_is_told(pdf, tmp_path):
    report = verify_pdf(signed_by_somebody_else(pdf, tmp_path / "stranger"))
    assert report.verdict == "changed"
    assert [s.whole_file for s in report.signatures] == [False, True]
    assert [s.by_this_city for s in report.signatures] == [True, False]


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9, 0.999])
def test_a_letter_cut_short_is_not_genuine(pdf, kept):
    report = verify_pdf(pdf[: int(len(pdf) * kept)])
    assert report.verdict in {"changed", "unreadable"}


def test_a_letter_saved_again_by_another_program_is_not_what_we_issued(document, pdf):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out)
    report = verify_pdf(out.getvalue())
    assert report.verdict in {"changed", "unsigned"}


def test_a_forged_letter_that_claims_the_code_of_a_real_one_is_not_genuine(document):
    forged = make(code=Document.objects.get().code, facts={"person.name": "Penipu"})
    report = verify_pdf(forged)
    assert report.verdict == "changed"
    assert report.document.code == document.code
    assert report.signatures == ()


def test_a_sealed_letter_that_the_register_does_not_know_is_not_genuine():
    sealed = signer_for("dukcapil").sign(make(), reason="Surat")
    report = verify_pdf(sealed)
    assert report.verdict == "unknown-to-us"
    assert report.document is None


# ----------------------------------------------------------------------------------------------- what is not ours


def test_a_pdf_without_a_signature_is_said_to_have_none():
    assert verify_pdf(simple_pdf()).verdict == "unsigned"


def test_a_pdf_that_somebody_else_signed_is_said_to_be_theirs(tmp_path):
    report = verify_pdf(signed_by_somebody_else(simple_pdf(), tmp_path / "stranger"))
    assert report.verdict == "not-ours"
    [signature] = report.signatures
    assert signature.intact
    assert not signature.by_this_city
    assert signature.certification == "unknown"
    assert signature.organisation == "Toko Sebelah"


def test_a_certificate_that_only_bears_our_names_does_not_make_a_file_ours(tmp_path):
    impostor = DevelopmentAuthority(tmp_path).signer("dukcapil", name="Dinas Kependudukan dan Pencatatan Sipil")
    report = verify_pdf(impostor.sign(make(), reason="Surat"))
    assert report.verdict == "not-ours"


def bomb(streams):
    """Object streams that unpack to 200 MB each, and a register of objects that leads into them."""
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    stream = (
        b"4 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
        + packed
        + b"\nendstream\nendobj\n"
    )
    body = b"%PDF-1.7\n" + stream * streams
    xref = len(body)
    rows = b"\0\0\0\0\0\xff" + b"\2\0\0\0\4\0" * 3 + b"\1" + (9).to_bytes(4, "big") + b"\0"
    body += (
        b"5 0 obj\n<</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(rows)
        + rows
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % xref
    )
    return body


def test_a_pdf_that_unpacks_to_gigabytes_is_given_up_without_harm():
    content = bomb(20)
    assert len(content) < LARGEST
    report = verify_pdf(content)
    assert report.verdict == "unreadable"
    assert report.problem == "too-demanding"


def nested(depth: int) -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n"
        + b"[" * depth
        + b"]" * depth
        + b"\nendobj\ntrailer<</Root 1 0 R/Size 2>>\nstartxref\n0\n%%EOF"
    )


def circle() -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 1 0 R/AcroForm 1 0 R/Fields[1 0 R]/Kids[1 0 R]>>\nendobj\n"
    xref = len(body)
    return body + (
        b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
        b"trailer<</Root 1 0 R/Size 2/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (xref, xref)
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n" + b"x" * LARGEST, "too-large"),
        (b"%PDF-1.7\n" + b"x" * 100_000_000, "too-large"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 5000, "not-a-pdf"),
        (b"halo", "not-a-pdf"),
        (b"%PDF-1.7\n", "damaged"),
        (b"%PDF-1.7\n%%EOF", "damaged"),
        (b"%PDF-1.7\n" + b"\0" * 50_000, "damaged"),
        (nested(100_000), "damaged"),
        (circle(), None),
    ],
    ids=["empty", "20 MB", "100 MB", "a picture", "a word", "a head", "no body", "zeros", "nested", "circle"],
)
def test_what_cannot_be_read_gets_a_clear_answer(content, problem):
    report = verify_pdf(content)
    assert report.verdict == "unreadable"
    assert report.problem == problem or (problem is None and report.problem in {"damaged", "too-demanding"})
    assert report.sentence


def test_a_locked_pdf_gets_a_clear_answer():
    locked = simple_pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    report = verify_pdf(locked)
    assert (report.verdict, report.problem) == ("unreadable", "encrypted")


@effort(max_examples=6, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_check_fail(content):
    assert verify_pdf(b"%PDF-" + content).verdict in {"unreadable", "unsigned"}


def test_a_file_from_anybody_is_read_in_a_process_of_its_own(pdf):
    from satu.documents.verification import _roots

    assert inspect_apart(pdf, _roots()) == inspect_here(pdf, _roots())


def test_a_crowd_of_uploads_waits_and_is_told_to_come_back(pdf, monkeypatch):
    monkeypatch.setattr(inspection, "_AT_ONCE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(inspection, "_QUEUE_SECONDS", 0.01)
    with inspection._AT_ONCE:
        assert verify_pdf(simple_pdf()).problem == "busy"
        assert verify_pdf(pdf).verdict == "genuine"
    assert verify_pdf(simple_pdf()).verdict == "unsigned"


# ------------------------------------------------------------------------------------------------- in plain words


@pytest.mark.parametrize(
    ("language", "words"), [("id", "tidak berubah dan masih berlaku"), ("en", "unchanged and it holds")]
)
def test_the_answer_is_a_sentence_in_the_readers_language(pdf, language, words):
    with translation.override(language):
        assert words in verify_pdf(pdf).sentence


def run(path):
    return CliRunner().invoke(cli_app(), ["verify", str(path)])


def cli_app():
    import typer

    from satu.documents.commands import verify

    app = typer.Typer()
    app.command("verify")(verify)
    app.command("other")(lambda: None)
    return app


def test_satu_verify_says_it_in_words_and_by_its_exit_code(document, pdf, tmp_path):
    file = tmp_path / "surat.pdf"
    file.write_bytes(pdf)
    said = run(file)
    assert said.exit_code == 0
    assert document.number in said.output
    assert "S••• A•••••" in said.output
    assert "BUKAN TTE TERSERTIFIKASI" in said.output
    assert "Siti Aminah" not in said.output

    revoke_document(document_id=document.id, reason=Label("Pindah", "Moved"), by=SYSTEM)
    said = run(file)
    assert said.exit_code == 1
    assert "Pindah" in said.output

    file.write_bytes(pdf + b"\n")
    assert run(file).exit_code == 2
    file.write_bytes(b"")
    assert run(file).exit_code == 2


def test_a_check_reads_the_register_in_few_queries(pdf, django_assert_num_queries):
    with django_assert_num_queries(2):
        verify_pdf(pdf)
    with django_assert_num_queries(3):
        verify_pdf(pdf + b"\n")


def test_the_register_is_not_asked_about_what_cannot_be_a_letter(django_assert_num_queries):
    with django_assert_num_queries(0):
        verify_pdf(b"halo")


def test_a_second_letter_is_told_from_the_first(pdf):
    other = issue(holder_name="Budi Santoso")
    row = Document.objects.get(pk=other.id)
    assert verify_pdf(read(row.file, row.sha256)).document.holder == "B••• S••••••"
    assert verify_pdf(pdf).document.holder == "S••• A•••••"
