"""Offers: a service that waits, filled in, because something happened. The outbox or a vertical says what."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import SYSTEM, Actor
from satu.kernel.city import Label
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.messaging.actions import notify
from satu.services.actions.sending import start_case
from satu.services.models import Offer
from satu.services.packages import the_package
from satu.services.policies import applicant
from satu.services.subjects import choice_about


def offer_case(
    *,
    service: str,
    about: Nik,
    because: Label,
    idempotency_key: str,
    until: date,
    by: Actor = SYSTEM,
    to: Nik | None = None,
    business: str = "",
    answers: Mapping[str, str] | None = None,
) -> UUID:
    """Offer a service to ``to`` (herself, if left out) about somebody, or a business of hers; she is told.

    Nothing about anybody is pulled until she takes it up. The same ``idempotency_key`` is the same offer, also one
    that she has taken or declined. Raises ``Missing`` (no such service), ``NotAllowed`` for residents and
    ``InvalidInput`` for a day that is past. In the caller's transaction, if there is one.
    """
    if by.kind == "resident":
        raise NotAllowed(_("Only the city offers a service."))
    if until < timezone.localdate():
        raise InvalidInput(_("An offer holds until a day that is still to come."), field="until")
    package = the_package(service)
    turned_to = to or about
    with transaction.atomic():
        offer, is_new = Offer.objects.get_or_create(
            idempotency_key=idempotency_key,
            defaults={
                "service": service,
                "nik": turned_to.value,
                "subject_nik": about.value,
                "business": business,
                "because": {"id": because.id, "en": because.en},
                "answers": dict(answers or {}),
                "until": until,
            },
        )
        if is_new:
            notify(
                kind="service-offered",
                values={"service": package.name, "because": because},
                reference=f"offer:{offer.pk}",
                idempotency_key=f"offer:{offer.pk}",
                nik=turned_to,
                by=by,
            )
    return offer.pk


def take_offer(*, offer_id: UUID, by: Actor) -> UUID:
    """Take an offer up: its draft, with the facts pulled and the answers filled in. Twice is once.

    Raises ``Missing`` for somebody else's, ``Conflict`` for one that is over, and what ``start_case`` raises.
    """
    offer = _own(offer_id, by)
    if offer.state == Offer.State.TAKEN:
        assert offer.case_id is not None  # noqa: S101 - the database holds it
        return offer.case_id
    _refuse_over(offer)
    package = the_package(offer.service)
    about = choice_about(package, by=by, nik=Nik(offer.subject_nik), business=offer.business)
    case_id = start_case(service=offer.service, by=by, about=about)
    with transaction.atomic():
        offer = _own(offer_id, by, lock=True)
        if offer.state == Offer.State.OPEN and not Offer.objects.filter(case_id=case_id).exists():
            offer.state, offer.case_id, offer.ended_at = Offer.State.TAKEN, case_id, timezone.now()
            offer.save(update_fields=["state", "case_id", "ended_at"])
    return case_id


def decline_offer(*, offer_id: UUID, by: Actor) -> None:
    """She does not want it. Twice is once. Raises ``Missing`` and ``Conflict``."""
    with transaction.atomic():
        offer = _own(offer_id, by, lock=True)
        if offer.state != Offer.State.DECLINED:
            _refuse_over(offer)
            offer.state, offer.ended_at = Offer.State.DECLINED, timezone.now()
            offer.save(update_fields=["state", "ended_at"])


def _own(offer_id: UUID, by: Actor, *, lock: bool = False) -> Offer:
    rows = Offer.objects.select_for_update() if lock else Offer.objects.all()
    offer = rows.filter(pk=offer_id, nik=applicant(by).value).first()
    if offer is None:
        raise Missing(_("There is no such offer."))
    return offer


def _refuse_over(offer: Offer) -> None:
    if offer.state != Offer.State.OPEN or offer.until < timezone.localdate():
        raise Conflict(_("This offer is over. You can still ask for the service yourself."))
