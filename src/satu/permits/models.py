"""The register of licences. Its rules stand in the database: it takes no licence that breaks them."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q


class LicenceCounter(models.Model):
    """The last number of a kind and year; its row is locked while one is given, so there are no gaps."""

    prefix = models.CharField(max_length=5)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="permits_one_counter")]


class Licence(models.Model):
    """What somebody may do, where and until when. Of a licence, only its end changes, and once.

    ``slot`` is which of the ``most_at_once`` licences of its kind it is: each slot is taken once at a time, so nobody
    ever holds more than that, whoever grants.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        EXPIRED = "expired"
        REPLACED = "replaced"
        REVOKED = "revoked"

    id = models.UUIDField(primary_key=True, default=uuid4)
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=30)
    holder_nik = models.CharField(max_length=16)
    holder_name = models.CharField(max_length=120)
    business = models.CharField(max_length=13, blank=True)
    place_code = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    """What the city's ``permits.yaml`` keeps with it, by fact."""
    valid_from = models.DateField()
    valid_until = models.DateField()
    slot = models.SmallIntegerField(null=True)
    most_at_once = models.SmallIntegerField(null=True)
    """The figure that was in force when it was granted."""
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    case_id = models.UUIDField(unique=True)
    case_number = models.CharField(max_length=30)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    document_id = models.UUIDField(null=True)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    renewal_offered_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="licence_ends_after_begin"),
            models.CheckConstraint(condition=Q(holder_nik__regex=r"^[0-9]{16}$"), name="licence_holder_nik"),
            models.CheckConstraint(condition=Q(business__regex=r"^([0-9]{13})?$"), name="licence_business"),
            models.CheckConstraint(
                condition=Q(state__in=["active", "expired", "replaced", "revoked"]), name="licence_state"
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at=None) | (~Q(state="active") & Q(ended_at__isnull=False)),
                name="licence_ended_when_not_active",
            ),
            models.CheckConstraint(
                condition=Q(slot=None, most_at_once=None) | Q(slot__gte=1, slot__lte=F("most_at_once")),
                name="licence_slot",
            ),
            models.UniqueConstraint(
                fields=["kind", "holder_nik", "business", "slot"],
                condition=Q(state="active"),
                name="licence_one_a_slot",
            ),
            models.UniqueConstraint(
                fields=["kind", "holder_nik", "business", "place_code"],
                condition=Q(state="active") & ~Q(place_code=""),
                name="licence_one_a_place",
            ),
        ]
        indexes = [
            models.Index(fields=["holder_nik"], name="licence_of_holder"),
            models.Index(fields=["business"], condition=~Q(business=""), name="licence_of_business"),
            models.Index(fields=["kind", "-granted_at"], name="licence_by_kind"),
            models.Index(fields=["valid_until"], condition=Q(state="active"), name="licence_active_by_end"),
        ]

    def __repr__(self) -> str:
        return f"<Licence {self.pk}>"


class LicenceEvent(models.Model):
    """What happened to a licence, by whom and why. Append-only."""

    class Kind(models.TextChoices):
        GRANTED = "granted"
        DOCUMENT = "document"
        RENEWAL_OFFERED = "renewal-offered"
        REPLACED = "replaced"
        EXPIRED = "expired"
        REVOKED = "revoked"

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    actor_name = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
