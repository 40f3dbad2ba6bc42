"""What the ledger is told and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from satu.hub.types import Ambiguous, Found, NotFound, Outcome, Purpose, Refused, Subject, Unavailable
from satu.identity.types import Actor

EntryKind = Literal["pull", "search"]
OutcomeName = Literal["found", "not-found", "ambiguous", "unavailable", "refused"]


@dataclass(frozen=True, slots=True)
class ReleasedFact:
    """One fact that was asked for: its key, the system asked, what came of it. Its value is never in the ledger."""

    fact: str
    system: str
    outcome: OutcomeName

    @classmethod
    def of(cls, outcome: Outcome) -> "ReleasedFact":
        match outcome:
            case Found():
                return cls(outcome.fact, outcome.provenance.system, "found")
            case NotFound():
                return cls(outcome.fact, outcome.system, "not-found")
            case Ambiguous():
                return cls(outcome.fact, outcome.system, "ambiguous")
            case Unavailable():
                return cls(outcome.fact, outcome.system, "unavailable")
            case Refused():
                return cls(outcome.fact, outcome.system, "refused")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One look at one subject. ``dossier_id`` names the dossier that was released; a search has none."""

    subject: Subject
    kind: EntryKind
    purpose: Purpose
    by: Actor
    facts: Sequence[ReleasedFact]
    dossier_id: UUID | None = None
