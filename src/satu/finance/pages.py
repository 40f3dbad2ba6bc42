"""The one address that the payment provider calls."""

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from satu.finance import actions
from satu.finance.ports.chosen import the_provider
from satu.finance.ports.port import Forged, ProviderUnavailable

_LARGEST = 32_768
_log = structlog.get_logger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def callback(request: HttpRequest) -> JsonResponse:
    """A signed callback. 200: taken (also when it came before); 401: not signed by the provider; 404: not ours."""
    if int(request.headers.get("Content-Length") or 0) > _LARGEST:
        return _answer(413, "too-large")
    try:
        news = the_provider().read_callback(headers=request.headers, body=request.body, now=timezone.now())
    except Forged as error:
        _log.warning("finance.callback_forged", why=str(error))
        return _answer(401, "not-signed")
    except ValueError:
        return _answer(422, "not-understood")
    except ProviderUnavailable:
        return _answer(503, "not-set-up")
    return _answer(200, "taken") if actions.take_callback(news) else _answer(404, "unknown-charge")


def _answer(status: int, what: str) -> JsonResponse:
    return JsonResponse({"result": what}, status=status)
