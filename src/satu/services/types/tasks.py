"""Tasks as officers read them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from satu.kernel.calendar import Due
from satu.kernel.city import Label
from satu.services.types.cases import DecisionView, FeeView, PreviewFact, QuestionView, TimelineStep
from satu.services.types.packages import TaskDecisionKind
from satu.services.types.people import AboutView

_SOON = 2


Urgency = Literal["late", "today", "soon", "later"]


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One open task in an officer's queue."""

    id: UUID
    number: str
    service_name: Label
    label: Label
    applicant_name: str = field(repr=False)
    due_on: date
    working_days_left: int
    batch: bool = False
    """It may be decided together with others."""
    taken_by: str = ""
    """Who works on it."""
    hers: bool = False
    """Whether that is the officer whose queue it is."""
    about_name: str = field(default="", repr=False)
    """Whom or which business it is about, where that is not the applicant."""

    @property
    def urgency(self) -> Urgency:
        if self.working_days_left < 0:
            return "late"
        return "today" if self.working_days_left == 0 else "soon" if self.working_days_left <= _SOON else "later"


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Open tasks by due date. ``next`` goes into ``after`` for the following page; empty on the last.

    ``more_than``: so many and more are called as was looked for, and these are only some of them; else 0.
    """

    items: tuple[QueueItem, ...]
    next: str
    more_than: int = 0


AfterApproval = Literal["officer", "officer_or_payment", "officer_or_document", "payment", "document"]
"""What an approval leads to next: another officer looks, the applicant pays, or the document is issued.

``officer_or_…`` where a condition, which nobody knows before, asks for another officer.
"""


@dataclass(frozen=True, slots=True)
class TaskDecisionView:
    decision: TaskDecisionKind
    reason: str = field(repr=False)
    by_name: str
    at: datetime
    answers: tuple[QuestionView, ...] = field(default=(), repr=False)
    """What she answered in the task's form."""
    mended: bool = False
    """It asked for a correction, and the applicant has sent the request again since."""


@dataclass(frozen=True, slots=True)
class StuckView:
    """A step that could not be carried out: which one, why, since when."""

    step: Label
    reason: Label
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskView:
    """What an officer sees of the case that her task is about."""

    id: UUID
    number: str
    service_name: Label
    label: Label
    applicant_name: str = field(repr=False)
    about: AboutView | None
    """Whom it is about, when that is not the applicant."""
    state: Literal["open", "decided", "cancelled", "escalated"]
    due: Due
    working_days_left: int
    facts: tuple[PreviewFact, ...]
    questions: tuple[QuestionView, ...]
    advice: tuple[DecisionView, ...]
    """What the tables that advise say now, with everything that has arrived."""
    decisions: tuple[TaskDecisionKind, ...]
    decided: TaskDecisionView | None
    form: tuple[QuestionView, ...]
    """What she has to answer herself."""
    confirms: str
    """The officer who approved it already, where a second one has to."""
    earlier: tuple[TaskDecisionView, ...]
    """What officers decided in this case before."""
    timeline: tuple[TimelineStep, ...]
    fee: FeeView | None
    """What it costs, where it costs something or a table says so."""
    issues: Label
    """The title of what an approval leads to."""
    also_issues: tuple[Label, ...]
    """The titles of the other documents."""
    then: AfterApproval = "document"
    stuck: StuckView | None = None
    """Why the request stands still, where that is what the task is about."""
