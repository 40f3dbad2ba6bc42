"""The only readers of bills and payments that other packages use."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.finance.models import Bill, Charge, Payment
from satu.finance.policies import may_read
from satu.finance.ports.chosen import the_provider
from satu.finance.ports.port import ProviderUnavailable
from satu.finance.types import (
    BillState,
    BillView,
    Code,
    PaymentView,
    Reconciliation,
    ReconciliationLine,
    RevenueAccount,
    Standing,
    ToRefund,
)
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.errors import Missing
from satu.kernel.identifiers import Nik
from satu.kernel.money import Rupiah

_STATES: dict[str, BillState] = {state: state for state in get_args(BillState)}
_STANDINGS: dict[str, Standing] = {standing: standing for standing in get_args(Standing)}
_LISTED = 200


def bill_for(bill_id: UUID, *, by: Actor) -> BillView:
    """One bill. Raises ``Missing``, also when it is not for ``by`` to know."""
    row = Bill.objects.select_related("charge").filter(pk=bill_id).first()
    if row is None or not may_read(by, row):
        raise Missing(_("There is no such bill."))
    return view(row)


def bills_of_case(case_reference: str) -> list[BillView]:
    """Every bill of a case, oldest first. The caller knows that she may see the case."""
    rows = Bill.objects.select_related("charge").filter(case_reference=case_reference).order_by("created_at", "pk")
    return _views(rows)


def bills_of(payer: Nik, *, limit: int = 100, before: UUID | None = None) -> list[BillView]:
    """A person's bills, newest first. The caller knows that she is the one who asks.

    ``before`` is the last one of the page before.
    """
    rows = Bill.objects.select_related("charge").filter(payer_nik=payer.value).order_by("-created_at", "-pk")
    if before is not None:
        last = Bill.objects.filter(payer_nik=payer.value, pk=before).only("created_at").first()
        older = (
            Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk) if last else Q(pk=None)
        )
        rows = rows.filter(older)
    return _views(rows[:limit])


def reconciliation(day: date) -> Reconciliation:
    """Our payments and refunds of a day beside the provider's settlement list, and all money that has to go back.

    Asks the provider. Raises ``ProviderUnavailable``.
    """
    theirs = {(line.kind, line.transaction): line for line in the_provider().settlement(day)}
    ours = {(line.kind, line.transaction): line for line in _ours(day)}
    lines = [
        ReconciliationLine(
            kind=kind,
            transaction=transaction,
            bill_number=(ours.get((kind, transaction)) or theirs[kind, transaction]).bill_number,
            ours=ours[kind, transaction].ours if (kind, transaction) in ours else None,
            theirs=theirs[kind, transaction].amount if (kind, transaction) in theirs else None,
        )
        for kind, transaction in sorted(ours.keys() | theirs.keys())
    ]
    return Reconciliation(day=day, lines=lines, to_refund=_to_refund())


def view(row: Bill) -> BillView:
    """A bill as others see it."""
    return _view(row, Payment.objects.filter(bill=row).order_by("paid_at", "pk"))


def _views(rows: QuerySet[Bill]) -> list[BillView]:
    """Two queries, however many there are."""
    payments: dict[UUID, list[Payment]] = {}
    bills = list(rows)
    for payment in Payment.objects.filter(bill__in=bills).order_by("paid_at", "pk"):
        payments.setdefault(payment.bill_id, []).append(payment)
    return [_view(bill, payments.get(bill.pk, ())) for bill in bills]


def _view(row: Bill, payments: Iterable[Payment]) -> BillView:
    return BillView(
        id=row.pk,
        number=row.number,
        case_reference=row.case_reference,
        amount=Rupiah(row.amount),
        description=Label(row.description_id, row.description_en),
        account=RevenueAccount(row.account_code, row.account_edition),
        due=row.due,
        state=_STATES[row.state],
        created_at=row.created_at,
        code=_code(row),
        payments=[payment_view(payment) for payment in payments],
    )


def payment_view(payment: Payment) -> PaymentView:
    return PaymentView(
        id=payment.pk,
        transaction=payment.transaction,
        amount=Rupiah(payment.amount),
        paid_at=payment.paid_at,
        standing=_STANDINGS[payment.standing],
        refund=_refund(payment),
        refunded_at=payment.refunded_at,
    )


def _refund(payment: Payment) -> Literal["none", "asked", "done"]:
    if payment.refunded_at is not None:
        return "done"
    return "asked" if payment.refund_asked_at is not None else "none"


def _code(row: Bill) -> Code | None:
    try:
        charge = row.charge
    except Charge.DoesNotExist:
        return None
    try:
        simulator = the_provider().simulator(charge.reference)
    except ProviderUnavailable:
        simulator = None
    return Code(payload=charge.payload, expires_at=charge.expires_at, simulator=simulator)


def _ours(day: date) -> list[ReconciliationLine]:
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    payments = Payment.objects.select_related("bill")
    paid = payments.filter(paid_at__gte=begins, paid_at__lt=ends).order_by("paid_at", "pk")
    refunded = payments.filter(refunded_at__gte=begins, refunded_at__lt=ends).order_by("refunded_at", "pk")
    return [_line("payment", row.transaction, row) for row in paid] + [
        _line("refund", row.refund_reference, row) for row in refunded
    ]


def _line(kind: Literal["payment", "refund"], transaction: str, row: Payment) -> ReconciliationLine:
    return ReconciliationLine(kind, transaction, row.bill.number, ours=Rupiah(row.amount), theirs=None)


def _to_refund() -> Sequence[ToRefund]:
    waiting = ~Q(standing=Payment.Standing.SETTLES) | Q(refund_asked_at__isnull=False)
    rows = Payment.objects.select_related("bill").filter(waiting, refunded_at=None).order_by("recorded_at", "pk")
    return [ToRefund(payment_view(row), row.bill.number) for row in rows[:_LISTED]]
