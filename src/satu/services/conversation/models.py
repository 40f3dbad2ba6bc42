"""Files that people send, and what they write to each other on a case. The database holds the rules."""

import uuid

from django.db import models
from django.db.models import Q

from satu.services.models import Case, Task


class Attachment(models.Model):
    """A file that somebody sent: an upload of the package, or to an officer's task.

    Only what a scanner found clean has a row. What a row says never changes; it may be taken away while the case is
    a draft or back with its applicant, or the task is open. The database holds to that.
    """

    class Scan(models.TextChoices):
        CLEAN = "clean"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="attachments")
    key = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=120, unique=True)
    scan = models.CharField(max_length=10, choices=Scan)
    scanner = models.CharField(max_length=80)
    by = models.CharField(max_length=100)
    by_kind = models.CharField(max_length=10)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"],
                condition=Q(task=None, removed_at=None) & ~Q(key=""),
                name="attachment_one_an_upload",
            ),
            models.UniqueConstraint(
                fields=["task", "key", "sha256"],
                condition=Q(task__isnull=False, removed_at=None),
                name="attachment_once_a_task",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_is_not_empty"),
            models.CheckConstraint(condition=Q(scan="clean"), name="attachment_is_clean"),
        ]
        indexes = [models.Index(fields=["case", "at"], name="attachment_of_case")]

    def __repr__(self) -> str:
        return f"<Attachment {self.pk}>"
