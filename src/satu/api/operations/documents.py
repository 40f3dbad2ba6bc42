"""Documents: the caller's own, and whether any document is genuine."""

from typing import Annotated
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from ninja import File, UploadedFile

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.paging import USUAL, Before, Limit, page
from satu.api.problems import TooLarge
from satu.api.schemas import own as shapes
from satu.documents import queries, sharing
from satu.documents.types import PdfFile
from satu.documents.verification import LARGEST, verify_pdf
from satu.kernel.errors import Missing

chapter = Chapter(_("Documents"), "resident")
checking = Chapter(_("Checking a document"))


@chapter.look("/documents", _("The caller's documents"), shapes.Documents)
def list_documents(
    request: HttpRequest, response: HttpResponse, cursor: Before = None, limit: Limit = USUAL
) -> dict[str, object]:
    nik = actor(request).nik
    found = queries.documents_of(nik, limit=limit + 1, before=cursor) if nik else []
    return page(request, response, found, limit)


@chapter.look("/documents/{uuid:document_id}", _("One document"), shapes.Document)
def read_document(request: HttpRequest, document_id: UUID) -> object:
    return queries.document_for(document_id, by=actor(request))


@chapter.look("/documents/{uuid:document_id}/pdf", _("The signed PDF"), bytes)
def download_document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    return _as_pdf(queries.pdf_for(document_id, by=actor(request)))


@chapter.look("/documents/{uuid:document_id}/check", _("How somebody else can check it"), shapes.HowToCheck)
def read_how_to_check(request: HttpRequest, document_id: UUID) -> dict[str, object]:
    document = queries.document_for(document_id, by=actor(request))
    return {"code": document.code, "verify_url": document.verify_url, "qr_svg": qr_svg(document.verify_url)}


@chapter.look("/documents/{uuid:document_id}/shares", _("Links by which a document is shown"), list[shapes.Share])
def list_shares(request: HttpRequest, document_id: UUID) -> object:
    _document, shares = sharing.shares_of(document_id, by=actor(request))
    return [_share(one) for one in shares]


@chapter.act(
    "/documents/{uuid:document_id}/shares",
    _("Show a document to somebody by a link that ends by itself"),
    shapes.Share,
    how="with-the-action",
    status=201,
)
def share_document(request: HttpRequest, document_id: UUID, given: shapes.NewShare) -> dict[str, object]:
    made = sharing.share_document(
        document_id=document_id,
        shows=given.shows,
        hours=given.hours,
        openings=given.openings,
        by=actor(request),
    )
    return _share(made)


@chapter.remove("/shares/{uuid:share_id}", _("End a link"))
def end_share(request: HttpRequest, share_id: UUID) -> None:
    sharing.end_share(share_id=share_id, by=actor(request))


@checking.ask(
    "/shares/open",
    _("Open a link that somebody gave"),
    shapes.Opened,
    public=True,
    about=_("Counted, and seen by its owner. By POST, so that no address has the secret."),
)
def open_share(request: HttpRequest, given: shapes.Secret) -> object:  # noqa: ARG001
    return sharing.open_share(given.secret)


@checking.ask("/shares/file", _("The file behind a link that was just opened"), bytes, public=True)
def download_shared(request: HttpRequest, given: shapes.Ticket) -> HttpResponse:  # noqa: ARG001
    return _as_pdf(sharing.file_of_share(given.secret, given.ticket))


@checking.look(
    "/verification/{str:code}",
    _("A document by its code"),
    shapes.PublicDocument,
    public=True,
    about=_("Without signing in: what it is, for whom (masked), whether it still holds."),
)
def verify_code(request: HttpRequest, code: str) -> object:  # noqa: ARG001
    found = queries.document_by_code(code)
    if found is None:
        raise Missing(gettext_lazy("There is no such document."))
    return found


@checking.ask("/verification", _("A document by its file"), shapes.Verification, public=True)
def verify_file(
    request: HttpRequest,  # noqa: ARG001
    file: Annotated[UploadedFile, File(description=_("The PDF. It is checked and forgotten."))],
) -> object:
    if (file.size or 0) > LARGEST:
        raise TooLarge(gettext_lazy("This file is larger than 20 MB. Documents of the city are much smaller."))
    return verify_pdf(file.read())


def qr_svg(text: str) -> str:
    """A QR code as SVG."""
    return str(segno.make(text, error="m").svg_inline(border=0, omitsize=True))


def _share(one: sharing.ShareView) -> dict[str, object]:
    plain = [name for name in shapes.Share.model_fields if name != "qr_svg"]
    picture = qr_svg(one.address) if one.address else ""
    return {name: getattr(one, name) for name in plain} | {"qr_svg": picture}


def _as_pdf(file: PdfFile) -> HttpResponse:
    response = HttpResponse(file.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
