"""The only writers of bills and payments. Nothing is believed but what the provider says when it is asked."""

import secrets
from datetime import date, datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.finance import events, qris
from satu.finance.models import Bill, Charge, Event, Payment
from satu.finance.policies import may_handle
from satu.finance.ports.chosen import the_provider
from satu.finance.ports.port import Callback, NewCharge, Paid, ProviderRefused
from satu.finance.queries import payment_view, view
from satu.finance.types import BillView, PaymentView, RevenueAccount
from satu.identity.types import SYSTEM, Actor
from satu.kernel import jobs
from satu.kernel.city import Label
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.kernel.money import Rupiah
from satu.kernel.outbox import announce

_log = structlog.get_logger(__name__)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AT_ONCE = 200


def bill(
    *,
    payer: Nik,
    case_reference: str,
    amount: Rupiah,
    description: Label,
    account: RevenueAccount,
    due: datetime,
    idempotency_key: str,
    by: Actor,
) -> BillView:
    """Bill somebody. The same ``idempotency_key`` gives the same bill; with another content it is a ``Conflict``.

    The provider is asked for the code by a job, so that a bill does not wait for it. When the bill is paid,
    ``finance.bill_paid`` is announced. Raises ``NotAllowed`` and ``InvalidInput``, too.
    """
    _refuse_others(by)
    wanted = {
        "payer_nik": payer.value,
        "case_reference": case_reference,
        "amount": int(amount),
        "description_id": description.id,
        "description_en": description.en,
        "account_code": account.code,
        "account_edition": account.edition,
        "due": due,
    }
    with transaction.atomic():
        row = Bill.objects.filter(idempotency_key=idempotency_key).first() or _begin(wanted, idempotency_key, by)
        if any(getattr(row, name) != value for name, value in wanted.items()):
            raise Conflict(_("There is another bill under this key already."))
        return view(row)


def cancel_bill(*, bill_id: UUID, reason: str, by: Actor) -> BillView:
    """Take an open bill back; its code is made unpayable. Raises ``Conflict`` when it is paid or past."""
    _refuse_others(by)
    with transaction.atomic():
        row = _locked(bill_id)
        if row.state == Bill.State.CANCELLED:
            return view(row)
        if row.state != Bill.State.OPEN:
            raise Conflict(_("Only an open bill can be cancelled."))
        _move(row, Bill.State.CANCELLED)
        _note(row, Event.Kind.CANCELLED, by, reason=reason)
        jobs.defer("finance.void_code", queue="payments", arguments={"bill_id": str(row.pk)})
        return view(row)


def refund(*, payment_id: UUID, reason: str, by: Actor) -> PaymentView:
    """Give money back, whole: a payment that settled its bill, or one that settled nothing.

    A job asks the provider until it has done it; the bill says *refunded* only then. Asking twice refunds once.
    """
    _refuse_others(by)
    if not reason.strip():
        raise InvalidInput(_("Say why the money goes back."), field="reason")
    with transaction.atomic():
        payment = Payment.objects.select_for_update().filter(pk=payment_id).select_related("bill").first()
        if payment is None:
            raise Missing(_("There is no such payment."))
        if payment.refund_asked_at is None:
            payment.refund_asked_at, payment.refund_asked_by = timezone.now(), by.reference
            payment.refund_reason = reason.strip()[:300]
            payment.save(update_fields=["refund_asked_at", "refund_asked_by", "refund_reason"])
            _note(payment.bill, Event.Kind.REFUND_ASKED, by, payment=str(payment.pk))
            jobs.defer("finance.finish_refund", queue="payments", arguments={"payment_id": str(payment.pk)})
        return payment_view(payment)


