"""Looking at the signatures of a PDF that may come from anybody.

A hostile file can make any PDF reader spin or eat memory, so ``inspect_apart`` reads it in a process of its own with
limits on memory and time. That process is this module as a program; it knows neither Django nor the database.
"""

import asyncio
import json
import resource
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from asn1crypto import x509
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

_MEMORY = 600_000_000
_CPU_SECONDS = 10
_PATIENCE = 40.0
_MOST_SIGNATURES = 20
_AT_ONCE = threading.BoundedSemaphore(2)
_QUEUE_SECONDS = 10.0

Trouble = Literal["damaged", "encrypted", "too-demanding", "busy"]


@dataclass(frozen=True, slots=True)
class Root:
    """A root certificate (DER) that counts, and what a signature that leads to it is."""

    certificate: bytes
    certification: Literal["certified", "development"]


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """One signature, as the file shows it. ``fingerprint`` is the SHA-256 of the signer's certificate."""

    signer: str
    organisation: str
    fingerprint: str
    signed_at: datetime | None
    timestamped: bool
    authentic: bool
    intact: bool
    whole_file: bool
    certification: Literal["certified", "development", "unknown"]


@dataclass(frozen=True, slots=True)
class Inspection:
    trouble: Trouble | None
    signatures: tuple[FoundSignature, ...] = ()


def inspect_here(content: bytes, roots: Sequence[Root]) -> Inspection:
    """Look in this process: only at a file that is known to be ours."""
    from pyhanko.pdf_utils.misc import PdfDecodeLimitError, PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(BytesIO(content), strict=False)
        if reader.encrypted:
            return Inspection(trouble="encrypted")
        embedded = reader.embedded_regular_signatures
        if len(embedded) > _MOST_SIGNATURES:
            return Inspection(trouble="too-demanding")
        return Inspection(None, tuple(_examined(signature, roots) for signature in embedded))
    except PdfDecodeLimitError:
        return Inspection(trouble="too-demanding")
    except PdfError:
        return Inspection(trouble="damaged")


def inspect_apart(content: bytes, roots: Sequence[Root]) -> Inspection:
    """Look in a process of its own, which is stopped when it takes too much memory or time.

    Two at once at most: a crowd of uploads must not take the machine from those who apply for something.
    """
    if not _AT_ONCE.acquire(timeout=_QUEUE_SECONDS):
        return Inspection(trouble="busy")
    try:
        answer = _ask_apart(content, roots)
    except subprocess.TimeoutExpired:
        return Inspection(trouble="too-demanding")
    finally:
        _AT_ONCE.release()
    if answer.returncode != 0:
        return Inspection(trouble="too-demanding" if answer.returncode < 0 else "damaged")
    found = json.loads(answer.stdout)
    return Inspection(found["trouble"], tuple(_read(signature) for signature in found["signatures"]))


def _ask_apart(content: bytes, roots: Sequence[Root]) -> subprocess.CompletedProcess[bytes]:
    question = json.dumps([[root.certificate.hex(), root.certification] for root in roots]).encode() + b"\n" + content
    return subprocess.run(  # noqa: S603 - this very interpreter and module
        [sys.executable, "-I", __file__], input=question, capture_output=True, timeout=_PATIENCE, check=False, env={}
    )


def _read(signature: dict[str, Any]) -> FoundSignature:
    when = signature.pop("signed_at")
    return FoundSignature(**signature, signed_at=datetime.fromisoformat(when) if when else None)


def _examined(signature: "EmbeddedPdfSignature", roots: Sequence[Root]) -> FoundSignature:
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    status = asyncio.run(_status(signature, roots))
    subject = status.signing_cert.subject.native
    stamp = status.timestamp_validity
    stamped = stamp is not None and stamp.valid and stamp.intact
    when = stamp.timestamp if stamp is not None and stamped else status.signer_reported_dt
    return FoundSignature(
        signer=_text(subject.get("common_name")),
        organisation=_text(subject.get("organization_name")),
        fingerprint=status.signing_cert.sha256.hex(),
        signed_at=when,
        timestamped=stamped,
        authentic=status.valid,
        intact=status.intact and status.valid,
        whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        certification=_certification(status, roots),
    )


async def _status(signature: "EmbeddedPdfSignature", roots: Sequence[Root]) -> "PdfSignatureStatus":
    """Later changes to a file are never excused here, so they are not analysed (``skip_diff``)."""
    from asn1crypto import x509
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(
        trust_roots=[x509.Certificate.load(root.certificate) for root in roots],
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    return await async_validate_pdf_signature(signature, signer_validation_context=context, skip_diff=True)


def _certification(
    status: "PdfSignatureStatus", roots: Sequence[Root]
) -> Literal["certified", "development", "unknown"]:
    """To which root the signer's certificate leads. That what it signed was changed later makes it nobody else's."""
    if not status.valid or status.trust_problem_indic is not None or status.validation_path is None:
        return "unknown"
    anchor: x509.Certificate = status.validation_path.first
    kinds = {root.certificate: root.certification for root in roots}
    return kinds.get(anchor.dump(), "unknown")


def _text(value: object) -> str:
    """A name in a certificate may stand several times; it is somebody else's text and may be long."""
    return " ".join(map(str, value))[:200] if isinstance(value, list) else str(value or "")[:200]


def main() -> None:
    """Read roots and file from standard input, write what was found to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    roots = [Root(bytes.fromhex(certificate), kind) for certificate, kind in json.loads(head)]
    try:
        found = inspect_here(content, roots)
    except (MemoryError, RecursionError):
        found = Inspection(trouble="too-demanding")
    except Exception:  # noqa: BLE001 - whatever a file from anybody does to the reader, it is the file's fault
        found = Inspection(trouble="damaged")
    json.dump(asdict(found), sys.stdout, default=datetime.isoformat)


if __name__ == "__main__":
    main()
