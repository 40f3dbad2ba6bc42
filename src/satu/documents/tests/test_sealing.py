"""The seal: what others' tools say of it, where its key comes from, and what it refuses."""

import asyncio
import dataclasses
import io
import os
import shutil
import stat
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pikepdf
import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from satu.documents.models import Document
from satu.documents.queries import pdf_for
from satu.documents.signing.clock import HttpTimeStamper, SimulatedTimeStamper
from satu.documents.signing.development import MARK, DevelopmentAuthority
from satu.documents.signing.port import SigningFailed
from satu.documents.signing.seals import accredited_roots, certificates, development_roots, signer_for
from satu.documents.tests.letters import issue
from satu.documents.tests.test_rendering import make, metadata
from satu.documents.verification import verify_pdf
from satu.identity.types import SYSTEM


@pytest.fixture(autouse=True)
def _seals_are_read_anew():
    signer_for.cache_clear()
    yield
    signer_for.cache_clear()


def validated(pdf, roots):
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    return signature, validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False))


# --------------------------------------------------------------------------------------- what others say of it


def test_pyhanko_accepts_the_seal_its_chain_and_its_time(pdf):
    signature, status = validated(pdf, development_roots())
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert status.timestamp_validity.valid
    assert status.timestamp_validity.trusted
    assert MARK in status.signing_cert.subject.native["organizational_unit_name"]


def test_pyhanko_does_not_accept_the_seal_without_our_root(pdf, tmp_path):
    other = certificates(DevelopmentAuthority(tmp_path / "others").root())
    _, status = validated(pdf, other)
    assert status.intact
    assert not status.trusted
    assert not status.bottom_line


def test_the_seal_carries_its_chain_and_signed_attributes(pdf):
    signature, _ = validated(pdf, development_roots())
    attributes = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert {"message_digest", "content_type", "signing_certificate_v2"} <= attributes
    assert len(signature.signed_data["certificates"]) == 2


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
def test_pdfsig_finds_the_signature_valid_and_the_document_whole(pdf, tmp_path):
    file = tmp_path / "letter.pdf"
    file.write_bytes(pdf)
    said = subprocess.run(
        ["pdfsig", str(file)], capture_output=True, text=True, check=True, env={**os.environ, "HOME": str(tmp_path)}
    )
    assert "Signature is Valid." in said.stdout
    assert "Total document signed" in said.stdout
    assert MARK in said.stdout


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
def test_pdfsig_tells_a_changed_byte(pdf, tmp_path):
    file = tmp_path / "letter.pdf"
    changed = bytearray(pdf)
    changed[pdf.index(b"/Title")] ^= 1
    file.write_bytes(changed)
    said = subprocess.run(
        ["pdfsig", str(file)], capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(tmp_path)}
    )
    assert "Digest Mismatch." in said.stdout


