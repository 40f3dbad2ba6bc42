"""What other packages see of licences. Frozen, and without the database in it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from satu.kernel.city import Label

LicenceState = Literal["active", "expired", "replaced", "revoked"]


@dataclass(frozen=True, slots=True)
class LicenceEventView:
    kind: str
    text: str
    """In the current language."""
    at: datetime
    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LicenceView:
    """One licence, for the officers of the agency that gives its kind."""

    id: UUID
    number: str
    kind: str
    kind_name: Label
    holder_name: str = field(repr=False)
    business: str
    place: str
    kept: tuple[tuple[Label, str], ...] = field(repr=False)
    """What the register keeps with it, as people read it."""
    valid_from: date
    valid_until: date
    state: LicenceState
    state_label: str
    case_number: str
    document_id: UUID | None
    document_code: str
    granted_at: datetime
    events: tuple[LicenceEventView, ...] = ()
    """Its history, oldest first; empty in a list."""

    @property
    def may_revoke(self) -> bool:
        return self.state == "active"
