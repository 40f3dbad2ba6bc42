"""What officers keep for themselves about their queue, and who works on what."""

import uuid

from django.db import models
from django.db.models import F, Q


class SavedFilter(models.Model):
    """A filter of her queue under a name of her own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.CharField(max_length=100)
    name = models.CharField(max_length=40)
    conditions = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "name"], name="saved_filter_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_filter_has_a_name"),
        ]

    def __repr__(self) -> str:
        return f"<SavedFilter {self.pk}>"


class Taking(models.Model):
    """Who works on a task, until when: so that no two do the same. It forbids nobody anything."""

    task = models.OneToOneField("services.Task", primary_key=True, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("at")), name="taking_ends_after_it_begins")]
        indexes = [models.Index(fields=["by", "until"], name="taking_of_officer")]

    def __repr__(self) -> str:
        return f"<Taking {self.pk}>"
