"""Who may do what with bills. ``treasurer`` is the duty of a bendahara penerimaan."""

from satu.finance.models import Bill
from satu.identity.types import Actor

TREASURER = "treasurer"


def may_read(actor: Actor, bill: Bill) -> bool:
    """Whoever is billed, a treasurer, and Satu itself."""
    if actor.kind == "resident":
        return actor.nik is not None and actor.nik.value == bill.payer_nik
    return may_handle(actor)


def may_handle(actor: Actor) -> bool:
    """Bill, cancel, refund: a treasurer, and Satu itself (a service that bills)."""
    return actor.kind == "system" or (actor.kind == "officer" and actor.has_duty(TREASURER))
