"""What any payment provider is asked, whoever it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol
from uuid import UUID

from satu.kernel.errors import SatuError
from satu.kernel.money import Rupiah


class ProviderUnavailable(SatuError):
    """It does not answer now. Whatever was asked can be asked again, and will be done once."""

    code = "payment-provider-unavailable"
    status = 503


class ProviderRefused(Exception):
    """It answered, and the answer is no or makes no sense. Asking again will not help."""


class Forged(Exception):
    """A callback that the provider did not sign, or signed too long ago."""


@dataclass(frozen=True, slots=True)
class NewCharge:
    """``reference`` is ours and unique: asking twice with the same one gives the same charge."""

    reference: UUID
    bill_number: str
    amount: Rupiah
    description: str
    expires_at: datetime
    notify_url: str


@dataclass(frozen=True, slots=True)
class Made:
    reference: str
    payload: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Paid:
    transaction: str
    amount: Rupiah
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What the provider knows of a charge. This, and never a callback, is what a payment is recorded from."""

    bill_number: str
    paid: Paid | None


@dataclass(frozen=True, slots=True)
class Refunded:
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Callback:
    """What a callback claims. It is a reason to ask for the status, and nothing else."""

    id: str
    charge: str
    claimed_amount: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A line of the provider's settlement list."""

    kind: Literal["payment", "refund"]
    transaction: str
    charge: str
    bill_number: str
    amount: Rupiah


class PaymentProvider(Protocol):
    """Every method raises ``ProviderUnavailable`` or ``ProviderRefused``."""

    @property
    def merchant_id(self) -> str:
        """Our national merchant id (NMID): the codes must pay us."""
        ...

    def create_charge(self, charge: NewCharge) -> Made: ...

    def status(self, reference: str) -> Status: ...

    def void(self, reference: str) -> None:
        """Make a code unpayable. ``ProviderRefused`` when it has been paid."""
        ...

    def refund(self, reference: str, *, key: str) -> Refunded:
        """Give the money back, whole; once for each ``key``."""
        ...

    def settlement(self, day: date) -> Sequence[Settled]: ...

    def read_callback(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Callback:
        """Raises ``Forged``, or ``ValueError`` when it is signed and makes no sense."""
        ...

    def simulator(self, reference: str) -> str | None:
        """Where a demonstration pays this charge; ``None`` for a real provider."""
        ...
