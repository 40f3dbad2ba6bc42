"""A case as its applicant reads it, and what stands on the way to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from satu.documents.types import Standing
from satu.kernel.calendar import Due
from satu.kernel.city import Label
from satu.services.types.packages import Choice, QuestionType
from satu.services.types.people import AboutView
from satu.services.types.tables import Result, Rounding

CaseState = Literal["draft", "submitted", "in_process", "returned", "issued", "refused", "withdrawn"]


OutcomeKind = Literal["found", "not_found", "ambiguous", "unavailable", "refused", "declared"]


#: The longest note or reason that somebody writes to another, in characters.
NOTE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class FeeView:
    """What something costs and why. ``amount`` is whole rupiah; ``values`` is what the amount was worked out from."""

    amount: int
    table: str
    """The fee table's key; empty for a figure that stands in the package."""
    table_name: Label | None
    version: str
    in_force_from: date | None
    row: str
    row_name: Label | None
    values: Mapping[str, Any] = field(repr=False)
    """By fact, ``answers.<question>``, ``figures.<key>`` and ``parts.<key>``; JSON values."""
    lines: tuple[tuple[Label, str], ...] = field(repr=False)
    """The same, as a person reads it."""
    rounding: Rounding | None
    basis: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class PreviewFact:
    """One fact in the preview or in the snapshot, as a person reads it."""

    fact: str
    label: Label
    shown: str = field(repr=False)
    """The value in the current language; empty unless ``outcome`` is ``found`` or ``declared``."""
    outcome: OutcomeKind
    required: bool
    answer_only: bool
    system: str
    system_name: Label
    agency: str
    """The owning agency's name, to whom a correction goes."""
    as_of: datetime | None
    retrieved_at: datetime | None
    legal_basis: str
    reported_wrong: bool = False
    pending: bool = False
    """The system did not answer; the case goes on and the fact is fetched when the system is back."""
    things: Sequence[Sequence[tuple[str, str]]] = field(default=(), repr=False)
    """A list of things with parts, such as a family's members: label and shown value of each part."""
    declared: str = field(default="", repr=False)
    """What the applicant stated, where the system has said something else since."""

    @property
    def is_known(self) -> bool:
        """Whether there is a value to show."""
        return self.outcome in {"found", "declared"}


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question of the residual form, with what was answered."""

    key: str
    label: Label
    hint: Label | None
    type: QuestionType
    required: bool
    max_length: int
    choices: tuple[Choice, ...]
    answer: str = field(default="", repr=False)
    shown: str = field(default="", repr=False)
    """The answer as a person reads it (the label of a choice)."""
    picked: frozenset[str] = field(default=frozenset(), repr=False)
    """The values of the choices that are taken, where there may be several."""
    address: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What was typed of an address: ``kelurahan``, ``rw``, ``rt``, ``line``."""
    is_asked: bool = True
    """False: it has its answer without being asked."""
    asks_more: bool = False
    """Whether another question, or a file, depends on its answer."""


StepState = Literal["done", "now", "next"]


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One line of the timeline. ``at`` and ``who`` are empty for what is still to come."""

    kind: str
    text: str
    """In the current language."""
    state: StepState
    at: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision, with the row that fired and the values it saw."""

    result: Result
    reason: Label
    advice: Label | None
    table: str
    table_name: Label
    table_version: str
    row: str
    row_number: int
    """Which row of the table it is, counted from 1, as a clerk counts them; 0 when no table decided."""
    legal_basis: str
    values: tuple[tuple[Label, str], ...] = field(repr=False)
    """Label and shown value of each input that the deciding row looked at."""
    decided_at: datetime
    automatic: bool = True
    """False: an officer decided, and ``reason`` is her sentence."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    key: str
    id: UUID
    code: str
    title: Label
    issued_at: datetime
    valid_until: date | None
    standing: Standing
    revoked_at: datetime | None
    revocation_reason: Label | None


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A citizen's "this is wrong", and to whom it went."""

    id: UUID
    fact: str
    label: Label
    note: str = field(repr=False)
    agency: str
    state: Literal["open", "settled"]
    at: datetime


@dataclass(frozen=True, slots=True)
class Savings:
    """What the paper process asked and what this case asked. All are counts."""

    paper_fields: int
    fields_typed: int
    photocopies_avoided: int
    visits_avoided: int

    @property
    def fields_avoided(self) -> int:
        return max(self.paper_fields - self.fields_typed, 0)


