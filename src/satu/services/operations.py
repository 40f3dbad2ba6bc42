"""What a process may do: operations registered by name, called by a service task's ``implementation``.

An operation runs inside the transaction that records that its step is done, so it happens once or not at all. What it
does outside the database must bear being done again. The usual ones are in
``standard_operations``; a package above registers its own in ``AppConfig.ready``, named with its own name before a
dot: ``civil.register_birth``. A clerk writes it as a step: ``- operation: civil.register_birth``.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.services.events import record
from satu.services.models import Case, CaseDocument, CaseEvent, TaskDecision
from satu.services.types import ServicePackage


@dataclass(frozen=True, slots=True)
class OfficersDecision:
    """What an officer decided in a task, and answered in its form; ``by`` is her actor's reference."""

    decision: str
    reason: str = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)
    by: str
    by_name: str
    agency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OperationContext:
    """What an operation works with. ``facts`` and ``answers`` are those that the case goes on with.

    ``results``: what the process holds so far, by operation (``civil.register_birth``) as that returned it, and by
    task what its officer decided and answered.
    """

    case: Case = field(repr=False)
    package: ServicePackage
    facts: Mapping[str, Any] = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    which: str = ""
    """What stands behind the colon of ``issue_document:family_card``."""

    @property
    def subject(self) -> Nik:
        """Whom the request is about."""
        return Nik(self.case.subject_nik)

    @property
    def decisions(self) -> Mapping[str, OfficersDecision]:
        """What officers decided last, by the task's id."""
        made = TaskDecision.objects.select_related("task").filter(task__case=self.case).order_by("at")
        return {
            one.task.name: OfficersDecision(
                decision=one.decision,
                reason=one.reason,
                answers=one.answers,
                by=one.by,
                by_name=one.by_name,
                agency=one.agency,
                at=one.at,
            )
            for one in made
        }

    def issued(self, key: str, document_id: UUID) -> None:
        """A document beside the main one, which this operation issued itself, stands on the case's page."""
        made = CaseDocument.objects.filter(case=self.case, document_id=document_id)
        if not made.exists():
            CaseDocument.objects.create(case=self.case, key=key, document_id=document_id)

    def record(self, kind: str, **detail: object) -> None:
        """Append an event to the case's timeline. No value of a fact may stand in ``detail``."""
        record(self.case, kind, SYSTEM, **detail)


class Refused(Exception):
    """What an operation raises when the request cannot be granted after all: it closes as refused, and nothing that
    the operation did stays. ``reason`` is what the applicant reads.

    Any other refusal (a ``SatuError``) hands the request to an officer, who reads why; an outage is tried again."""

    def __init__(self, reason: Label) -> None:
        super().__init__(reason.en)
        self.reason = reason


def late_refusal(case: Case) -> CaseEvent | None:
    """The event by which an operation refused a case; ``detail`` has the reason."""
    refusal = _refusal(case)
    return refusal if refusal is not None and "reason" in refusal.detail else None


def goes_no_further(case: Case) -> bool:
    """Whether a case was refused while its process stood at an operation, by that or by an officer."""
    refusal = _refusal(case)
    return refusal is not None and not refusal.detail.keys().isdisjoint({"reason", "stopped"})


def has_lasted(events: Iterable[CaseEvent]) -> bool:
    """Whether something of a case stays: a register was changed for it, or a document issued."""
    return any(
        event.kind == CaseEvent.Kind.ISSUED
        or (event.kind == CaseEvent.Kind.OPERATED and event.detail["operation"] not in _looking)
        for event in events
    )


def was_stuck(events: Iterable[CaseEvent]) -> bool:
    """Whether a case has ever stood still because a step of it could not be carried out."""
    return any(event.kind == CaseEvent.Kind.STUCK for event in events)


def waited(events: Iterable[CaseEvent]) -> bool:
    """Whether a case has ever waited for days."""
    return any(event.kind == CaseEvent.Kind.WAITS for event in events)


def _refusal(case: Case) -> CaseEvent | None:
    if case.state != Case.State.REFUSED:
        return None
    return case.events.filter(kind=CaseEvent.Kind.REFUSED).order_by("id").last()


Operation = Callable[[OperationContext], Mapping[str, object]]
_operations: dict[str, Operation] = {}
_labels: dict[str, Label] = {}
_done: dict[str, Label] = {}
_looking: set[str] = set()


def operation(
    name: str, *, label: Label | None = None, done: Label | None = None, looks_only: bool = False
) -> Callable[[Operation], Operation]:
    """Register an operation. ``label`` stands on the picture of the process; ``done`` in the timeline, afterwards.

    ``looks_only``: it changes nothing, so a request may be refused, sent back or taken back after it.

    What it returns is JSON that later steps may look at: ``context.results["civil.register_birth"]`` in an operation,
    ``civil.register_birth.<key>`` in an expression. It stays with the case as long as the case is kept, so nothing
    more personal than an identifier that the later step needs.
    """

    def register(function: Operation) -> Operation:
        if _operations.setdefault(name, function) is not function:
            raise ValueError(f"two operations are called {name!r}")
        _labels[name] = label or _in_words(name)
        _done[name] = done or _labels[name]
        if looks_only:
            _looking.add(name)
        return function

    return register


def registered() -> Collection[str]:
    return _operations.keys()


def packages() -> Collection[str]:
    """What stands before the dot: under it, expressions find what an operation returned."""
    return {name.partition(".")[0] for name in _operations if "." in name}


def label_of(name: str) -> Label:
    return _labels[name]


def done_label_of(name: str) -> Label:
    """What has happened once it was carried out."""
    return _done[name]


def may_be_a_step(name: str) -> bool:
    """Whether a clerk may write it as a step; those without a dot have steps of their own."""
    return "." in name and name in _operations


def run_operation(name: str, context: OperationContext, data: Mapping[str, Any]) -> Mapping[str, object]:
    """Run it; what of the process's ``data`` changes by it."""
    name, _colon, which = name.partition(":")
    result = _operations[name](
        replace(context, results={**_results(data), **_decided(context.package, data)}, which=which)
    )
    package, dot, short = name.partition(".")
    return {package: {**data.get(package, {}), short: dict(result)}} if dot else result


def _results(data: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    return {
        name: data[package][short]
        for name in _operations
        for package, dot, short in [name.partition(".")]
        if dot and short in data.get(package, {})
    }


def _decided(package: ServicePackage, data: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """What officers decided and answered, by task."""
    return {task: data[task] for task in package.tasks if isinstance(data.get(task), Mapping)}


def _in_words(name: str) -> Label:
    words = name.rpartition(".")[2].replace("_", " ").capitalize()
    return Label(words, words)
