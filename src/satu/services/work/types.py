"""What a queue is narrowed to, and what is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from satu.identity.types import OfficerView
from satu.kernel.city import Label
from satu.services.types import QueueItem

DueWithin = Literal["", "late", "today", "week"]
Whose = Literal["", "mine", "free"]
#: So many are counted; beyond it a page says "more than".
COUNTED = 99


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What an officer's queue is narrowed to. Empty is everything.

    ``due``: ``late``; ``today`` with what is late; ``week`` with both. ``whose``: ``mine`` is what she has taken,
    ``free`` what nobody has. ``another``: only cases that are about somebody else than who applies.
    """

    due: DueWithin = ""
    whose: Whose = ""
    service: str = ""
    duty: str = ""
    kelurahan: str = ""
    another: bool = False

    @classmethod
    def read(cls, values: Mapping[str, object]) -> "QueueFilter":
        """From what a page or a table says; what it does not know is left out."""
        due, whose = values.get("due"), values.get("whose")
        return cls(
            due=due if due in get_args(DueWithin) else "",  # type: ignore[arg-type]  # it is one of them
            whose=whose if whose in get_args(Whose) else "",  # type: ignore[arg-type]
            service=str(values.get("service") or "")[:60],
            duty=str(values.get("duty") or "")[:40],
            kelurahan=str(values.get("kelurahan") or "")[:13],
            another=bool(values.get("another")),
        )

    def conditions(self) -> dict[str, str | bool]:
        """What is set, as it is kept."""
        every: dict[str, str | bool] = {
            "due": self.due,
            "whose": self.whose,
            "service": self.service,
            "duty": self.duty,
            "kelurahan": self.kelurahan,
            "another": self.another,
        }
        return {name: value for name, value in every.items() if value}


@dataclass(frozen=True, slots=True)
class SavedFilterView:
    id: UUID
    name: str
    where: QueueFilter


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks wait; ``more`` when there are more than were counted."""

    number: int
    more: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What stands before and behind a task in its officer's queue, both in the queue's order."""

    before: tuple[QueueItem, ...]
    behind: tuple[QueueItem, ...]


@dataclass(frozen=True, slots=True)
class TakenView:
    """Who works on a task, since when, and when it is free again; ``hers``: whether that is she who looks."""

    by_name: str
    at: datetime
    until: datetime
    hers: bool


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One of several tasks that are decided at once; ``refusal`` says why it cannot be, and is empty when it can."""

    id: UUID
    number: str
    applicant_name: str = field(repr=False)
    label: Label | None
    decision: str
    refusal: str


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of it: ``late`` when somebody else was first, ``refused`` with why, ``failed`` when we broke."""

    item: BatchItem
    outcome: Literal["decided", "late", "refused", "failed"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Workload:
    """What waits for an officer now, and what she decided today and this week.

    ``median``: in how many seconds half of her decisions of the last thirty days came, from when the task opened.
    """

    officer: OfficerView
    waiting: int
    late: int
    taken: int
    today: int
    week: int
    median: float | None
