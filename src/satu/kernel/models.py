"""The outbox (news for higher layers) and the audit trail (who changed what)."""

from django.db import models


class OutboxEvent(models.Model):
    """One announcement, written in the transaction of the change it tells of."""

    name = models.CharField(max_length=100)
    payload = models.JSONField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(delivered_at=None), name="outbox_waiting"),
        ]


class AuditEntry(models.Model):
    """Who did what to which thing. Append-only: the database refuses update and delete."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    thing = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["thing", "id"], name="audit_by_thing")]
