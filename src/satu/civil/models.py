"""What was registered for whom: one row a case, so that a letter has one number and a birth one NIK."""

import uuid
from typing import ClassVar

from django.db import models


class Counter(models.Model):
    """The last number given of a kind on a day. Taken last in a registration, so held briefly."""

    kind = models.CharField(max_length=10)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "day"], name="civil_counter_once")
        ]


class Birth(models.Model):
    """A birth certificate's entry. ``letter`` is the hospital's birth letter (empty: declared by F-2.03)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case_id = models.UUIDField(unique=True)
    number = models.CharField(max_length=30, unique=True)
    child_nik = models.CharField(max_length=16, unique=True)
    mother_nik = models.CharField(max_length=16)
    letter = models.CharField(max_length=60, blank=True)
    is_late = models.BooleanField()
    declared = models.JSONField(default=list)
    registered_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["letter"], condition=~models.Q(letter=""), name="civil_letter_is_used_once"
            )
        ]

    def __repr__(self) -> str:
        return f"<Birth {self.pk}>"


class Move(models.Model):
    """A letter of a move within the city."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case_id = models.UUIDField(unique=True)
    number = models.CharField(max_length=30, unique=True)
    registered_on = models.DateField()

    def __repr__(self) -> str:
        return f"<Move {self.pk}>"
