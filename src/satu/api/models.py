"""Requests that a caller gave an idempotency key, with the answer they got."""

from django.db import models
from django.db.models import Q


class KeyedRequest(models.Model):
    """One request under one key of one account: being carried out (``status`` empty), or answered.

    ``fingerprint`` is a digest of method, address and content: the key stands for this request and no other.
    ``lease`` names who carries it out, since ``begun_at``.
    """

    account = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    lease = models.UUIDField()
    begun_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="keyed_request_once"),
            models.CheckConstraint(
                condition=Q(status=None) | Q(status__gte=200, status__lt=300),
                name="keyed_request_keeps_what_was_done",
            ),
        ]
        indexes = [models.Index(fields=["begun_at"], name="keyed_request_by_age")]
