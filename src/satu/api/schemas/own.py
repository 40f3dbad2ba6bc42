"""What belongs to whoever calls: documents, data, accesses, notices, bills."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as _
from ninja import Schema
from pydantic import Field

from satu.api.paging import Page
from satu.api.schemas.parts import Certification, Given, Outcome, ReportedFact, Rupiah, Text


class Me(Schema):
    """Who calls, and what she may do with this token or visit."""

    name: str = Field(examples=["Dewi Anggraini"])
    kind: Literal["resident", "officer"]
    nik: Text | None = Field(description="Masked; a resident's.", examples=["•••• •••• •••• 0007"])
    agency: str = Field(description="The code of an officer's agency.", examples=[""])
    duties: list[str] = Field(examples=[[]])
    areas: list[str] = Field(description="Codes of kelurahan; none means the whole city.", examples=[[]])
    scope: Literal["read", "act"]
    language: Literal["id", "en"] = Field(description="In which she is written to.")


class ChosenLanguage(Given):
    language: Literal["id", "en"] = Field(examples=["id"])


class Document(Schema):
    """A document that was issued to the caller, or that she asked for."""

    id: UUID
    code: str = Field(examples=["K7QX-M9D4-8PZ2-R3TV-6WNB-H5CE"])
    number: str = Field(examples=["470/123-KEL/2026"])
    title: Text = Field(examples=["Surat Keterangan Domisili"])
    service: str = Field(examples=["domisili"])
    issuer: str = Field(examples=["kelurahan"])
    case_reference: str = Field(examples=["DOM-2026-000123"])
    issued_at: datetime
    valid_until: date | None
    standing: Literal["valid", "expired", "revoked"]
    verify_url: str = Field(examples=["https://satu.example/v/K7QX-M9D4-8PZ2-R3TV-6WNB-H5CE"])
    size: int = Field(description="Of the PDF, in bytes.", examples=[61_440])


class Documents(Page[Document]):
    """Documents, the latest first."""


class HowToCheck(Schema):
    """How somebody else can check a document: an address, and the same as a QR code."""

    code: str = Field(examples=["K7QX-M9D4-8PZ2-R3TV-6WNB-H5CE"])
    verify_url: str = Field(examples=["https://satu.example/v/K7QX-M9D4-8PZ2-R3TV-6WNB-H5CE"])
    qr_svg: str = Field(examples=["<svg/>"])


class Opening(Schema):
    """That a link was opened, or its file fetched."""

    at: datetime
    what: Literal["opened", "file"]


class Share(Schema):
    """A link by which one document is shown to somebody, until it ends by itself."""

    id: UUID
    shows: Literal["validity", "content"]
    shared_at: datetime
    expires_at: datetime
    most_openings: int | None = Field(examples=[5])
    openings: list[Opening]
    opened: int = Field(examples=[1])
    state: Literal["open", "expired", "used", "ended"]
    address: str = Field(
        description="What is given away; empty once it is over.", examples=["https://satu.example/b/…"]
    )
    qr_svg: str = Field(examples=["<svg/>"])


class NewShare(Given):
    """What whoever opens the link sees, for how long, and how often."""

    shows: Literal["validity", "content"]
    hours: Literal[1, 24, 168]
    openings: Literal[0, 1, 5] = Field(default=0, description=_("How often; 0 is as often as wanted."))


class Secret(Given):
    """The end of a link's address."""

    secret: str = Field(max_length=100, examples=["K7QX-M9D4-8PZ2-R3TV-6WNB-H5CE"])


class Ticket(Secret):
    """And what opening it gave."""

    ticket: str = Field(max_length=200, examples=["MTI:1vX…"])


class PublicDocument(Schema):
    """What anybody with the code may know of a document."""

    code: str = Field(examples=["K7QX-M9D4-8PZ2-R3TV-6WNB-H5CE"])
    number: str = Field(examples=["470/123-KEL/2026"])
    title: Text = Field(examples=["Surat Keterangan Domisili"])
    holder: str = Field(description="Masked.", examples=["D••• A••••••••"])
    issuer: Text = Field(examples=["Kelurahan Sukarasa"])
    issued_at: datetime
    valid_until: date | None
    standing: Literal["valid", "expired", "revoked"]
    revoked_at: datetime | None
    revocation_reason: Text | None = Field(examples=[None])
    certification: Certification


class Opened(Schema):
    """What whoever opened a link sees."""

    document: PublicDocument
    holder: str = Field(description="The whole name where the content is shared, else masked.", examples=["D•••"])
    ticket: str = Field(description="For the file; empty where it is not shared.", examples=[""])


class Signature(Schema):
    """A signature in a file."""

    signer: str = Field(examples=["Kelurahan Sukarasa"])
    organisation: str = Field(examples=["Pemerintah Kota"])
    signed_at: datetime | None
    timestamped: bool
    intact: bool
    whole_file: bool
    certification: Certification
    by_this_city: bool


class Verification(Schema):
    """Whether a file is what the city issued, and still holds."""

    verdict: Literal["genuine", "not-in-force", "changed", "not-ours", "unsigned", "unknown-to-us", "unreadable"]
    sentence: Text = Field(examples=["Berkas ini kami terbitkan. Isinya utuh dan masih berlaku."])
    document: PublicDocument | None
    signatures: list[Signature]
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])