@dataclass(frozen=True, slots=True)
class SystemTrouble:
    """A system that does not answer, and what of it was needed; ``required``: nothing goes on without some of it."""

    system: str
    system_name: Label
    facts: tuple[Label, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class PaymentView:
    """The fee that a case waits for. ``lapsed``: the bill can no longer be paid, and she may ask for a new one."""

    bill_id: UUID
    amount: int
    due: datetime
    lapsed: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that a page about one case needs."""

    id: UUID
    number: str
    """Public number, ``DOM-2026-000123``; empty while it is a draft."""
    service: str
    service_name: Label
    service_summary: Label
    agency_name: Label
    about: AboutView | None
    """Whom it is about, when that is not the applicant."""
    is_mine: bool
    """Whether the reader is its applicant: else it is about her, and she may read it."""
    state: CaseState
    state_label: str
    begun_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    pulled_at: datetime
    facts: tuple[PreviewFact, ...]
    questions: tuple[QuestionView, ...]
    troubles: tuple[SystemTrouble, ...]
    reminders: tuple[Label, ...]
    timeline: tuple[TimelineStep, ...]
    decision: DecisionView | None
    document: DocumentView | None
    """The main one; it closes the case."""
    documents: tuple[DocumentView, ...]
    """All that were issued and the reader may have, the main one first."""
    corrections: tuple[CorrectionView, ...]
    savings: Savings
    fee: FeeView | None
    """Kept since it was sent; of a draft an estimate, ``None`` while answers are missing for it."""
    fee_depends: bool
    """It is worked out by a table from facts and answers."""
    deadline_days: int
    officer_steps: int
    """How many steps wait for an officer, one after the other or beside one another."""
    returned_because: str
    """The officer's sentence, while she waits for the applicant's correction; the clock stands still."""
    due: Due | None
    """The last day for the officer who has the case."""
    working_days_left: int | None
    """Until then; negative when it is over. ``None`` while no officer has it."""
    payment: PaymentView | None = None
    """What she has to pay before it goes on."""
    waits_until: date | None = None
    """The last day of a wait that nobody can shorten."""
    gives_back: int = 0
    """What she has paid, in rupiah, and gets back if she takes the request back now."""
    standing: Standing | None = None
    """Whether its document still holds; ``None``: none was issued."""
    has_lasted: bool = False
    """Something stays of it already: a register was changed, or a document issued."""

    @property
    def may_submit(self) -> bool:
        """Whether nothing but her answers is missing."""
        return self.is_mine and self.state == "draft" and not any(trouble.required for trouble in self.troubles)

    @property
    def may_withdraw(self) -> bool:
        return self.is_mine and self.is_open and not self.has_lasted

    @property
    def is_open(self) -> bool:
        return self.state in {"draft", "submitted", "in_process", "returned"}

    @property
    def is_moving(self) -> bool:
        """Whether it goes on by itself in a moment: neither an officer nor the applicant is waited for."""
        return self.state in {"submitted", "in_process"} and not (self.due or self.payment or self.waits_until)


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One case in a list."""

    id: UUID
    number: str
    service: str
    service_name: Label
    about: AboutView | None
    is_mine: bool
    """Whether the reader is its applicant: else it is about her."""
    state: CaseState
    state_label: str
    begun_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    document_id: UUID | None
    standing: Standing | None = None
    """Whether its document still holds; ``None``: none was issued."""
    agency_short: str = ""
    due_on: date | None = None
    """The last day of the officer who has it."""
    working_days_left: int | None = None
    """Until then; negative when it is over. ``None`` while no officer has it."""

    @property
    def is_open(self) -> bool:
        return self.state in {"draft", "submitted", "in_process", "returned"}


@dataclass(frozen=True, slots=True)
class OfferView:
    """A service that waits for one, filled in, because something happened; until a day."""

    id: UUID
    service: str
    service_name: Label
    because: Label
    until: date
    asks: int
    """How many answers are left to give."""


@dataclass(frozen=True, slots=True)
class ProcessPicture:
    """A process as BPMN with its picture. ``done`` and ``now`` are ids of elements and ways in it."""

    bpmn: str
    done: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceHit:
    """One service that the words may mean. ``score`` is 0 to 100."""

    slug: str
    name: Label
    summary: Label
    icon: str
    agency_name: Label
    fee: int | None
    """``None``: it depends on facts and answers."""
    deadline_days: int
    score: float
    called: Label
    """What people call it, short: the first of its search words."""