def make_code(*, bill_id: UUID) -> BillView:
    """Get the code of an open bill from the provider, once, and keep it if it asks for what the bill says.

    Raises ``ProviderUnavailable``, and ``ProviderRefused`` for a code that does not fit: it is shown to nobody.
    """
    row = _existing(bill_id)
    if row.state != Bill.State.OPEN or Charge.objects.filter(bill=row).exists():
        return view(row)
    provider = the_provider()
    made = provider.create_charge(
        NewCharge(
            reference=row.pk,
            bill_number=row.number,
            amount=Rupiah(row.amount),
            description=row.description_id,
            expires_at=row.due,
            notify_url=settings.SATU_PUBLIC_URL + reverse("payment-callback"),
        )
    )
    try:
        qris.check(made.payload, amount=Rupiah(row.amount), bill_number=row.number, merchant_id=provider.merchant_id)
    except qris.CodeRefused as error:
        _note(row, Event.Kind.CODE_REFUSED, SYSTEM, why=str(error))
        raise ProviderRefused(f"the code of bill {row.number}: {error}") from error
    with transaction.atomic():
        row = _locked(bill_id)
        _charge, created = Charge.objects.get_or_create(
            bill=row,
            defaults={"reference": made.reference, "payload": made.payload, "expires_at": made.expires_at},
        )
        if created:
            _note(row, Event.Kind.CODE_MADE, SYSTEM)
        return view(row)


def take_callback(callback: Callback) -> bool:
    """Write down that the provider called, and look into it by a job. The same callback is taken once.

    Returns whether it is about a bill of ours. What it claims is kept, and not believed.
    """
    with transaction.atomic():
        charge = Charge.objects.filter(reference=callback.charge).first()
        _event, created = Event.objects.get_or_create(
            callback=callback.id,
            defaults={
                "bill_id": charge.pk if charge else None,
                "kind": Event.Kind.CALLBACK,
                "by": "provider",
                "detail": {"charge": callback.charge, "claimed_amount": callback.claimed_amount},
            },
        )
        if charge is not None and created:
            jobs.defer("finance.check_bill", queue="payments", arguments={"bill_id": str(charge.pk)})
    return charge is not None


def check_bill(*, bill_id: UUID) -> BillView:
    """Ask the provider how a bill stands, and record it: paid, paid in a way that does not count, or expired.

    Any number at once, as often as anybody likes: a transaction is recorded once. Raises ``ProviderUnavailable``.
    """
    asked_at = timezone.now()
    paid = _ask(_existing(bill_id))
    with transaction.atomic():
        row = _locked(bill_id)
        if paid is not None and not Payment.objects.filter(transaction=paid.transaction).exists():
            _record(row, paid)
        if row.state == Bill.State.OPEN and row.due <= asked_at:
            _expire(row)
        return view(row)


def void_code(*, bill_id: UUID) -> None:
    """Make the code of a cancelled bill unpayable; or find that it has been paid meanwhile."""
    charge = Charge.objects.filter(bill_id=bill_id).first()
    if charge is None:
        return
    try:
        the_provider().void(charge.reference)
    except ProviderRefused:
        check_bill(bill_id=bill_id)


def finish_refund(*, payment_id: UUID) -> None:
    """Have the provider give the money back, and record that it has. Asking it twice gives the money back once."""
    payment = Payment.objects.select_related("bill__charge").get(pk=payment_id)
    if payment.refunded_at is not None or payment.refund_asked_at is None:
        return
    done = the_provider().refund(payment.bill.charge.reference, key=str(payment.pk))
    with transaction.atomic():
        row = _locked(payment.bill_id)
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.refunded_at is not None:
            return
        payment.refunded_at, payment.refund_reference = done.at, done.reference
        payment.save(update_fields=["refunded_at", "refund_reference"])
        _note(row, Event.Kind.REFUNDED, SYSTEM, payment=str(payment.pk))
        if payment.standing == Payment.Standing.SETTLES:
            _move(row, Bill.State.REFUNDED)
            _tell(events.BILL_REFUNDED, row)


def expire_due_bills() -> int:
    """Close the open bills whose time is over, each after a last look at the provider. Returns how many it saw."""
    due = Bill.objects.filter(state=Bill.State.OPEN, due__lte=timezone.now()).order_by("due")
    return sum(_checked(bill_id) for bill_id in list(due.values_list("pk", flat=True)[:_AT_ONCE]))


def repair(day: date) -> int:
    """Find payments of which no callback came: one call for the day's settlement list, one a lost callback.

    Returns how many were looked into. A payment for a charge that is not ours stays on the reconciliation list.
    """
    settled = [line for line in the_provider().settlement(day) if line.kind == "payment"]
    known = set(
        Payment.objects.filter(transaction__in=[line.transaction for line in settled]).values_list(
            "transaction", flat=True
        )
    )
    lost = [line.charge for line in settled if line.transaction not in known]
    bills = Charge.objects.filter(reference__in=lost).order_by("pk").values_list("pk", flat=True)
    return sum(_checked(bill_id) for bill_id in list(bills))


