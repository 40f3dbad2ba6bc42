"""What the ledger is told and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from satu.hub.types import (
    Ambiguous,
    Found,
    NotFound,
    Outcome,
    Purpose,
    PurposeKind,
    Refused,
    Subject,
    Unavailable,
)
from satu.identity.types import Actor
from satu.kernel.city import Agency, Label

EntryKind = Literal["pull", "search", "told"]
"""``told``: facts were passed on to a system, whose agency is the actor's."""
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


class LedgerDamaged(Exception):
    """What is kept of the ledger can't be right; nothing is added to it until somebody has looked."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The root of the Merkle tree when it had ``size`` leaves."""

    size: int
    root: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one sealing did: the head it reached, and how many entries it put under it."""

    head: TreeHead
    entries: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """Entries that wait to be sealed, and since when."""

    entries: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That an entry stands under a head. Check it with ``merkle.verify_inclusion``, after hashing ``leaf_data``.

    ``subject_salt`` opens the subject's commitment in ``leaf_data`` and ``look_salt`` that of the rest; see
    ``canonical.py``. Whoever has them can tell who was looked at, so they are for the subject herself.
    """

    entry_id: UUID
    leaf_data: bytes
    subject_salt: bytes
    look_salt: bytes
    index: int
    head: TreeHead
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """One look at somebody, as it is told to her.

    ``agency`` is ``None`` for a resident, for Satu itself, and where the city no longer has that agency (then
    ``agency_code`` is all there is). ``why`` is in both languages.
    """

    entry_id: UUID
    at: datetime
    kind: EntryKind
    actor: str
    actor_kind: Literal["resident", "officer", "system"]
    who: str
    agency_code: str
    agency: Agency | None
    why: Label
    purpose_kind: PurposeKind
    reference: str
    legal_basis: str
    facts: tuple[ReleasedFact, ...]
    dossier_id: UUID | None
    sealed: bool

    def count(self, outcome: OutcomeName) -> int:
        """How many of the facts came to this."""
        return sum(released.outcome == outcome for released in self.facts)
