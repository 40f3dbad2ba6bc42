"""The only writers of documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.documents import events, storage
from satu.documents.codes import new_code
from satu.documents.letter import Letterhead, in_language, qr_code
from satu.documents.models import Document, Seal
from satu.documents.policies import may_revoke
from satu.documents.queries import issued
from satu.documents.rendering import render
from satu.documents.signing.port import Signer
from satu.documents.signing.seals import signer_for
from satu.documents.types import IssuedDocument
from satu.identity.types import SYSTEM, Actor
from satu.kernel.audit import audit
from satu.kernel.city import Agency, Label, the_city
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.kernel.outbox import announce

LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class _Request:
    service: str
    template: Path
    data: Mapping[str, object]
    title: Label
    holder: Nik
    holder_name: str
    issuer: Agency
    classification: str
    unit: str
    case_reference: str
    valid_until: date | None
    language: str
    idempotency_key: str
    by: Actor
    requested_by: str


class _IssuedAlready(Exception):
    """Leaves the transaction, so that the serial just taken is given back."""


def issue_document(
    *,
    service: str,
    template: Path,
    data: Mapping[str, object],
    title: Label,
    holder: Nik,
    holder_name: str,
    issuer: str,
    classification: str,
    case_reference: str,
    valid_until: date | None,
    idempotency_key: str,
    by: Actor,
    unit: str = "",
    requested_by: Nik | None = None,
) -> IssuedDocument:
    """Render, number, seal, store and register one document.

    The same ``idempotency_key`` gives the same document, however often and from however many processes at once.
    ``data`` is JSON values for the template; ``data["lang"]`` (``id`` or ``en``) is the letter's language.
    ``classification`` is the archive code (Permendagri 83/2022) and ``unit`` the numbering unit (default: the
    agency's short name): the number is ``{classification}/{serial}/{unit}/{year}``, without gaps in unit and year.
    Until the surrounding transaction ends, other documents of the same unit wait.

    ``requested_by`` acted in the holder's name, and may have the document too.

    When it raises (``Unprintable``, ``RenderingFailed``, ``SigningFailed``, ``FileDamaged``), nothing was issued and
    no number was used.
    """
    language = str(data.get("lang", "id"))
    agency = the_city().agencies.get(issuer)
    if agency is None or language not in LANGUAGES:
        raise InvalidInput(_("This letter names an agency or a language that the city does not have."))
    if valid_until is not None and valid_until < timezone.localdate():
        raise InvalidInput(_("A letter cannot end before it begins."), field="valid_until")
    request = _Request(
        service=service,
        template=template,
        data=data,
        title=title,
        holder=holder,
        holder_name=holder_name,
        issuer=agency,
        classification=classification,
        unit=unit or agency.short,
        case_reference=case_reference,
        valid_until=valid_until,
        language=language,
        idempotency_key=idempotency_key,
        by=by,
        requested_by=requested_by.value if requested_by and requested_by != holder else "",
    )
    return issued(_known(idempotency_key) or _issue(request))


def revoke_document(*, document_id: UUID, reason: Label, by: Actor) -> IssuedDocument:
    """Say that a document no longer holds; its public page and every check say so from then on.

    Raises ``Missing``, ``NotAllowed``, or ``Conflict`` when it was revoked before.
    """
    with transaction.atomic():
        document = Document.objects.select_for_update().filter(pk=document_id).first()
        if document is None:
            raise Missing(_("There is no such document."))
        if not may_revoke(by, document):
            raise NotAllowed(_("Only the agency that issued a document may revoke it."))
        if document.revoked_at is not None:
            raise Conflict(_("This document was revoked before."))
        document.revoked_at, document.revoked_by = timezone.now(), by.reference
        document.revocation_reason_id, document.revocation_reason_en = reason.id, reason.en
        document.save(
            update_fields=["revoked_at", "revoked_by", "revocation_reason_id", "revocation_reason_en"],
        )
        _tell(events.REVOKED, document, by)
    return issued(document)


def sweep_files(*, stored_before: datetime) -> int:
    """Remove files that no document names and that are older than any transaction can be. Returns how many."""
    names = list(storage.stored_before(stored_before))
    named = set(Document.objects.filter(file__in=names).values_list("file", flat=True))
    orphans = [name for name in names if name not in named]
    for name in orphans:
        storage.discard(name)
    if orphans:
        audit(actor=SYSTEM.reference, action="documents.swept", thing="files", detail={"removed": len(orphans)})
    return len(orphans)


def _known(idempotency_key: str) -> Document | None:
    return Document.objects.filter(idempotency_key=idempotency_key).first()


def _refuse_twice(idempotency_key: str) -> None:
    if _known(idempotency_key):
        raise _IssuedAlready


def _issue(request: _Request) -> Document:
    """The lock on the unit's series puts equal requests in a row: the second finds what the first has issued."""
    file: storage.StoredFile | None = None
    signer = signer_for(request.issuer.code)
    code = new_code()
    qr = qr_code(code)  # what needs no number is made before others have to wait
    try:
        with transaction.atomic():
            now = timezone.now()
            year = timezone.localdate(now).year
            serial = _next_serial(request.unit, year)
            _refuse_twice(request.idempotency_key)
            document = _draft(request, code=code, now=now, serial=serial, year=year)
            file = storage.keep(_sealed(document, request, qr, signer))
            document.file, document.sha256, document.size = file.name, file.sha256, file.size
            document.seal_id = _seal_id(signer.certificate) or _register_seal(signer, request.issuer.code)
            document.save(force_insert=True)
            _tell(events.ISSUED, document, request.by)
    except BaseException as error:
        if file is not None:
            storage.discard(file.name)
        if isinstance(error, (_IssuedAlready, IntegrityError)) and (earlier := _known(request.idempotency_key)):
            return earlier
        raise
    return document


def _draft(request: _Request, *, code: str, now: datetime, serial: int, year: int) -> Document:
    return Document(
        id=uuid4(),
        code=code,
        idempotency_key=request.idempotency_key,
        service=request.service,
        case_reference=request.case_reference,
        title_id=request.title.id,
        title_en=request.title.en,
        language=request.language,
        holder_nik=request.holder.value,
        requested_by_nik=request.requested_by,
        holder_name=request.holder_name,
        issuer=request.issuer.code,
        issuer_name_id=request.issuer.name.id,
        issuer_name_en=request.issuer.name.en,
        classification=request.classification,
        serial=serial,
        unit=request.unit,
        year=year,
        issued_at=now,
        issued_by=request.by.reference,
        valid_until=request.valid_until,
    )


def _sealed(document: Document, request: _Request, qr: str, signer: Signer) -> bytes:
    letterhead = Letterhead(
        language=request.language,
        title=request.title,
        number=document.number,
        code=document.code,
        qr=qr,
        city=the_city(),
        issuer=request.issuer,
        issued_on=timezone.localdate(document.issued_at),
        valid_until=request.valid_until,
        certified=signer.certification == "certified",
    )
    pdf = render(request.template, data=request.data, document=letterhead.values(), at=document.issued_at)
    return signer.sign(pdf, reason=f"{in_language(request.title, request.language)} {document.number}")


def _next_serial(unit: str, year: int) -> int:
    """Holds the series' row until the transaction ends; a rollback gives the serial back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO documents_numberseries (unit, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (unit, year) DO UPDATE SET last = documents_numberseries.last + 1 RETURNING last",
            [unit, year],
        )
        row = cursor.fetchone()
    return int(row[0])


@lru_cache(maxsize=128)
def _fingerprint(certificate: bytes) -> str:
    return sha256(certificate).hexdigest()


def _seal_id(certificate: bytes) -> int | None:
    return Seal.objects.filter(fingerprint=_fingerprint(certificate)).values_list("pk", flat=True).first()


def _register_seal(signer: Signer, agency: str) -> int:
    seal, _created = Seal.objects.get_or_create(
        fingerprint=_fingerprint(signer.certificate),
        defaults={
            "agency": agency,
            "subject": signer.subject,
            "certification": signer.certification,
            "certificate": signer.certificate,
        },
    )
    return seal.pk


def _tell(event: str, document: Document, by: Actor) -> None:
    audit(actor=by.reference, action=event, thing=f"document:{document.pk}", detail={"number": document.number})
    announce(
        event,
        {"document": str(document.pk), "service": document.service, "case_reference": document.case_reference},
    )
