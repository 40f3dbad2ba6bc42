"""The readers of notices: an inbox for whose it is, deliveries for officers and operators."""

from collections.abc import Iterable
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from satu.identity.queries import account_id_of, contact_points_of
from satu.identity.types import Actor, Channel
from satu.kernel.city import Label
from satu.kernel.errors import Missing, NotAllowed
from satu.messaging import types
from satu.messaging.kinds import Kind, fill, the_kinds
from satu.messaging.models import Delivery, Notice, Unsubscription
from satu.messaging.types import CHANNELS, ChannelView, DeliveryView, NoticeView, Reference, Value

UNREAD_SHOWN = 99
_QUEUED_TOO_LONG = timedelta(minutes=10)


def inbox_of(by: Actor, *, limit: int = 20, before: UUID | None = None) -> list[NoticeView]:
    """Her notices, the newest first, in the current language; ``before`` is the last one of the page before."""
    mine = Notice.objects.filter(account_id=account_id_of(by) or 0)
    if before is not None:
        last = mine.filter(pk=before).only("at").first()
        mine = mine.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk)) if last else mine.none()
    rows = mine.order_by("-at", "-id").prefetch_related(Prefetch("deliveries", Delivery.objects.order_by("channel")))
    return [_notice(row) for row in rows[:limit]]


def notice_of(notice_id: UUID, *, by: Actor) -> NoticeView:
    """One of her notices. Raises ``Missing``."""
    row = Notice.objects.filter(pk=notice_id, account_id=account_id_of(by) or 0).first()
    if row is None:
        raise Missing(_("There is no such notice."))
    return _notice(row)


def unread_count(by: Actor) -> int:
    """How many she has not read; at most one more than ``UNREAD_SHOWN``."""
    unread = Notice.objects.filter(account_id=account_id_of(by) or 0, read_at=None)
    return unread[: UNREAD_SHOWN + 1].count()


def channels_of(by: Actor) -> list[ChannelView]:
    """The channels besides the inbox: her addresses, and whether she wants notices there."""
    points = contact_points_of(by)
    unwanted = set(Unsubscription.objects.filter(account_id=account_id_of(by) or 0).values_list("channel", flat=True))
    return [
        ChannelView(
            channel=channel,
            wanted=channel not in unwanted,
            verified=next((p for p in points if p.channel == channel and p.verified), None),
            waiting=next((p for p in points if p.channel == channel and not p.verified), None),
        )
        for channel in CHANNELS
    ]


def deliveries(reference: str, *, by: Actor) -> list[Reference]:
    """What went out about a thing, oldest first; for officers who may see the thing, which the caller has checked."""
    if by.kind == "resident":
        raise NotAllowed(_("This page is for officers of the city."))
    rows = Notice.objects.filter(reference=reference).order_by("at", "id").prefetch_related("deliveries")
    return [
        Reference(kind=row.kind, at=row.at, read_at=row.read_at, deliveries=_delivery_views(row.deliveries.all()))
        for row in rows
    ]


def failed(*, limit: int = 200) -> list[DeliveryView]:
    """What did not go out: failed, with or without another try planned, and what waits longer than ten minutes."""
    late = Q(state=Delivery.State.QUEUED, queued_at__lt=timezone.now() - _QUEUED_TOO_LONG)
    rows = Delivery.objects.filter(Q(state=Delivery.State.FAILED) | late).order_by("queued_at", "id")
    return [_delivery(row) for row in rows[:limit]]


def values_of(notice: Notice) -> dict[str, Value]:
    return {name: Label(**value) if isinstance(value, dict) else value for name, value in notice.values.items()}


def _notice(row: Notice) -> NoticeView:
    kind: Kind | None = the_kinds().get(row.kind)
    values = values_of(row)
    return NoticeView(
        id=row.pk,
        kind=row.kind,
        subject=fill(str(kind.subject), values) if kind else row.kind,
        body=fill(str(kind.body), values) if kind else "",
        link=fill(kind.link, values) if kind else "",
        at=row.at,
        read=row.read_at is not None,
        deliveries=_delivery_views(row.deliveries.all()),
    )


def _delivery_views(rows: Iterable[Delivery]) -> tuple[DeliveryView, ...]:
    return tuple(_delivery(row) for row in sorted(rows, key=lambda row: row.channel))


def _delivery(row: Delivery) -> DeliveryView:
    return DeliveryView(
        id=row.pk,
        kind=row.kind,
        channel=cast("Channel", row.channel),
        shown_address=row.shown_address,
        state=cast("types.State", row.state),
        reason=row.reason,
        attempts=row.attempts,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        next_attempt_at=row.next_attempt_at,
    )
