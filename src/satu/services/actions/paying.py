"""A request that waits for its fee: billed once, paid, and a new bill when the applicant asks for one."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.finance.actions import bill, cancel_bill, refund
from satu.finance.queries import bills_of_case
from satu.finance.types import RevenueAccount
from satu.identity.types import SYSTEM, Actor
from satu.kernel import jobs
from satu.kernel.city import Label
from satu.kernel.errors import Conflict
from satu.kernel.identifiers import Nik
from satu.kernel.money import Rupiah
from satu.messaging.actions import notify
from satu.services import queries
from satu.services.actions.running import package_of
from satu.services.events import record
from satu.services.fees import fee_of
from satu.services.models import Case, CaseEvent
from satu.services.operations import OperationContext
from satu.services.policies import own_case
from satu.services.types import CaseView, PaymentSpec, ServicePackage


def is_paid(context: OperationContext) -> bool:
    """Whether a case that came to its payment may go on: it is paid, or it costs nothing. If not, it is billed once.

    What was paid stays paid, also when the request goes back to the applicant and comes again, or is refused and
    taken up again; unless it was given back meanwhile: then it is billed anew.
    """
    case, package = context.case, context.package
    bills = bills_of_case(case.number or "")
    if paid := next((one for one in bills if one.state == "paid"), None):
        if not case.events.filter(kind=CaseEvent.Kind.PAID, detail__bill=str(paid.id)).exists():
            context.record(CaseEvent.Kind.PAID, bill=str(paid.id))
        return True
    if fee_of(case, package).amount == 0:
        return True
    if all(one.state == "refunded" for one in bills):
        _bill(case, package, number=len(bills) + 1)
    return False


def ask_for_new_bill(*, case_id: UUID, by: Actor) -> CaseView:
    """A new bill in the place of one that can no longer be paid. While one is open, that one is it.

    Raises ``Missing``, and ``Conflict`` for a case that does not wait for a payment.
    """
    with transaction.atomic():
        case = own_case(case_id, by=by, lock=True)
        package = package_of(case)
        waiting = queries.payment_of(case, package)
        if waiting is None:
            raise Conflict(_("This request does not wait for a payment."))
        if waiting.lapsed:
            _bill(case, package, number=len(bills_of_case(case.number or "")) + 1)
    return queries.case_for(case_id, by=by)


def fee_was_paid(*, case_number: str) -> None:
    """Let a case go on whose bill is paid. Any number of times; a bill of no case is nothing to do with us."""
    case_id = Case.objects.filter(number=case_number).values_list("pk", flat=True).first()
    if case_id is not None:
        jobs.defer("services.advance_case", queue="cases", arguments={"case_id": str(case_id)})


def bill_lapsed(*, case_number: str, bill_id: UUID) -> None:
    """Tell the applicant, once a bill, that it can no longer be paid and that she may ask for a new one."""
    case = Case.objects.select_related("version").filter(number=case_number).first()
    if case is None:
        return
    package = package_of(case)
    waiting = queries.payment_of(case, package)
    if waiting is not None and waiting.lapsed and waiting.bill_id == bill_id:
        record(case, CaseEvent.Kind.LAPSED, SYSTEM, bill=str(bill_id))
        _tell(case, package, "bill-lapsed", bill_id)


def give_back(case: Case) -> None:
    """Of a case that is taken back: what is still to be paid can no longer be paid, and what was paid goes back.

    Money that arrives after that is on the treasurer's list of what goes back.
    """
    why = "the applicant took the request back"
    for one in bills_of_case(case.number or ""):
        if one.state == "open":
            try:
                with transaction.atomic():
                    cancel_bill(bill_id=one.id, reason=why, by=SYSTEM)
            except Conflict:  # paid, or past, at the same moment
                continue
    for one in bills_of_case(case.number or ""):
        if one.state == "paid" and one.payment is not None:
            refund(payment_id=one.payment.id, reason=why, by=SYSTEM)
            record(case, CaseEvent.Kind.REFUND_ASKED, SYSTEM, bill=str(one.id))


@transaction.atomic
def fee_was_refunded(*, case_number: str, bill_id: UUID) -> None:
    """Tell the payer, once a bill, that what she paid was given back; whoever asked for it."""
    case = Case.objects.select_for_update(of=("self",)).select_related("version").filter(number=case_number).first()
    if case is None or case.events.filter(kind=CaseEvent.Kind.REFUNDED, detail__bill=str(bill_id)).exists():
        return
    record(case, CaseEvent.Kind.REFUNDED, SYSTEM, bill=str(bill_id))
    _tell(case, package_of(case), "fee-refunded", bill_id)


def _bill(case: Case, package: ServicePackage, *, number: int) -> None:
    spec = package.payment
    assert spec is not None  # noqa: S101 - a package with a payment says where it is booked
    made = bill(
        payer=Nik(case.applicant_nik),
        case_reference=case.number or "",
        amount=Rupiah(fee_of(case, package).amount),
        description=_said(spec, package),
        account=RevenueAccount(spec.account, spec.edition),
        due=_due(spec.within_days),
        idempotency_key=f"case:{case.pk}:fee:{number}",
        by=SYSTEM,
    )
    record(case, CaseEvent.Kind.BILLED, SYSTEM, bill=str(made.id))
    _tell(case, package, "bill-due", made.id)


def _said(spec: PaymentSpec, package: ServicePackage) -> Label:
    """What the bill is for, and what it is by law."""
    if spec.kind == "tax":
        return Label(id=f"Pajak: {package.name.id}", en=f"Tax: {package.name.en}")
    return Label(id=f"Retribusi: {package.name.id}", en=f"Levy: {package.name.en}")


def _due(days: int) -> datetime:
    """The end of the last day."""
    last = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(last, time(23, 59)))


def _tell(case: Case, package: ServicePackage, kind: str, bill_id: UUID) -> None:
    notify(
        kind=kind,
        values={"service": package.name, "number": case.number or "", "case": str(case.pk)},
        reference=f"case:{case.pk}",
        idempotency_key=f"bill:{bill_id}:{kind}",
        nik=Nik(case.applicant_nik),
        by=SYSTEM,
    )
