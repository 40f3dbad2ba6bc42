"""What ``satu check`` says about notices: the city's texts fit, their links lead somewhere, a way out is set up."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.urls import Resolver404, resolve

from satu.kernel import endpoints
from satu.kernel.citydata import CityDataError
from satu.messaging.kinds import fill, the_kinds

_NEEDED = {
    "MAIL_HOST": "e-mails",
    "SMS_URL": "SMS",
    "SMS_KEY_ID": "SMS",
    "SMS_SECRET": "SMS",
    "SMS_STATUS_SECRET": "SMS",
}


@register
def notices_can_be_sent(app_configs: Sequence[Any] | None, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    return [*_texts(), *(() if settings.DEVELOPMENT else _ways_out())]


def _texts() -> Iterator[CheckMessage]:
    try:
        kinds = the_kinds()
    except CityDataError as error:
        yield Error(str(error), id="satu.E020")
        return
    for kind in kinds.values():
        sample = dict.fromkeys(kind.values, str(UUID(int=0)))
        try:
            resolve(fill(kind.link, sample) or "/")
        except Resolver404:
            yield Error(
                f"messages/{kind.name}.yaml: the link {kind.link} leads to no page.",
                hint="It is the address of a page of the portal, such as /permohonan/{case}/.",
                id="satu.E021",
            )


def _ways_out() -> Iterator[CheckMessage]:
    for name, what in _NEEDED.items():
        if not endpoints.is_set(name):
            yield Warning(
                f"SATU_{name} is not set: {what} wait in the queue and fail.",
                hint="See docs/guides/operate.md, on notices.",
                id="satu.W020",
            )
