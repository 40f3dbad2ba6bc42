"""The payment that a case waits for."""

from satu.finance.queries import bills_of, bills_of_case
from satu.kernel.identifiers import Nik
from satu.services.models import Case
from satu.services.types import PaymentView, ServicePackage

_LAPSED = ("expired", "cancelled")


def payment_of(case: Case, package: ServicePackage) -> PaymentView | None:
    """The newest bill of an open case, until one is paid."""
    if package.payment is None or case.state not in Case.OPEN or not case.number:
        return None
    bills = bills_of_case(case.number)
    if not bills or any(one.state == "paid" for one in bills) or bills[-1].state == "refunded":
        return None
    newest = bills[-1]
    return PaymentView(bill_id=newest.id, amount=int(newest.amount), due=newest.due, lapsed=newest.state in _LAPSED)


def paid_for(case: Case) -> int:
    """What was paid for a case and not given back, in rupiah."""
    return sum(int(one.amount) for one in bills_of_case(case.number or "") if one.state == "paid")


def to_be_paid(nik: Nik) -> frozenset[str]:
    """The numbers of her cases for which a bill is open."""
    return frozenset(one.case_reference for one in bills_of(nik) if one.state == "open")
