"""Is this file what we issued, and does it still hold?

The register knows the hash of every file we issued, so "unchanged" needs no trust in the file; its signature is
looked at to say by whom and when, and what became of a file that is not in the register.
"""

import re
from collections.abc import Sequence
from typing import cast

from django.utils.translation import gettext as _

from satu.documents.inspection import FoundSignature, Inspection, Root, inspect_apart, inspect_here
from satu.documents.models import Seal
from satu.documents.queries import document_by_code, document_by_hash
from satu.documents.signing.seals import accredited_roots, development_roots
from satu.documents.storage import digest
from satu.documents.types import Certification, Problem, PublicDocument, SignatureReport, Verdict, VerificationReport

LARGEST = 20 * 1024 * 1024
"""Bytes. A letter is some 60,000; what is larger than this is not looked at."""

_HEADER = b"%PDF-"
_HEADER_WITHIN = 1024
_CLAIM = re.compile(rb"satu:([0-9A-Z]{4}(?:-[0-9A-Z]{4}){5})")


def verify_pdf(content: bytes) -> VerificationReport:
    """Check any file. Never raises for what is in it, and never believes what is in it."""
    if problem := _not_worth_reading(content):
        return _report("unreadable", problem=problem)
    sha256 = digest(content)
    if ours := document_by_hash(sha256):
        inspection = inspect_here(content, _roots())
        verdict: Verdict = "genuine" if ours.standing == "valid" else "not-in-force"
        return _report(verdict, document=ours, signatures=_with_owner(inspection.signatures), sha256=sha256)
    inspection = inspect_apart(content, _roots())
    signatures = _with_owner(inspection.signatures)
    claimed = _claimed(content)
    verdict = "changed" if claimed else _stranger(inspection, signatures)
    return _report(verdict, problem=inspection.trouble, document=claimed, signatures=signatures, sha256=sha256)


def _not_worth_reading(content: bytes) -> Problem | None:
    if not content:
        return "empty"
    if len(content) > LARGEST:
        return "too-large"
    return None if _HEADER in content[:_HEADER_WITHIN] else "not-a-pdf"


def _claimed(content: bytes) -> PublicDocument | None:
    """Every letter carries its code among its keywords, in the clear."""
    found = _CLAIM.search(content)
    return document_by_code(found[1].decode("ascii")) if found else None


def _stranger(inspection: Inspection, signatures: Sequence[SignatureReport]) -> Verdict:
    """What to say of a file that is not in the register and does not claim to be."""
    if inspection.trouble:
        return "unreadable"
    if not signatures:
        return "unsigned"
    own = [signature for signature in signatures if signature.by_this_city]
    if not own:
        return "not-ours"
    return "unknown-to-us" if all(signature.intact and signature.whole_file for signature in own) else "changed"


def _roots() -> list[Root]:
    accredited = [Root(certificate.dump(), "certified") for certificate in accredited_roots()]
    return accredited + [Root(certificate.dump(), "development") for certificate in development_roots()]


def _with_owner(found: Sequence[FoundSignature]) -> tuple[SignatureReport, ...]:
    if not found:
        return ()
    fingerprints = {signature.fingerprint for signature in found}
    rows = Seal.objects.filter(fingerprint__in=fingerprints).values_list("fingerprint", "certification")
    ours = {fingerprint: cast("Certification", certification) for fingerprint, certification in rows}
    return tuple(
        SignatureReport(
            signer=signature.signer,
            organisation=signature.organisation,
            signed_at=signature.signed_at,
            timestamped=signature.timestamped,
            authentic=signature.authentic,
            intact=signature.intact,
            whole_file=signature.whole_file,
            # A seal of ours stays ours when its certificate's time is over, or its signature was damaged.
            certification=ours.get(signature.fingerprint, signature.certification),
            by_this_city=signature.fingerprint in ours or signature.certification == "development",
        )
        for signature in found
    )


def _report(
    verdict: Verdict,
    *,
    problem: Problem | None = None,
    document: PublicDocument | None = None,
    signatures: tuple[SignatureReport, ...] = (),
    sha256: str = "",
) -> VerificationReport:
    return VerificationReport(
        verdict=verdict,
        sentence=_sentence(verdict, problem, document, signatures),
        problem=problem,
        document=document,
        signatures=signatures,
        sha256=sha256,
    )


def _sentence(
    verdict: Verdict,
    problem: Problem | None,
    document: PublicDocument | None,
    signatures: Sequence[SignatureReport],
) -> str:
    if verdict == "unreadable" and problem:
        return _problem_sentence(problem)
    if verdict == "not-in-force" and document and document.standing == "revoked":
        return _("We issued this file and it is unchanged, but it has been revoked. It no longer holds.")
    if verdict == "changed" and any(one.by_this_city and one.authentic for one in signatures):
        return _("We sealed this file, but it was changed after that: it is not as we issued it. Do not rely on it.")
    if verdict == "not-ours" and not all(one.intact for one in signatures):
        return _("This file was signed, but not by us, and it was changed after that. Do not rely on it.")
    return {
        "genuine": _("We issued this file. It is unchanged and it holds."),
        "not-in-force": _("We issued this file and it is unchanged, but its time is over. It no longer holds."),
        "changed": _(
            "This is not the file that we issued: something was changed, added or cut off. Do not rely on it."
        ),
        "not-ours": _("This file was signed, but not by us. We cannot say anything about what it says."),
        "unsigned": _("This PDF has no signature. It is not a file that we issued."),
        "unknown-to-us": _(
            "This file carries our seal, but we do not know it. Do not rely on it, and please tell us."
        ),
        "unreadable": _("This file cannot be checked."),
    }[verdict]


def _problem_sentence(problem: Problem) -> str:
    return {
        "empty": _("This file is empty. Please download the letter again."),
        "too-large": _("This file is too large to be one of our letters (the limit is 20 MB)."),
        "not-a-pdf": _("This is not a PDF file. Please check the PDF itself, not a photo or a scan of it."),
        "damaged": _("This PDF is damaged and cannot be read. Please download the letter again."),
        "encrypted": _("This PDF is locked with a password. Our letters never are."),
        "too-demanding": _("This PDF takes too long to read. It is not one of our letters."),
        "busy": _("Many files are being checked just now. Please try again in a minute."),
    }[problem]
