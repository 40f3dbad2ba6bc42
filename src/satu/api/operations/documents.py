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
from satu.documents import queries
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
    file = queries.pdf_for(document_id, by=actor(request))
    response = HttpResponse(file.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@chapter.look("/documents/{uuid:document_id}/share", _("How somebody else can check it"), shapes.Share)
def share_document(request: HttpRequest, document_id: UUID) -> dict[str, object]:
    document = queries.document_for(document_id, by=actor(request))
    picture = segno.make(document.verify_url, error="m").svg_inline(border=0, omitsize=True)
    return {"code": document.code, "verify_url": document.verify_url, "qr_svg": picture}


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
