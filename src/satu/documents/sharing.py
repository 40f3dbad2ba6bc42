"""Showing one document to somebody by a link or QR code that ends by itself, and seeing who opened it when.

The link's secret is 120 random-looking bits that follow from the share's id and the installation's key; the database
keeps its hash alone. Whoever fetches the address sees that there is something to open, and has to press: so neither a
messenger's preview nor a scanner's uses an opening up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from satu.documents import storage
from satu.documents.codes import ALPHABET, LENGTH, parse_code
from satu.documents.models import Document, Share, ShareOpening
from satu.documents.policies import may_share
from satu.documents.queries import issued, public
from satu.documents.types import IssuedDocument, PdfFile, PublicDocument
from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.errors import InvalidInput, Missing

Shows = Literal["validity", "content"]
"""What whoever opens it sees: whether the document holds, or the document itself."""
ShareState = Literal["open", "expired", "used", "ended"]

#: For how many hours a share may hold, and how often it may be opened; 0 is as often as wanted.
HOURS = (1, 24, 168)
OPENINGS = (1, 5, 0)
_LATEST_SHOWN = 20
#: How long after an opening the file may be fetched, in seconds.
_FILE_WITHIN = 15 * 60
_SALT = "satu.documents.share"


@dataclass(frozen=True, slots=True)
class Opening:
    at: datetime
    what: Literal["opened", "file"]


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share as its owner sees it. ``address`` is what she gives away; empty once it is over."""

    id: UUID
    shows: Shows
    shared_at: datetime
    expires_at: datetime
    most_openings: int | None
    openings: Sequence[Opening]
    state: ShareState
    address: str

    @property
    def opened(self) -> int:
        return sum(one.what == "opened" for one in self.openings)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the address of a share says before it is opened."""

    shows: Shows
    state: ShareState


@dataclass(frozen=True, slots=True)
class Opened:
    """What whoever opened a share sees. Of a document that no longer holds, never more than that."""

    document: PublicDocument
    holder: str
    """The whole name where the content is shared, else masked."""
    ticket: str
    """For the file, for a quarter of an hour; empty where it is not shared."""


def share_document(*, document_id: UUID, shows: str, hours: int, openings: int, by: Actor) -> ShareView:
    """Raises ``Missing`` for a document that is not hers, ``InvalidInput`` for what cannot be chosen."""
    if shows not in Share.Shows.values:
        raise InvalidInput(_("Choose what whoever opens it may see."), field="shows")
    if hours not in HOURS:
        raise InvalidInput(_("Choose how long it may be opened."), field="hours")
    if openings not in OPENINGS:
        raise InvalidInput(_("Choose how often it may be opened."), field="openings")
    document = _own(document_id, by)
    if issued(document).standing != "valid":
        raise InvalidInput(_("This document no longer holds, so it cannot be shared."), field="shows")
    now, share_id = timezone.now(), uuid4()
    with transaction.atomic():
        share = Share.objects.create(
            id=share_id,
            document=document,
            secret_hash=_hash(_secret(share_id)),
            shows=shows,
            shared_by=by.reference,
            shared_at=now,
            expires_at=now + timedelta(hours=hours),
            most_openings=openings or None,
        )
        audit(
            actor=by.reference,
            action="documents.shared",
            thing=f"document:{document.pk}",
            detail={"share": str(share_id), "shows": shows, "hours": hours, "openings": openings},
        )
    return _view(share)


def end_share(*, share_id: UUID, by: Actor) -> UUID:
    """Nobody opens it any more. Twice is once. Returns its document. Raises ``Missing``."""
    with transaction.atomic():
        share = Share.objects.select_for_update().filter(pk=share_id, shared_by=by.reference).first()
        if share is None:
            raise Missing(_("There is no such share."))
        if share.ended_at is None:
            share.ended_at = timezone.now()
            share.save(update_fields=["ended_at"])
            audit(
                actor=by.reference,
                action="documents.share_ended",
                thing=f"document:{share.document_id}",
                detail={"share": str(share.pk)},
            )
    return share.document_id


def shares_of(document_id: UUID, *, by: Actor) -> tuple[IssuedDocument, list[ShareView]]:
    """A document of hers and her shares of it, the newest first. Raises ``Missing``."""
    document = _own(document_id, by)
    rows = document.shares.filter(shared_by=by.reference).order_by("-shared_at").prefetch_related("openings")
    return issued(document), [_view(share) for share in rows[:_LATEST_SHOWN]]


def share_waiting(secret: str) -> Waiting | None:
    """What stands behind the address; ``None``: nothing ever did."""
    share = Share.objects.filter(secret_hash=_hash(parse_code(secret) or "")).first()
    return Waiting(shows=cast("Shows", share.shows), state=_state(share)) if share else None


def open_share(secret: str) -> Opened:
    """Open it: counted and recorded, before anything is shown. Raises ``Missing`` where there is nothing to open."""
    with transaction.atomic():
        share = Share.objects.select_for_update().filter(secret_hash=_hash(parse_code(secret) or "")).first()
        if share is None or _state(share) != "open":
            raise Missing(
                _("This link does not lead to a document any more. Ask whoever gave it to you for a new one.")
            )
        opening = ShareOpening.objects.create(share=share, what=ShareOpening.What.OPENED, at=timezone.now())
    document = Document.objects.select_related("seal").get(pk=share.document_id)
    seen = public(document)
    whole = share.shows == Share.Shows.CONTENT and seen.standing == "valid"
    return Opened(
        document=seen,
        holder=document.holder_name if whole else seen.holder,
        ticket=signing.dumps(opening.pk, salt=_SALT) if whole else "",
    )


def file_of_share(secret: str, ticket: str) -> PdfFile:
    """The file, for whoever has just opened the share. Recorded. Raises ``Missing``, or ``FileDamaged``."""
    gone = Missing(_("Open the link once more to get the file."))
    try:
        number = signing.loads(ticket, salt=_SALT, max_age=_FILE_WITHIN)
    except signing.BadSignature as error:
        raise gone from error
    hashed = _hash(parse_code(secret) or "")
    opening = ShareOpening.objects.filter(pk=number, share__secret_hash=hashed).select_related("share").first()
    if opening is None or opening.share.shows != Share.Shows.CONTENT or opening.share.ended_at is not None:
        raise gone
    document = Document.objects.get(pk=opening.share.document_id)
    if issued(document).standing != "valid":
        raise gone
    content = storage.read(document.file, document.sha256)
    ShareOpening.objects.create(share=opening.share, what=ShareOpening.What.FILE, at=timezone.now())
    return PdfFile(name=f"{document.service}-{document.year}-{document.serial}.pdf", content=content)


def _own(document_id: UUID, by: Actor) -> Document:
    document = Document.objects.filter(pk=document_id).first()
    if document is None or not may_share(by, document):
        raise Missing(_("There is no such document."))
    return document


def _secret(share_id: UUID) -> str:
    """In the alphabet of verification codes, so that it can be read out and typed."""
    number = int.from_bytes(salted_hmac(_SALT, str(share_id), algorithm="sha256").digest())
    return "".join(ALPHABET[(number >> (5 * place)) % len(ALPHABET)] for place in range(LENGTH))


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _state(share: Share) -> ShareState:
    if share.ended_at is not None:
        return "ended"
    if share.expires_at <= timezone.now():
        return "expired"
    opened = sum(one.what == ShareOpening.What.OPENED for one in share.openings.all())
    return "used" if share.most_openings is not None and opened >= share.most_openings else "open"


def _view(share: Share) -> ShareView:
    state = _state(share)
    openings = sorted(share.openings.all(), key=lambda one: one.at, reverse=True)
    return ShareView(
        id=share.pk,
        shows=cast("Shows", share.shows),
        shared_at=share.shared_at,
        expires_at=share.expires_at,
        most_openings=share.most_openings,
        openings=[Opening(at=one.at, what=cast('Literal["opened", "file"]', one.what)) for one in openings],
        state=state,
        address=f"{settings.SATU_PUBLIC_URL.rstrip('/')}/b/{_secret(share.pk)}" if state == "open" else "",
    )
