"""Officers' stated reasons, how each system was last seen answering, and what systems are told."""

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


class SystemHealthHour(models.Model):
    """How often in an hour a system answered (by how long it took: ``kernel.spread``) or did not; only added to."""

    system = models.CharField(max_length=60)
    hour = models.DateTimeField()
    kind = models.CharField(max_length=8)
    bucket = models.SmallIntegerField(default=0)
    count = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "hour", "kind", "bucket"], name="system_hour_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["answered", "late", "silent", "spared"]), name="system_hour_kind"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["hour"], name="system_hour_by_hour")]


class Telling(models.Model):
    """One piece of news for one system. ``id`` goes with every try, so that the system can tell twice from once.

    What it says is kept only until it is told. ``unconcerned``: the system does not know whom it is about.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        TOLD = "told"
        UNCONCERNED = "unconcerned"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    system = models.CharField(max_length=60)
    tell = models.CharField(max_length=60)
    news = models.CharField(max_length=60)
    change = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=10)
    subject_key = models.CharField(max_length=40)
    parts = models.JSONField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    last_trouble = models.CharField(max_length=200, blank=True)
    announced_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    in_ledger = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "tell", "change", "subject_key"], name="telling_once_a_change"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", ended_at=None)
                | models.Q(state="refused", ended_at__isnull=False)
                | models.Q(state__in=["told", "unconcerned"], ended_at__isnull=False, parts=None),
                name="telling_forgets_what_it_said",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="telling_waiting"),
            models.Index(fields=["system", "subject_key", "announced_at"], name="telling_of_subject"),
            models.Index(
                fields=["announced_at"], condition=models.Q(state__in=["waiting", "refused"]), name="telling_not_done"
            ),
        ]

    def __repr__(self) -> str:
        return f"<Telling {self.pk} {self.state}>"
