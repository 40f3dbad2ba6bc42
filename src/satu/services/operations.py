"""What a process may do: operations registered by name, called by a service task's ``implementation``.

An operation runs inside the transaction that records that its step is done, so it happens once or not at all. What it
does outside the database must bear being done again. The usual ones are in
``standard_operations``; a vertical registers its own when it starts.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from satu.identity.types import SYSTEM
from satu.services.models import Case, CaseEvent
from satu.services.types import ServicePackage


@dataclass(frozen=True, slots=True)
class OperationContext:
    """What an operation works with. ``facts`` and ``answers`` are those of the case's snapshot."""

    case: Case = field(repr=False)
    package: ServicePackage
    facts: Mapping[str, Any] = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)

    def record(self, kind: str, **detail: object) -> None:
        """Append an event to the case's timeline. No value of a fact may stand in ``detail``."""
        CaseEvent.objects.create(
            case=self.case, kind=kind, actor=SYSTEM.reference, actor_kind=SYSTEM.kind, detail=detail
        )


Operation = Callable[[OperationContext], Mapping[str, object]]
_operations: dict[str, Operation] = {}


def operation(name: str) -> Callable[[Operation], Operation]:
    """Register an operation. What it returns becomes data of the process (JSON; nothing personal)."""

    def register(function: Operation) -> Operation:
        if _operations.setdefault(name, function) is not function:
            raise ValueError(f"two operations are called {name!r}")
        return function

    return register


def registered() -> Collection[str]:
    return _operations.keys()


def run_operation(name: str, context: OperationContext) -> Mapping[str, object]:
    return _operations[name](context)
