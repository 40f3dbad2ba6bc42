"""A resident's documents."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from satu.documents.queries import documents_of, pdf_for
from satu.identity.policies import actor_of, for_residents


@require_safe
@for_residents
def documents(request: HttpRequest) -> HttpResponse:
    nik = actor_of(request).nik
    return render(request, "portal/documents.html", {"documents": documents_of(nik) if nik else []})


@require_safe
@for_residents
def pdf(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The signed file. Its name says which document it is, never whose number is in it."""
    file = pdf_for(document_id, by=actor_of(request))
    response = HttpResponse(file.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