def _checked(bill_id: UUID) -> bool:
    """One bill that the provider gives no sense of does not hold up the others; a silent provider ends the round."""
    try:
        check_bill(bill_id=bill_id)
    except ProviderRefused as error:
        _log.warning("finance.check_refused", bill=str(bill_id), error=str(error))
        return False
    return True


def _begin(wanted: dict[str, object], idempotency_key: str, by: Actor) -> Bill:
    now = timezone.now()
    if not isinstance(wanted["due"], datetime) or wanted["due"] <= now:
        raise InvalidInput(_("A bill has to be due later than now."), field="due")
    if not isinstance(wanted["amount"], int) or wanted["amount"] <= 0:
        raise InvalidInput(_("A bill is for more than nothing."), field="amount")
    try:
        with transaction.atomic():
            row = Bill.objects.create(
                number=_new_number(now),
                idempotency_key=idempotency_key,
                created_at=now,
                created_by=by.reference,
                **wanted,
            )
            _note(row, Event.Kind.BILLED, by)
            jobs.defer("finance.make_code", queue="payments", arguments={"bill_id": str(row.pk)})
    except IntegrityError:
        row_of_another = Bill.objects.filter(idempotency_key=idempotency_key).first()
        if row_of_another is None:
            raise
        return row_of_another
    return row


def _new_number(now: datetime) -> str:
    """``TGH-261124-7K2M9QXD``: short enough for the bill number of a QRIS code (25), and not to be counted up."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"TGH-{timezone.localtime(now):%y%m%d}-{tail}"


def _ask(row: Bill) -> Paid | None:
    charge = Charge.objects.filter(bill=row).first()
    if charge is None:
        return None
    status = the_provider().status(charge.reference)
    if status.bill_number != row.number:
        raise ProviderRefused(f"asked about bill {row.number}, it answered about another one")
    return status.paid


def _record(row: Bill, paid: Paid) -> None:
    if row.state == Bill.State.OPEN and paid.paid_at > row.due:
        _expire(row)
    standing = _standing(row, paid)
    payment = Payment.objects.create(
        bill=row, transaction=paid.transaction, amount=int(paid.amount), paid_at=paid.paid_at, standing=standing
    )
    if standing == Payment.Standing.SETTLES:
        _move(row, Bill.State.PAID)
        _note(row, Event.Kind.PAID, SYSTEM, payment=str(payment.pk))
        _tell(events.BILL_PAID, row)
    else:
        _note(row, Event.Kind.STRAY, SYSTEM, payment=str(payment.pk), standing=str(standing))


def _standing(row: Bill, paid: Paid) -> Payment.Standing:
    if row.state == Bill.State.OPEN:
        fits = int(paid.amount) == row.amount
        return Payment.Standing.SETTLES if fits else Payment.Standing.OTHER_AMOUNT
    return {
        Bill.State.EXPIRED: Payment.Standing.LATE,
        Bill.State.CANCELLED: Payment.Standing.CANCELLED,
    }.get(Bill.State(row.state), Payment.Standing.EXTRA)


def _expire(row: Bill) -> None:
    _move(row, Bill.State.EXPIRED)
    _note(row, Event.Kind.EXPIRED, SYSTEM)
    _tell(events.BILL_EXPIRED, row)


def _move(row: Bill, state: Bill.State) -> None:
    row.state = state
    row.save(update_fields=["state"])


def _note(row: Bill, kind: Event.Kind, by: Actor, **detail: str) -> None:
    Event.objects.create(bill=row, kind=kind, by=by.reference, detail=detail)


def _tell(event: str, row: Bill) -> None:
    announce(event, {"bill": str(row.pk), "case_reference": row.case_reference})


def _existing(bill_id: UUID) -> Bill:
    row = Bill.objects.filter(pk=bill_id).first()
    if row is None:
        raise Missing(_("There is no such bill."))
    return row


def _locked(bill_id: UUID) -> Bill:
    row = Bill.objects.select_for_update().filter(pk=bill_id).first()
    if row is None:
        raise Missing(_("There is no such bill."))
    return row


def _refuse_others(by: Actor) -> None:
    if not may_handle(by):
        raise NotAllowed(_("Only a treasurer may do this."))
