"""Sums of what has happened. All of it can be made again from the events of requests (``satu insight rebuild``)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Request(models.Model):
    """One request that was sent, in numbers: what the sums of its day are made of. No name, no NIK, no answer.

    ``due_on``: the last day that its service promises, moved by the days in which the applicant had it; ``None``
    while she has it. ``bucket``: how long it took to its document (``kernel.spread``).
    """

    case = models.UUIDField(primary_key=True)
    sent_on = models.DateField()
    service = models.CharField(max_length=60)
    agency = models.CharField(max_length=40)
    area = models.CharField(max_length=13, blank=True)
    paper_fields = models.PositiveSmallIntegerField()
    typed = models.PositiveSmallIntegerField()
    photocopies = models.PositiveSmallIntegerField()
    files = models.PositiveSmallIntegerField()
    visits = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=9, blank=True)
    touched = models.BooleanField()
    bucket = models.SmallIntegerField(null=True)
    due_on = models.DateField(null=True)
    in_time = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(outcome="issued", bucket__isnull=False) | (~Q(outcome="issued") & Q(bucket=None)),
                name="request_took_so_long_to_its_document",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["issued", "refused"], in_time__isnull=False)
                | Q(outcome__in=["", "withdrawn"], in_time=None),
                name="request_decided_in_time_or_not",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sent_on"], name="request_of_day"),
            models.Index(fields=["due_on"], condition=Q(outcome=""), name="request_still_open"),
        ]


class Day(models.Model):
    """The requests sent on a day, by service and agency. What is spared is of those with a document."""

    day = models.DateField()
    service = models.CharField(max_length=60)
    agency = models.CharField(max_length=40)
    requests = models.PositiveIntegerField()
    documents = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    paper_fields = models.PositiveIntegerField()
    typed = models.PositiveIntegerField()
    files = models.PositiveIntegerField()
    photocopies = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    touch_free = models.PositiveIntegerField()
    in_time = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "service", "agency"], name="day_once"),
        ]


class DayArea(models.Model):
    """The same by kelurahan: apart, because there are a hundred times as many, and most pages need none of them."""

    day = models.DateField()
    service = models.CharField(max_length=60)
    area = models.CharField(max_length=13, blank=True)
    requests = models.PositiveIntegerField()
    documents = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "service", "area"], name="day_area_once"),
        ]


class DayTime(models.Model):
    """How many documents of a day's requests took how long, by service and agency."""

    day = models.DateField()
    service = models.CharField(max_length=60)
    agency = models.CharField(max_length=40)
    bucket = models.SmallIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "service", "agency", "bucket"], name="day_time_once"),
        ]


class Position(models.Model):
    """How far the events have been counted: the one row. Up to ``event`` all; of those after it, ``seen`` many."""

    event = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="position_is_one"),
        ]
