"""A resident's objection to a refusal."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from satu.identity.policies import actor_of, for_residents
from satu.kernel.errors import InvalidInput
from satu.portal.pages.cases import with_objection
from satu.services import actions


@require_POST
@for_residents
def object_to_refusal(request: HttpRequest, case_id: UUID) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        actions.object_to_refusal(case_id=case_id, text=text, by=actor_of(request))
    except InvalidInput as error:
        return with_objection(request, case_id, text, error)
    return redirect(reverse("portal:case", args=[case_id]) + f"?terkirim=keberatan:{case_id}#keberatan")
