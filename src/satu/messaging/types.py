"""What a page, a command or another package sees of notices and their way out. Frozen, and without the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Channel, ContactPoint
from satu.kernel.city import Label

Value = str | Label
State = Literal["queued", "sent", "delivered", "failed", "dropped"]

CHANNELS: Mapping[Channel, str | Promise] = {"email": _("E-mail"), "sms": _("SMS")}

#: Why a message did not go out, for people.
REASONS: Mapping[str, str | Promise] = {
    "not-set-up": _("sending is not set up"),
    "unreachable": _("the provider does not answer"),
    "provider-error": _("the provider has a fault"),
    "login-refused": _("the provider refuses our login"),
    "address-refused": _("the provider refuses the address"),
    "undeliverable": _("nobody can be reached at the address"),
    "unsubscribed": _("unsubscribed from this channel"),
    "no-address": _("the address was removed"),
    "code-too-old": _("the code had expired"),
}


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """How far one message has come. ``sent`` means: the provider took it over; only ``delivered`` means it arrived.

    A failed one with ``next_attempt_at`` will be tried again by itself.
    """

    id: UUID
    kind: str
    channel: Channel
    shown_address: str
    """Masked: ``s•••@warga.example``."""
    state: State
    reason: str
    attempts: int
    queued_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    next_attempt_at: datetime | None

    @property
    def channel_label(self) -> str:
        return str(CHANNELS[self.channel])

    @property
    def reason_label(self) -> str:
        return str(REASONS.get(self.reason, self.reason))


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One entry of an inbox, in the current language."""

    id: UUID
    kind: str
    subject: str = field(repr=False)
    body: str = field(repr=False)
    link: str
    at: datetime
    read: bool
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that went out about one thing: to the inbox (when, and when it was read) and on each channel."""

    kind: str
    at: datetime
    read_at: datetime | None
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One channel besides the inbox, as its owner sees it."""

    channel: Channel
    wanted: bool
    verified: ContactPoint | None
    waiting: ContactPoint | None

    @property
    def label(self) -> str:
        return str(CHANNELS[self.channel])
