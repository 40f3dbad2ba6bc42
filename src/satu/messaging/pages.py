"""Where the SMS provider tells what became of a message."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from satu.kernel.errors import Missing
from satu.messaging import actions
from satu.messaging.ports import NotTaken
from satu.messaging.ports.sms import Forged, SmsPort


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def sms_status(request: HttpRequest) -> HttpResponse:
    """Signed news from the provider. What is not signed with its key changes nothing (403)."""
    try:
        actions.record_status(status=SmsPort().read_status(request.body, request.headers))
    except (Forged, NotTaken):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except Missing:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
