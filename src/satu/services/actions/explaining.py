"""Making a case's automatic decisions and its fee again, from what was kept with them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.hub.ledger import actions as ledger
from satu.hub.ledger.types import NewEntry, ReleasedFact
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.errors import Missing, NotAllowed
from satu.services.actions.running import package_of
from satu.services.decisions import decide_by
from satu.services.fees import work_out
from satu.services.models import Case, CaseDecision, CaseFee
from satu.services.subjects import by_subject, purpose_for
from satu.services.types import ServicePackage


@dataclass(frozen=True, slots=True)
class Explanation:
    """An automatic decision or a fee as it was kept, and what the same edition says of the same values now."""

    table: str
    name: Label | None
    version: str
    in_force_from: date | None
    row: str
    result: str
    values: dict[str, Any] = field(repr=False)
    again: str
    """Row and result of doing it again; empty when it cannot be done, and ``why_not`` says why."""
    why_not: str

    @property
    def is_same(self) -> bool:
        return self.again == f"{self.row}: {self.result}"


def explain(*, number: str, by: Actor) -> list[Explanation]:
    """Every automatic decision and the fee of a case, in order, each done again.

    The values are facts about people: that they were looked at is in their access ledgers first. Raises ``Missing``
    and ``NotAllowed`` (a resident has her case's page).
    """
    if by.kind == "resident":
        raise NotAllowed(_("Only the city explains decisions here."))
    case = Case.objects.select_related("version").filter(number=number).first()
    if case is None:
        raise Missing(_("There is no such request. Look for it among your own requests."))
    package = package_of(case)
    decisions = [_decision(package, made) for made in CaseDecision.objects.filter(case=case).order_by("id")]
    fees = [_fee(package, kept) for kept in CaseFee.objects.filter(case=case).order_by("id")]
    explained = decisions + fees
    _tell_the_ledger(case, package, {name for one in explained for name in one.values}, by)
    return explained


def _tell_the_ledger(case: Case, package: ServicePackage, names: set[str], by: Actor) -> None:
    catalogue = the_catalogue()
    facts = sorted(names & catalogue.facts.keys())
    entries = [
        NewEntry(
            subject=subject,
            kind="pull",
            purpose=purpose_for(case, package, subject, group),
            by=by,
            facts=[ReleasedFact(fact, catalogue.systems_answering(fact)[0].code, "found") for fact in group],
        )
        for subject, group in by_subject(case, facts).items()
    ]
    if entries:
        with transaction.atomic():
            ledger.append(entries)


def _decision(package: ServicePackage, made: CaseDecision) -> Explanation:
    kept = {"table": made.table, "version": made.table_version, "row": made.row, "result": made.result}
    table = package.tables.get(made.table)
    edition = next((one for one in table.editions if one.version == made.table_version), None) if table else None
    if table is None or edition is None:
        return _lost(kept, made.values)
    again = decide_by(table, edition, made.values)
    return Explanation(
        **kept,
        name=table.name,
        in_force_from=edition.in_force_from,
        values=made.values,
        again=f"{again.row.id}: {again.result}",
        why_not="",
    )


def _fee(package: ServicePackage, made: CaseFee) -> Explanation:
    kept = {"table": made.table, "version": made.table_version, "row": made.row, "result": str(made.amount)}
    table = package.fee_table
    edition = next((one for one in table.editions if one.version == made.table_version), None) if table else None
    if table is None or edition is None:
        return _lost(kept, made.values)
    row, _values, amount = work_out(edition, made.values)
    return Explanation(
        **kept,
        name=table.name,
        in_force_from=edition.in_force_from,
        values=made.values,
        again=f"{row}: {amount}",
        why_not="",
    )


def _lost(kept: dict[str, str], values: dict[str, Any]) -> Explanation:
    why_not = "the version of the package that the request began with has no such edition"
    return Explanation(**kept, name=None, in_force_from=None, values=values, again="", why_not=why_not)