class Datum(Schema):
    """One fact that a system holds, or what became of asking for it."""

    fact: str = Field(examples=["person.name"])
    label: Text = Field(examples=["Nama"])
    outcome: Outcome
    shown: str = Field(description="As people read it; empty unless it was found.", examples=["Dewi Anggraini"])
    value: Any = Field(description="As a program reads it; null unless it was found.", examples=["Dewi Anggraini"])
    as_of: datetime | None
    too_old: bool
    legal_basis: str = Field(examples=["UU 24/2013"])


class Panel(Schema):
    """What one system holds."""

    system: str = Field(examples=["siak"])
    name: Text = Field(examples=["SIAK"])
    agency: str = Field(examples=["Disdukcapil"])
    simulated: bool
    facts: list[Datum]


class Declaration(Schema):
    """What the caller stated herself, and which agency has verified it."""

    key: str = Field(examples=["never_married"])
    label: Text = Field(examples=["Belum pernah menikah"])
    shown: str = Field(examples=["Ya"])
    case_id: UUID
    at: datetime
    verified_by: str = Field(examples=[""])
    verified_at: datetime | None


class MyData(Schema):
    """Everything that the city holds on the caller."""

    panels: list[Panel]
    declarations: list[Declaration]


class Report(ReportedFact):
    """What was said of a fact, and what the agency that owns it answered."""

    case_id: UUID | None
    agency: Text = Field(examples=["Disdukcapil"])


class Released(Schema):
    """A fact that was asked for, and what came of it."""

    fact: str = Field(examples=["person.name"])
    label: Text = Field(examples=["Nama"])
    system: str = Field(examples=["siak"])
    outcome: Outcome


class Access(Schema):
    """A look at the caller's data: who, when, why, and at what."""

    entry_id: UUID
    at: datetime
    kind: Literal["pull", "search", "told"]
    actor_kind: Literal["resident", "officer", "system"]
    who: str = Field(examples=["Rina Marlina"])
    agency: Text | None = Field(examples=["Kelurahan"])
    why: Text = Field(examples=["Pelayanan di loket"])
    legal_basis: str = Field(examples=["UU 24/2013"])
    facts: list[Released]
    sealed: bool = Field(description="Whether it stands in the tree already, so that it can be proved.")


class Accesses(Page[Access]):
    """Looks at the caller's data, the newest first."""


class Proof(Schema):
    """That a look stands in the ledger's Merkle tree (RFC 6962). Byte strings are in hexadecimal."""

    entry_id: UUID
    leaf_data: str = Field(examples=["7b22…"])
    subject_salt: str = Field(examples=["00112233445566778899aabbccddeeff"])
    look_salt: str = Field(examples=["00112233445566778899aabbccddeeff"])
    index: int = Field(examples=[17])
    tree_size: int = Field(examples=[42])
    root: str = Field(examples=["9f86d081…"])
    sealed_at: datetime
    path: list[str] = Field(examples=[["9f86d081…"]])


class Delivery(Schema):
    """How far a message has come on one channel."""

    channel: Literal["email", "sms"]
    shown_address: str = Field(description="Masked.", examples=["d•••@warga.example"])
    state: Literal["queued", "sent", "delivered", "failed", "dropped"]
    reason: str = Field(examples=[""])
    sent_at: datetime | None
    delivered_at: datetime | None


class Notice(Schema):
    """Something that the city told the caller."""

    id: UUID
    kind: str = Field(examples=["document-issued"])
    subject: str = Field(examples=["Surat Anda sudah terbit"])
    body: str = Field(examples=["Surat keterangan domisili DOM-2026-000123 sudah terbit."])
    link: str = Field(examples=["/permohonan/6f1c2a34-5b7d-4e8f-9a01-23456789abcd/"])
    at: datetime
    read: bool
    deliveries: list[Delivery]


class Notices(Page[Notice]):
    """Notices, the newest first."""


class Address(Schema):
    """An address, masked."""

    id: UUID
    shown: str = Field(examples=["d•••@warga.example"])


class Channel(Schema):
    """A way out besides the inbox."""

    channel: Literal["email", "sms"]
    label: Text = Field(examples=["Surel"])
    wanted: bool
    verified: Address | None
    waiting: Address | None = Field(description="An address that waits for its code.")


class Wanted(Given):
    """Whether notices are wanted on a channel."""

    wanted: bool


class NewAddress(Given):
    """An address to which a code is sent."""

    channel: Literal["email", "sms"]
    address: str = Field(max_length=254, examples=["dewi@warga.example"])


class Code(Given):
    """The code that came."""

    code: str = Field(max_length=40, examples=["123456"])


class Payment(Schema):
    """Money that arrived."""

    amount: Rupiah
    paid_at: datetime
    standing: Literal["settles", "late", "cancelled", "extra", "other-amount"]
    refund: Literal["none", "asked", "done"]
    refunded_at: datetime | None


class Qris(Schema):
    """What a banking app pays by."""

    payload: str = Field(examples=["00020101021226…6304A13B"])
    expires_at: datetime


class Bill(Schema):
    """What the caller owes for one thing, and what became of it."""

    id: UUID
    number: str = Field(examples=["TAG-2026-000007"])
    case_reference: str = Field(examples=["REK-2026-000004"])
    description: Text = Field(examples=["Pajak reklame"])
    amount: Rupiah
    amount_in_words: str = Field(examples=["dua puluh lima ribu rupiah"])
    due: datetime
    state: Literal["open", "paid", "expired", "cancelled", "refunded"]
    created_at: datetime
    code: Qris | None = Field(description="The QRIS code, while it is open.")
    payments: list[Payment]


class Bills(Page[Bill]):
    """Bills, the newest first."""
