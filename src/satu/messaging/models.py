"""Notices (the inbox itself) and their deliveries on other channels. The database knows which states there are."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Notice(models.Model):
    """What somebody was told. Being here is being in her inbox; ``values`` fill the city's text of the kind."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    reference = models.CharField(max_length=100)
    idempotency_key = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("account"), F("at").desc(), F("id").desc(), name="notice_inbox"),
            models.Index(fields=["account"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["reference"], name="notice_by_reference"),
        ]


class Delivery(models.Model):
    """One message to one contact point: of a notice, or the code that verifies the contact point.

    ``id`` with ``round`` is the key under which the provider knows it. A round begins anew only when the provider
    itself has said that the message did not arrive; any other repetition is the same message.
    """

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="deliveries")
    contact_point = models.UUIDField()
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=5, choices=Channel)
    shown_address = models.CharField(max_length=260)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=30, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    attempts = models.PositiveIntegerField(default=0)
    provider_reference = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_a_channel"),
            models.CheckConstraint(
                condition=Q(state="queued", sent_at=None, delivered_at=None, reason="", next_attempt_at=None)
                | Q(state="sent", sent_at__isnull=False, delivered_at=None, reason="", next_attempt_at=None)
                | Q(
                    state="delivered",
                    sent_at__isnull=False,
                    delivered_at__isnull=False,
                    reason="",
                    next_attempt_at=None,
                )
                | (Q(state="failed", delivered_at=None, failed_at__isnull=False) & ~Q(reason=""))
                | (Q(state="dropped", sent_at=None, delivered_at=None, next_attempt_at=None) & ~Q(reason="")),
                name="delivery_state_fits_its_times",
            ),
            models.CheckConstraint(
                condition=~Q(sent_at__isnull=False, attempts=0), name="delivery_sent_was_attempted"
            ),
        ]
        indexes = [
            models.Index(fields=["failed_at"], condition=Q(state="failed"), name="delivery_failed"),
            models.Index(fields=["queued_at"], condition=Q(state="queued"), name="delivery_waiting"),
        ]

    @property
    def key(self) -> str:
        """The idempotency key towards the provider."""
        return f"{self.pk}.{self.round}"


class Unsubscription(models.Model):
    """A channel on which somebody does not want notices. The inbox is no channel: it stays."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=5, choices=Delivery.Channel)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "channel"], name="unsubscription_once")]
