"""The only readers of documents that other packages use."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.documents import storage
from satu.documents.codes import parse_code, show_code
from satu.documents.letter import verify_url
from satu.documents.models import Document
from satu.documents.policies import may_read
from satu.documents.types import IssuedDocument, PdfFile, PublicDocument, Standing
from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.city import Label
from satu.kernel.errors import Missing
from satu.kernel.identifiers import Nik


def document_by_code(code: str) -> PublicDocument | None:
    """What the public may know of the document with this code, however it is typed. ``None``: there is none."""
    parsed = parse_code(code)
    document = Document.objects.select_related("seal").filter(code=parsed).first() if parsed else None
    return public(document) if document else None


def document_by_hash(sha256: str) -> PublicDocument | None:
    """The document whose file has this SHA-256, byte for byte."""
    document = Document.objects.select_related("seal").filter(sha256=sha256).first()
    return public(document) if document else None


def document_for(document_id: UUID, *, by: Actor) -> IssuedDocument:
    """One document. Raises ``Missing``, also when it is not for ``by`` to know."""
    return issued(_readable(document_id, by))


def documents_of(nik: Nik, *, limit: int | None = None, before: UUID | None = None) -> list[IssuedDocument]:
    """Everything issued to a resident, or asked for by her in another's name, latest first.

    The caller knows that she may see it: it is her own list. ``before`` is the last one of the page before.
    """
    hers = Q(holder_nik=nik.value) | Q(requested_by_nik=nik.value)
    rows = Document.objects.filter(hers).order_by("-issued_at", "-pk")
    if before is not None:
        last = Document.objects.filter(hers, pk=before).only("issued_at").first()
        older = Q(issued_at__lt=last.issued_at) | Q(issued_at=last.issued_at, pk__lt=last.pk) if last else Q(pk=None)
        rows = rows.filter(older)
    return [replace(issued(document), about=_in_another_name(document, nik)) for document in rows[:limit]]


def no_longer_in_force(documents: Iterable[UUID]) -> Mapping[UUID, Standing]:
    """Those of these documents that no longer hold, and why not. The caller knows that she may see them."""
    over = Q(revoked_at__isnull=False) | Q(valid_until__lt=timezone.localdate())
    rows = Document.objects.filter(over, pk__in=list(documents)).only("revoked_at", "valid_until")
    return {document.pk: _standing(document) for document in rows}


def pdf_for(document_id: UUID, *, by: Actor) -> PdfFile:
    """The signed PDF, equal to what was issued, for its holder or an officer of its issuer. The look is audited.

    Raises ``Missing`` (also when it is not for ``by`` to know), or ``FileDamaged``.
    """
    document = _readable(document_id, by)
    content = storage.read(document.file, document.sha256)
    audit(actor=by.reference, action="documents.read", thing=f"document:{document.pk}")
    return PdfFile(name=f"{document.service}-{document.year}-{document.serial}.pdf", content=content)


def issued(document: Document) -> IssuedDocument:
    return IssuedDocument(
        id=document.pk,
        code=show_code(document.code),
        number=document.number,
        title=Label(document.title_id, document.title_en),
        service=document.service,
        issuer=document.issuer,
        case_reference=document.case_reference,
        issued_at=document.issued_at,
        valid_until=document.valid_until,
        standing=_standing(document),
        revoked_at=document.revoked_at,
        revocation_reason=_why_revoked(document),
        verify_url=verify_url(document.code),
        size=document.size,
    )


def public(document: Document) -> PublicDocument:
    return PublicDocument(
        code=show_code(document.code),
        number=document.number,
        title=Label(document.title_id, document.title_en),
        holder=masked(document.holder_name),
        issuer=Label(document.issuer_name_id, document.issuer_name_en),
        issued_at=document.issued_at,
        valid_until=document.valid_until,
        standing=_standing(document),
        revoked_at=document.revoked_at,
        revocation_reason=_why_revoked(document),
        certification="certified" if document.seal.certification == "certified" else "development",
    )


def masked(name: str) -> str:
    """A name as a stranger may see it: ``Siti Aminah`` becomes ``S••• A•••••``."""
    return " ".join(word[0] + "•" * (len(word) - 1) for word in name.split())


def _standing(document: Document) -> Standing:
    if document.revoked_at is not None:
        return "revoked"
    if document.valid_until is not None and document.valid_until < timezone.localdate():
        return "expired"
    return "valid"


def _in_another_name(document: Document, nik: Nik) -> str:
    return "" if document.holder_nik == nik.value else document.holder_name


def _why_revoked(document: Document) -> Label | None:
    if document.revoked_at is None:
        return None
    return Label(document.revocation_reason_id, document.revocation_reason_en)


def _readable(document_id: UUID, by: Actor) -> Document:
    document = Document.objects.filter(pk=document_id).first()
    if document is None or not may_read(by, document):
        raise Missing(_("There is no such document."))
    return document
