"""What residents do by themselves: ask, mend what was sent back, pay, write, object, say that a datum is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import httpx

from satu.demo.city import pictures, said
from satu.demo.city.answering import answers_again, answers_to
from satu.demo.city.applicants import Applicant
from satu.finance import actions as finance
from satu.finance.queries import bills_of_case
from satu.identity.types import Actor
from satu.kernel.errors import SatuError
from satu.services import actions, queries
from satu.services.types import CaseView, ServicePackage

#: So many may find by the service's rules that it is not for them; then the next one asks and is refused.
_TRIES = 6
#: So many ask although the rules are against it.
_INSIST = 0.12


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was sent."""

    case_id: UUID
    number: str
    package: ServicePackage
    by: Actor
    answers: Mapping[str, str] = field(repr=False)

    @property
    def case(self) -> CaseView:
        return queries.case_for(self.case_id, by=self.by)


def ask(package: ServicePackage, residents: Iterator[Applicant], chance: Random) -> Asked | None:
    """Let the next one ask whom the service's rules would not refuse; ``None`` when there is nobody left.

    Now and then one asks who is refused. Raises what ``send_case`` raises; its draft is taken back.
    """
    insists = chance.random() < _INSIST
    worth_it = (one.by for one in residents if one.likely or insists)
    for attempt, by in zip(range(_TRIES), worth_it, strict=False):
        case_id = actions.start_case(service=package.slug, about=_about(package, by, chance), by=by)
        try:
            answers = answers_to(case_id, package, by=by, chance=chance)
            if not (insists or attempt == _TRIES - 1 or queries.foreseen(case_id, answers, by=by)):
                actions.withdraw_case(case_id=case_id, by=by)
                continue
            _attach(case_id, package, by)
            actions.send_case(case_id=case_id, answers=answers, by=by)
        except SatuError:
            actions.withdraw_case(case_id=case_id, by=by)
            raise
        return Asked(case_id, queries.case_for(case_id, by=by).number, package, by, answers)
    return None


def _attach(case_id: UUID, package: ServicePackage, by: Actor) -> None:
    for upload in package.uploads:
        if upload.required:
            actions.attach(case_id=case_id, key=upload.key, name="rancangan.png", content=pictures.design(), by=by)


def advance(asked: Asked) -> None:
    """What Satu does by itself; a worker may be at it, too."""
    actions.advance_case(case_id=asked.case_id)


def mend(asked: Asked) -> None:
    """Send again what an officer sent back."""
    actions.resubmit_case(case_id=asked.case_id, answers=answers_again(asked.package, asked.answers), by=asked.by)


def pay(asked: Asked) -> bool:
    """Pay what is billed, at the simulated provider as a bank's application would. Whether it was paid."""
    bill = next((one for one in bills_of_case(asked.number) if one.state == "open"), None)
    if bill is None:
        return False
    code = finance.make_code(bill_id=bill.id).code
    if code is None or not code.simulator:
        return False
    httpx.post(f"{code.simulator}/pay", timeout=10)
    return finance.check_bill(bill_id=bill.id).state == "paid"


def write(asked: Asked, chance: Random) -> None:
    actions.post_message(case_id=asked.case_id, text=chance.choice(said.QUESTIONS), by=asked.by)


def object_to(asked: Asked) -> None:
    actions.object_to_refusal(case_id=asked.case_id, text=said.OBJECTION, by=asked.by)


def report(by: Actor, number: int) -> UUID:
    """Say of one of her own data that it is wrong."""
    fact, note = said.REPORTED[number % len(said.REPORTED)]
    return actions.report_own_fact(fact=fact, note=note, by=by)


def _about(package: ServicePackage, by: Actor, chance: Random) -> str:
    """For whom: mostly for oneself."""
    if "self" in package.acts_for and ("child" not in package.acts_for or chance.random() < 0.8):
        return ""
    choices = queries.whom_for(package.slug, by=by)
    return chance.choice(choices).key if choices else ""
