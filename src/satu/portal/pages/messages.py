"""A resident's messages to the officers of her request."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from satu.identity.policies import actor_of, for_residents
from satu.kernel.errors import SatuError
from satu.portal.pages.cases import with_message
from satu.services import actions
from satu.theme.talk import sent_files, sent_token


@require_POST
@for_residents
def message(request: HttpRequest, case_id: UUID) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        actions.post_message(
            case_id=case_id, text=text, token=sent_token(request), files=sent_files(request), by=actor_of(request)
        )
    except SatuError as error:
        if error.field is None:
            raise
        return with_message(request, case_id, text, error)
    return redirect(reverse("portal:case", args=[case_id]) + f"?terkirim=pesan:{case_id}#pesan")
