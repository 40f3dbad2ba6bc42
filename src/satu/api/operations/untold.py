"""What did not get through, for those who look after Satu: what systems were not told, and messages to people."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.schemas import setup as shapes
from satu.desk.setup.policies import require_administrator
from satu.hub import actions as hub
from satu.hub import queries as hub_queries
from satu.messaging import actions as messaging
from satu.messaging import queries as messages

chapter = Chapter(_("Set-up of the city"), "officer")


@chapter.look("/setup/untold", _("What did not get through"), shapes.NotGotThrough)
def list_untold(request: HttpRequest) -> dict[str, object]:
    require_administrator(actor(request))
    return {"news": hub_queries.untold(), "messages": messages.failed()}


@chapter.act(
    "/setup/untold/news/{uuid:telling_id}", _("Tell a system again at once"), None, how="with-the-action", status=204
)
def tell_again(request: HttpRequest, telling_id: UUID) -> None:
    by = actor(request)
    require_administrator(by)
    hub.tell_again(telling_id=telling_id, by=by)


@chapter.act(
    "/setup/untold/messages/{uuid:delivery_id}",
    _("Send a message again at once"),
    None,
    how="with-the-action",
    status=204,
)
def send_message_again(request: HttpRequest, delivery_id: UUID) -> None:
    by = actor(request)
    require_administrator(by)
    messaging.retry_delivery(delivery_id=delivery_id, by=by)
