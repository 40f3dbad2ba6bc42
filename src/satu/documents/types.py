"""What other packages see of documents: issued ones, what the public may know of one, and what a check found."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from satu.kernel.city import Label

Standing = Literal["valid", "expired", "revoked"]
"""Whether a document still holds today."""

Verdict = Literal[
    "genuine",
    "not-in-force",
    "changed",
    "not-ours",
    "unsigned",
    "unknown-to-us",
    "unreadable",
]
"""The one answer to "is this file genuine?".

``genuine``        byte for byte what we issued, signature in order, still holds
``not-in-force``   byte for byte what we issued, but expired or revoked since
``changed``        it was ours, and something in it is different now, or was added after the signature
``not-ours``       signed by somebody else
``unsigned``       a PDF without any signature
``unknown-to-us``  carries a valid signature of this city, but no such document is in the register
``unreadable``     not a PDF that can be checked; ``VerificationReport.problem`` says why
"""

Problem = Literal["empty", "too-large", "not-a-pdf", "damaged", "encrypted", "too-demanding", "busy"]

Certification = Literal["certified", "development", "unknown"]
"""``certified``: the chain leads to a root the operator trusts (an accredited PSrE). ``development``: to this
installation's own development authority (*bukan TTE tersertifikasi*). ``unknown``: to neither."""


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A document as its holder and the officers of its issuer see it."""

    id: UUID
    code: str
    """The verification code as people read it: ``K7QX-M9D4-…``."""
    number: str
    title: Label
    service: str
    issuer: str
    """Agency code."""
    case_reference: str
    issued_at: datetime
    valid_until: date | None
    standing: Standing
    revoked_at: datetime | None
    revocation_reason: Label | None
    verify_url: str
    size: int
    """Bytes of the signed PDF."""
    about: str = field(default="", repr=False)
    """In a resident's own list: in whose name it is, when that is somebody for whom she asked."""


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """What anybody with the verification code may know: no NIK, no address, the holder's name masked."""

    code: str
    number: str
    title: Label
    holder: str
    """Masked: ``S••• A•••••``."""
    issuer: Label
    issued_at: datetime
    valid_until: date | None
    standing: Standing
    revoked_at: datetime | None
    revocation_reason: Label | None
    certification: Certification


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A signed PDF, read back and equal to the hash in the register. ``name`` is a download name without a NIK."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature found in a file."""

    signer: str
    """Common name in the certificate, as it stands there: shown, never believed unless trusted."""
    organisation: str
    signed_at: datetime | None
    timestamped: bool
    """Whether ``signed_at`` is vouched for by a time-stamp authority rather than by the signer's clock."""
    authentic: bool
    """The signature is mathematically right: the signer made it, whatever became of the file since."""
    intact: bool
    """The signed bytes are unchanged and the signature is mathematically right."""
    whole_file: bool
    """Nothing was added after it (no later incremental update)."""
    certification: Certification
    by_this_city: bool
    """Made with a seal of this installation (its chain leads to a root that this city's seals use)."""


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What ``verify_pdf`` found. ``sentence`` is the answer in plain words, in the current language."""

    verdict: Verdict
    sentence: str
    problem: Problem | None = None
    document: PublicDocument | None = None
    """The document in the register: this very file for ``genuine`` and ``not-in-force``, the one that the file
    claims to be for ``changed``, else none."""
    signatures: tuple[SignatureReport, ...] = ()
    sha256: str = ""
