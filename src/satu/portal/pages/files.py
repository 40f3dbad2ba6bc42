"""The files of a request: taken from a form without JavaScript, and given out again."""

from collections.abc import Mapping
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from satu.identity.policies import actor_of, for_residents
from satu.kernel.errors import SatuError
from satu.services import actions
from satu.services.queries import uploads_for
from satu.theme.files import as_download


@require_safe
@for_residents
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    return as_download(actions.open_attachment(attachment_id=attachment_id, by=actor_of(request)))


def take_files(
    request: HttpRequest, case_id: UUID, answers: Mapping[str, str], *, remove: str = ""
) -> Mapping[str, object]:
    """Keep what was chosen and take away what was asked to go. A sentence for each file that was not taken.

    What these answers do not ask for is not looked at, as with an answer to a question that is not asked.
    """
    by = actor_of(request)
    errors: dict[str, object] = {}
    for upload in uploads_for(case_id, answers, by=by):
        sent = request.FILES.get(upload.key) if upload.is_asked else None
        try:
            if isinstance(sent, UploadedFile):
                name, content = sent.name or "", sent.read()
                actions.attach(case_id=case_id, key=upload.key, name=name, content=content, by=by)
            elif upload.attachment is not None and remove == upload.key:
                actions.remove_attachment(attachment_id=upload.attachment.id, by=by)
        except SatuError as error:
            errors[upload.key] = error.sentence
    return errors
