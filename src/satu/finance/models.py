"""Bills, the codes they are paid by, the money that arrived, and what happened. The rules stand in the database."""

from uuid import uuid4

from django.db import models
from django.db.models import Q


class Bill(models.Model):
    """What somebody owes for one thing. Only its state changes: open, then paid, expired or cancelled; refunded."""

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        EXPIRED = "expired"
        CANCELLED = "cancelled"
        REFUNDED = "refunded"

    id = models.UUIDField(primary_key=True, default=uuid4)
    number = models.CharField(max_length=25, unique=True)
    idempotency_key = models.CharField(max_length=200, unique=True)
    payer_nik = models.CharField(max_length=16)
    case_reference = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField()
    description_id = models.CharField(max_length=200)
    description_en = models.CharField(max_length=200)
    account_code = models.CharField(max_length=40)
    account_edition = models.CharField(max_length=80)
    due = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=100)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bill_amount"),
            models.CheckConstraint(condition=Q(payer_nik__regex=r"^[0-9]{16}$"), name="bill_payer_nik"),
            models.CheckConstraint(condition=~Q(idempotency_key=""), name="bill_idempotency_key"),
            models.CheckConstraint(condition=~Q(description_id="") & ~Q(description_en=""), name="bill_description"),
            models.CheckConstraint(condition=~Q(account_code="") & ~Q(account_edition=""), name="bill_account"),
            models.CheckConstraint(condition=Q(due__gt=models.F("created_at")), name="bill_due_later"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "paid", "expired", "cancelled", "refunded"]), name="bill_state"
            ),
        ]
        indexes = [
            models.Index(fields=["due"], condition=Q(state="open"), name="bill_open_by_due"),
            models.Index(fields=["payer_nik", "-created_at"], name="bill_of_payer"),
            models.Index(fields=["case_reference"], name="bill_of_case"),
        ]

    def __repr__(self) -> str:
        return f"<Bill {self.pk}>"


class Charge(models.Model):
    """The code at the provider by which a bill can be paid. Append-only."""

    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, primary_key=True)
    reference = models.CharField(max_length=80, unique=True)
    payload = models.CharField(max_length=512)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)


class Payment(models.Model):
    """Money that arrived, as the provider confirmed it. It may be refunded once; nothing else changes."""

    class Standing(models.TextChoices):
        SETTLES = "settles"
        LATE = "late"
        CANCELLED = "cancelled"
        EXTRA = "extra"
        OTHER_AMOUNT = "other-amount"

    id = models.UUIDField(primary_key=True, default=uuid4)
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments")
    transaction = models.CharField(max_length=80, unique=True)
    amount = models.BigIntegerField()
    paid_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    standing = models.CharField(max_length=12, choices=Standing)
    refund_asked_at = models.DateTimeField(null=True)
    refund_asked_by = models.CharField(max_length=100, blank=True)
    refund_reason = models.CharField(max_length=300, blank=True)
    refund_reference = models.CharField(max_length=80, blank=True)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bill"], condition=Q(standing="settles"), name="one_payment_a_bill"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount"),
            models.CheckConstraint(
                condition=Q(standing__in=["settles", "late", "cancelled", "extra", "other-amount"]),
                name="payment_standing",
            ),
            models.CheckConstraint(
                condition=Q(refund_asked_at=None, refund_asked_by="", refund_reason="")
                | (Q(refund_asked_at__isnull=False) & ~Q(refund_asked_by="") & ~Q(refund_reason="")),
                name="refund_asked_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(refunded_at=None, refund_reference="")
                | (Q(refunded_at__isnull=False, refund_asked_at__isnull=False) & ~Q(refund_reference="")),
                name="refund_done_after_it_was_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["paid_at"], name="payment_by_day"),
            models.Index(fields=["refunded_at"], condition=Q(refunded_at__isnull=False), name="refund_by_day"),
            models.Index(
                fields=["recorded_at"],
                condition=~Q(standing="settles") & Q(refunded_at=None),
                name="payment_to_refund",
            ),
        ]


class Event(models.Model):
    """What happened to a bill, or came for one that we do not know. Append-only."""

    class Kind(models.TextChoices):
        BILLED = "billed"
        CODE_MADE = "code-made"
        CODE_REFUSED = "code-refused"
        CALLBACK = "callback"
        PAID = "paid"
        STRAY = "stray"
        EXPIRED = "expired"
        CANCELLED = "cancelled"
        REFUND_ASKED = "refund-asked"
        REFUNDED = "refunded"

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=100)
    callback = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - unique where there is one
    detail = models.JSONField(default=dict)