@pytest.mark.skipif(not shutil.which("pdfsig") or not shutil.which("certutil"), reason="needs poppler-utils and NSS")
def test_pdfsig_trusts_the_certificate_when_it_knows_our_root(pdf, tmp_path, settings):
    file, root = tmp_path / "letter.pdf", tmp_path / "root.pem"
    file.write_bytes(pdf)
    root.write_bytes(DevelopmentAuthority(settings.STATE_DIR / "keys" / "seals").root())
    nss = f"sql:{tmp_path}"
    subprocess.run(["certutil", "-N", "-d", nss, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", nss, "-n", "satu", "-t", "CT,C,C", "-a", "-i", str(root)], check=True)
    said = subprocess.run(["pdfsig", "-nssdir", str(tmp_path), str(file)], capture_output=True, text=True, check=True)
    assert "Certificate is Trusted." in said.stdout


# ------------------------------------------------------------------------------- the file is what it was before


def test_a_sealed_letter_is_still_pdf_a_2a_and_pdf_ua(pdf):
    found = metadata(pdf)
    assert found["{http://www.aiim.org/pdfa/ns/id/}part"] == "2"
    assert found["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "A"
    assert found["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def test_a_sealed_letter_keeps_tags_language_title_and_colour_profile(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in opened.Root
        assert str(opened.Root.Lang) == "id"
        assert str(opened.docinfo["/Title"]) == "Surat Keterangan Domisili"
        assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_the_seals_field_is_one_that_pdf_a_and_pdf_ua_allow(pdf):
    """ISO 19005-2, 6.3 (printed, not hidden, no appearance needed without an area), 6.1.12 and 6.4 (no
    NeedAppearances, no digest in a DocMDP reference); ISO 14289-1, 7.18 (an untagged field lies outside the page)."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        [field] = opened.Root.AcroForm.Fields
        box = [int(edge) for edge in field.Rect]
        assert int(field.F) & 0b100
        assert not int(field.F) & 0b100011
        assert (box[0], box[1]) == (box[2], box[3])
        assert max(box) < 0
        assert "/NeedAppearances" not in opened.Root.AcroForm
        [reference] = field.V.Reference
        assert set(reference.keys()) <= {"/Type", "/TransformMethod", "/TransformParams"}


def test_sealing_only_adds_to_the_file():
    plain = make()
    sealed = signer_for("dukcapil").sign(plain, reason="Surat")
    assert sealed.startswith(plain)


def test_the_seal_says_what_it_is_for_and_names_nobody(pdf, document):
    signature, _ = validated(pdf, development_roots())
    assert signature.sig_object["/Reason"] == f"Surat Keterangan Domisili {document.number}"


# --------------------------------------------------------------------------------------------- development keys


def test_development_keys_are_for_their_owner_only(tmp_path):
    authority = DevelopmentAuthority(tmp_path / "seals")
    authority.signer("dukcapil", name="Dinas")
    assert sorted(path.name for path in (tmp_path / "seals").glob("*.pem")) == [
        "root.pem",
        "seal-dukcapil.pem",
        "time-stamp.pem",
    ]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (tmp_path / "seals").iterdir())
    assert stat.S_IMODE((tmp_path / "seals").stat().st_mode) == 0o700


def test_every_development_certificate_says_that_it_is_none_to_rely_on(tmp_path):
    DevelopmentAuthority(tmp_path).signer("dukcapil", name="Dinas")
    for path in tmp_path.glob("*.pem"):
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        assert MARK in certificate.subject.rfc4514_string()
        assert MARK in certificate.issuer.rfc4514_string()


def test_two_processes_that_start_together_make_one_root(tmp_path):
    start = threading.Barrier(6)

    def one(_):
        start.wait()
        return DevelopmentAuthority(tmp_path).root()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(one, range(6)))) == 1


def test_the_root_gives_out_what_it_holds_and_never_its_key(tmp_path):
    assert b"PRIVATE" not in DevelopmentAuthority(tmp_path).root()


@pytest.mark.parametrize("agency", ["../root", "", "Dukcapil", "a/b"])
def test_an_agency_code_is_never_a_path(tmp_path, agency):
    with pytest.raises(ValueError, match="agency"):
        DevelopmentAuthority(tmp_path).signer(agency, name="x")


def test_a_seal_of_another_root_is_made_anew(tmp_path):
    authority = DevelopmentAuthority(tmp_path)
    before = authority.signer("dukcapil", name="Dinas").certificate
    assert authority.signer("dukcapil", name="Dinas").certificate == before
    (tmp_path / "root.pem").unlink()
    after = authority.signer("dukcapil", name="Dinas").certificate
    assert x509.load_der_x509_certificate(after) != x509.load_der_x509_certificate(before)
    x509.load_der_x509_certificate(after).verify_directly_issued_by(x509.load_pem_x509_certificate(authority.root()))


# --------------------------------------------------------------------------------------------------- production


@pytest.fixture
def production(settings, tmp_path):
    """Production settings, with a PKCS#12 seal of an authority that stands for an accredited one."""
    authority = DevelopmentAuthority(tmp_path / "psre")
    authority.signer("dukcapil", name="Dinas Kependudukan dan Pencatatan Sipil")
    root = authority.root()
    content = (tmp_path / "psre" / "seal-dukcapil.pem").read_bytes()
    seal = pkcs12.serialize_key_and_certificates(
        b"seal",
        serialization.load_pem_private_key(content, None),
        x509.load_pem_x509_certificate(content),
        [x509.load_pem_x509_certificate(root)],
        serialization.BestAvailableEncryption(b"kata sandi"),
    )
    (tmp_path / "dukcapil.p12").write_bytes(seal)
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "psre.pem").write_bytes(root)
    settings.DEVELOPMENT = False
    settings.SATU_SEAL_FILE = str(tmp_path / "{agency}.p12")
    settings.SATU_SEAL_PASSPHRASE = "kata sandi"
    settings.SATU_TRUST_ROOTS = str(tmp_path / "roots")
    settings.SATU_TIMESTAMP_URL = ""
    return settings


def test_production_refuses_development_keys(settings):
    settings.DEVELOPMENT = False
    settings.SATU_SEAL_FILE = ""
    with pytest.raises(ImproperlyConfigured, match="SATU_SEAL_FILE"):
        signer_for("dukcapil")
    assert [error.id for error in run_checks() if error.id == "satu.E010"] == ["satu.E010"]


@pytest.mark.django_db
def test_a_pkcs12_seal_of_an_accredited_authority_makes_a_certified_letter(production):
    document = issue()
    assert document.standing == "valid"
    assert Document.objects.get().seal.certification == "certified"
    report = verify_pdf(pdf_for(document.id, by=SYSTEM).content)
    assert report.verdict == "genuine"
    assert [signature.certification for signature in report.signatures] == ["certified"]
    assert not report.signatures[0].timestamped
    _, status = validated(pdf_for(document.id, by=SYSTEM).content, accredited_roots())
    assert status.bottom_line


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SATU_SEAL_PASSPHRASE": "wrong"}, "passphrase"),
        ({"SATU_TRUST_ROOTS": ""}, "SATU_TRUST_ROOTS"),
        ({"SATU_SEAL_FILE": "/nowhere/{agency}.p12"}, "cannot be read"),
    ],
)
def test_a_seal_that_does_not_fit_is_refused_with_the_reason(production, change, says):
    for name, value in change.items():
        setattr(production, name, value)
    with pytest.raises(ImproperlyConfigured, match=says):
        signer_for("dukcapil")


def test_a_seal_of_an_authority_that_is_not_accredited_is_refused(production, tmp_path):
    (tmp_path / "roots" / "psre.pem").write_bytes(DevelopmentAuthority(tmp_path / "another").root())
    with pytest.raises(ImproperlyConfigured, match="SATU_TRUST_ROOTS"):
        signer_for("dukcapil")


# --------------------------------------------------------------------------------------------------- time stamps


@pytest.fixture
def clock():
    """A time-stamp authority behind real HTTP; ``mood`` makes it fail."""
    stamper = signer_for("dukcapil").timestamper
    assert isinstance(stamper, SimulatedTimeStamper)

    class Handler(BaseHTTPRequestHandler):
        mood = "well"

        def do_POST(self):
            question = self.rfile.read(int(self.headers["Content-Length"]))
            answer = asyncio.run(stamper.async_request_tsa_response(tsp.TimeStampReq.load(question))).dump()
            self.send_response(500 if Handler.mood == "ill" else 200)
            self.send_header("Content-Type", "text/html" if Handler.mood == "odd" else "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def with_clock(url):
    return dataclasses.replace(signer_for("dukcapil"), timestamper=HttpTimeStamper(url), reserve=None)


def test_a_time_stamp_authority_is_asked_over_http(clock):
    sealed = with_clock(f"http://127.0.0.1:{clock.server_port}/").sign(make(), reason="Surat")
    _, status = validated(sealed, development_roots())
    assert status.bottom_line
    assert status.timestamp_validity.trusted


@pytest.mark.parametrize("mood", ["ill", "odd"])
def test_a_time_stamp_authority_that_fails_makes_no_letter(clock, mood):
    clock.RequestHandlerClass.mood = mood
    with pytest.raises(SigningFailed):
        with_clock(f"http://127.0.0.1:{clock.server_port}/").sign(make(), reason="Surat")


def test_a_time_stamp_authority_that_is_away_makes_no_letter():
    with pytest.raises(SigningFailed):
        with_clock("http://127.0.0.1:9/").sign(make(), reason="Surat")
