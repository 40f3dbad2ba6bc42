"""Officers' stated reasons, and how each system was last seen answering."""

import uuid
from typing import ClassVar

from django.db import models

NOTE_LENGTH = 500


class Inquiry(models.Model):
    """An officer's stated reason for looking up one subject. Every pull she makes for it names it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    reason = models.CharField(max_length=60)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    subject_kind = models.CharField(max_length=10)
    subject_key = models.CharField(max_length=40)
    opened_by = models.CharField(max_length=100)
    agency = models.CharField(max_length=40)
    opened_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["opened_by", "-opened_at"], name="inquiry_by_officer"),
            models.Index(fields=["subject_key", "-opened_at"], name="inquiry_by_subject"),
        ]

    def __repr__(self) -> str:
        return f"<Inquiry {self.pk}>"


class SystemHealth(models.Model):
    """The latest word of any process on how a system answers; overwritten every few seconds while it is used."""

    system = models.CharField(max_length=60, primary_key=True)
    last_answer_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    last_failure = models.CharField(max_length=20, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    p50_ms = models.FloatField(null=True)
    skipped = models.BooleanField(default=False)
    report = models.CharField(max_length=500, blank=True)
    seen_at = models.DateTimeField()
