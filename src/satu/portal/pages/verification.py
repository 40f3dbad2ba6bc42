"""Anybody may check a document: by its code, or by dropping the file."""

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satu.documents.codes import parse_code, show_code
from satu.documents.queries import document_by_code
from satu.documents.types import VerificationReport
from satu.documents.verification import verify_pdf
from satu.theme.wrong import wrong_with

_LARGEST = 20 * 1024 * 1024


@login_not_required
@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """The page that the QR code leads to: what it is, for whom (masked), whether it still holds."""
    document = document_by_code(code)
    page = {"code": code, "document": document}
    return render(request, "portal/verify_code.html", page, status=200 if document else 404)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_file(request: HttpRequest) -> HttpResponse:
    """Drop a PDF: it is checked and forgotten, nothing of it is kept. Or type the code (``kode``) of a paper."""
    if typed := request.GET.get("kode", "").strip():
        if code := parse_code(typed):
            return redirect("portal:verify-code", show_code(code))
        wrong = wrong_with({"kode": _("A code has 24 letters and digits, as it stands below the QR code.")})
        page: dict[str, object] = {"report": None, "wrong": wrong, "typed": typed[:100]}
        return render(request, "portal/verify_file.html", page, status=422)
    file = request.FILES.get("file")
    error = _("Choose a PDF file first.") if request.method == "POST" and not file else ""
    report: VerificationReport | None = None
    if isinstance(file, UploadedFile):
        if (file.size or 0) > _LARGEST:
            error = _("This file is larger than 20 MB. Documents of the city are much smaller.")
        else:
            report = verify_pdf(file.read())
    page = {
        "report": report,
        "typed": "",
        "wrong": wrong_with({"file": error} if error else None),
        "name": file.name if isinstance(file, UploadedFile) else "",
    }
    return render(request, "portal/verify_file.html", page, status=422 if error else 200)
