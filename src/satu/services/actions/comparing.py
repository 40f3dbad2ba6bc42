"""What arrives late: facts of systems that were silent, compared with what the applicant stated meanwhile."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from satu.hub.catalogue import the_catalogue
from satu.identity.types import SYSTEM
from satu.kernel.calendar import due_after, the_calendar
from satu.kernel.identifiers import Nik
from satu.messaging.actions import notify
from satu.services import queries
from satu.services.actions.standing_still import officers_of
from satu.services.conversation.models import Declaration
from satu.services.days import day_of
from satu.services.decisions import decide
from satu.services.events import record
from satu.services.every_service import DIFFERS, awaited, task_spec
from satu.services.models import Case, CaseDecision, CaseEvent, PendingFact, Task
from satu.services.stated import is_the_same
from satu.services.types import ServicePackage


def settle(case: Case, package: ServicePackage, pending: PendingFact, outcome: Mapping[str, Any]) -> bool:
    """Keep what has arrived, once, say whether it would change a decision, and compare it with what was stated."""
    settled = PendingFact.objects.filter(pk=pending.pk, settled_at=None).update(
        settled_at=timezone.now(), outcome=outcome
    )
    if not settled:
        return False
    differs = _differs(queries.basis_of(case)[0], outcome)
    record(
        case,
        CaseEvent.Kind.FACT_ARRIVED,
        SYSTEM,
        fact=pending.fact,
        outcome=outcome["kind"],
        changes=_would_decide_otherwise(case, package),
        **({} if differs is None else {"differs": differs}),
    )
    if differs:
        _tell_of_the_difference(case, package, pending)
    elif differs is False:
        _verify(case, pending)
    return True


def settle_what_was_owed(case: Case, before: Mapping[str, Any], dossier: Mapping[str, Any]) -> None:
    """A newer pull has brought what the one ``before`` could not. She looks at it herself, and sends it again."""
    known = [one for one in dossier["outcomes"] if one["kind"] not in {"unavailable", "declared"}]
    found = {outcome["fact"]: outcome for outcome in known}
    for pending in PendingFact.objects.filter(case=case, settled_at=None, fact__in=found):
        pending.settled_at, pending.outcome = timezone.now(), found[pending.fact]
        pending.save(update_fields=["settled_at", "outcome"])
        differs = _differs(before, pending.outcome)
        if differs is not None:
            kind, fact = pending.outcome["kind"], pending.fact
            record(case, CaseEvent.Kind.FACT_ARRIVED, SYSTEM, fact=fact, outcome=kind, changes=False, differs=differs)
        if differs is False:
            _verify(case, pending)


def _differs(dossier: Mapping[str, Any], outcome: Mapping[str, Any]) -> bool | None:
    """Whether a system says something else than the applicant stated; ``None`` where she stated nothing."""
    stated = next(
        (one for one in dossier["outcomes"] if one["fact"] == outcome["fact"] and one["kind"] == "declared"), None
    )
    if stated is None:
        return None
    return outcome["kind"] != "found" or not is_the_same(outcome["fact"], stated["value"], outcome["value"])


def _verify(case: Case, pending: PendingFact) -> None:
    system = the_catalogue().system(pending.system)
    Declaration.objects.filter(case=case, key=pending.fact, verified_at=None).update(
        verified_by=f"system:{system.code}",
        verified_by_name=str(system.name),
        verified_agency=system.agency,
        verified_at=timezone.now(),
    )


def _tell_of_the_difference(case: Case, package: ServicePackage, pending: PendingFact) -> None:
    """The applicant is told; and an officer, by the task that she has, or by one of its own where none is open."""
    notify(
        kind="declaration-differs",
        values={"service": package.name, "number": case.number or "", "case": str(case.pk)},
        reference=f"case:{case.pk}",
        idempotency_key=f"case:{case.pk}:differs:{pending.fact}",
        nik=Nik(case.applicant_nik),
        by=SYSTEM,
    )
    waits = case.tasks.filter(state=Task.State.OPEN, name__in=(*awaited(package), DIFFERS)).exists()
    if waits or case.state == Case.State.RETURNED:
        return
    agency, duty, area = officers_of(case, package)
    Task.objects.create(
        case=case,
        service=case.service,
        element=DIFFERS,
        name=DIFFERS,
        agency=agency,
        duty=duty,
        area=area,
        applicant_name=case.tasks.order_by("opened_at").values_list("applicant_name", flat=True).first() or "",
        due_on=due_after(timezone.localdate(), task_spec(package, DIFFERS).deadline, the_calendar()).day,
    )


def _would_decide_otherwise(case: Case, package: ServicePackage) -> bool:
    """Whether a decision of the case would have been another one with the fact that has arrived."""
    values = queries.values_now(case, package)
    made = dict(CaseDecision.objects.filter(case=case).order_by("id").values_list("table", "row"))
    return any(decide(package.tables[key], values, on=day_of(case)).row.id != row for key, row in made.items())
