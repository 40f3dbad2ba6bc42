"""What did not get through: news for other systems and messages to people, each to be tried again at once."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from satu.desk.setup.policies import for_administrators
from satu.desk.told import told
from satu.hub.actions import tell_again
from satu.hub.queries import Untold
from satu.hub.queries import untold as untold_news
from satu.hub.telling import INTEGRATOR
from satu.identity.policies import actor_of
from satu.kernel.errors import Missing, SatuError
from satu.messaging.actions import retry_delivery
from satu.messaging.kinds import fill, the_kinds
from satu.messaging.queries import failed
from satu.messaging.types import DeliveryView
from satu.theme.wrong import wrong_with

#: By the hub's reasons.
_REASONS: Mapping[str, Promise] = MappingProxyType(
    {
        "deadline": gettext_lazy("It did not answer in time."),
        "unreachable": gettext_lazy("It cannot be reached."),
        "error": gettext_lazy("It has a fault."),
        "bad-reply": gettext_lazy("Its answer cannot be read."),
    }
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def untold(request: HttpRequest) -> HttpResponse:
    """Both lists, the oldest first. Nothing in them says whom it is about but an address, masked."""
    error, status = None, 200
    if request.method == "POST":
        try:
            _try_again(request)
        except SatuError as wrong:
            error, status = wrong, wrong.status
        else:
            return redirect(reverse("desk:setup-untold") + "?selesai=again")
    page = {
        "news": [(_why(one), one) for one in untold_news()],
        "messages": [(_subject(one), one) for one in failed()],
        "may_tell": actor_of(request).has_duty(INTEGRATOR),
        "told": told(request),
        "wrong": wrong_with(error),
    }
    return render(request, "desk/setup/untold.html", page, status=status)


def _why(one: Untold) -> str:
    """Why the last try failed, for a reader; what the system itself said is for ``satu hub untold``."""
    if not one.trouble:
        return ""
    if one.refused:
        return _("The system does not accept what it was told. Its operators can say what is wrong.")
    reason = one.trouble.partition(":")[0]
    return str(_REASONS.get(reason, _REASONS["error"]))


def _try_again(request: HttpRequest) -> None:
    """Raises what the action raises, and ``Missing`` for an id that is none."""
    by = actor_of(request)
    if telling := request.POST.get("telling"):
        tell_again(telling_id=_id(telling), by=by)
    else:
        retry_delivery(delivery_id=_id(request.POST.get("delivery", "")), by=by)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing(_("There is nothing of this kind to try again.")) from None


def _subject(message: DeliveryView) -> str:
    """What it is called, without what it says; its code for a kind that the city does not list any more."""
    kind = the_kinds().get(message.kind)
    return fill(str(kind.subject), dict.fromkeys(kind.values, "…")) if kind else message.kind
