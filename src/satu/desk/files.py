"""HTML for officers: the files of a case that their tasks are about."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from satu.identity.policies import actor_of, for_officers
from satu.services.actions import open_attachment
from satu.theme.files import as_download


@require_safe
@for_officers
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Each look stands in the applicant's access ledger."""
    return as_download(open_attachment(attachment_id=attachment_id, by=actor_of(request)))
