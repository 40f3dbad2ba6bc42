"""What finance gives out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from satu.kernel.city import Label
from satu.kernel.money import Rupiah

BillState = Literal["open", "paid", "expired", "cancelled", "refunded"]
Standing = Literal["settles", "late", "cancelled", "extra", "other-amount"]
Verdict = Literal["matched", "missing-here", "missing-there", "other-amount"]


@dataclass(frozen=True, slots=True)
class RevenueAccount:
    """Where the money is booked: the code of the account (kode rekening) and the edition of the list it is from."""

    code: str
    edition: str


@dataclass(frozen=True, slots=True)
class Code:
    """The QRIS code of a bill. ``simulator`` is where the demonstration pays it, when the provider is simulated."""

    payload: str
    expires_at: datetime
    simulator: str | None


@dataclass(frozen=True, slots=True)
class PaymentView:
    """Money that arrived. Only one that ``settles`` pays a bill; any other waits to be refunded."""

    id: UUID
    transaction: str
    amount: Rupiah
    paid_at: datetime
    standing: Standing
    refund: Literal["none", "asked", "done"]
    refunded_at: datetime | None


@dataclass(frozen=True, slots=True)
class BillView:
    id: UUID
    number: str
    case_reference: str
    amount: Rupiah
    description: Label
    account: RevenueAccount
    due: datetime
    state: BillState
    created_at: datetime
    code: Code | None
    payments: Sequence[PaymentView] = field(default=())

    @property
    def payment(self) -> PaymentView | None:
        """The one that paid it."""
        return next((payment for payment in self.payments if payment.standing == "settles"), None)

    @property
    def strays(self) -> Sequence[PaymentView]:
        """Money that did not pay it: late, doubled, or of another amount."""
        return [payment for payment in self.payments if payment.standing != "settles"]


@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """One movement of money, as we and as the provider have it."""

    kind: Literal["payment", "refund"]
    transaction: str
    bill_number: str
    ours: Rupiah | None
    theirs: Rupiah | None

    @property
    def verdict(self) -> Verdict:
        if self.ours is None:
            return "missing-here"
        if self.theirs is None:
            return "missing-there"
        return "matched" if self.ours == self.theirs else "other-amount"


@dataclass(frozen=True, slots=True)
class ToRefund:
    """Money that arrived and pays nothing: it goes back when a treasurer says so."""

    payment: PaymentView
    bill_number: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    day: date
    lines: Sequence[ReconciliationLine]
    to_refund: Sequence[ToRefund]

    def count(self, verdict: Verdict) -> int:
        return sum(line.verdict == verdict for line in self.lines)

    @property
    def is_clean(self) -> bool:
        return all(line.verdict == "matched" for line in self.lines) and not self.to_refund
