"""Life events: what the register announces makes the packages that name it offer themselves."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from satu.hub import purposes
from satu.hub.announced import who_was_announced
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.outbox import listen
from satu.services.actions import offer_case
from satu.services.packages import the_packages
from satu.services.types import LIFE_EVENTS, ServicePackage, Trigger


def _offer(package: ServicePackage, trigger: Trigger, payload: Mapping[str, Any]) -> None:
    """To whom it concerns, once for each event and service."""
    happened = f"{trigger.event}:{payload['change']}:{payload['resident']}"
    purpose = purposes.for_case(
        reference=f"event:{happened}",
        label=Label(
            id=f"Layanan yang ditawarkan: {package.name.id}",
            en=f"A service that is offered: {package.name.en}",
        ),
        legal_basis=package.legal_basis[0].id,
        facts=["person.nik"],
    )
    whom = who_was_announced(payload["resident"], whom=trigger.to, purpose=purpose, by=SYSTEM)
    if whom is None:
        return
    turned_to, about = whom
    offer_case(
        service=package.slug,
        about=about,
        to=turned_to,
        because=trigger.because,
        idempotency_key=f"{happened}:{package.slug}",
        until=timezone.localdate() + timedelta(days=trigger.days),
        answers=trigger.answers,
    )


def _listener(event: str) -> Callable[[Mapping[str, Any]], None]:
    def hear(payload: Mapping[str, Any]) -> None:
        for package in the_packages().values():
            for trigger in package.triggers:
                if trigger.event == event:
                    _offer(package, trigger, payload)

    return hear


for _event, _announced in LIFE_EVENTS.items():
    listen(_announced)(_listener(_event))
