"""What a page, a job or another package sees of services and cases. Frozen, and without the database in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.kernel.calendar import Due, WorkingDays
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput, SatuError

CaseState = Literal["draft", "submitted", "in_process", "returned", "issued", "refused", "withdrawn"]
OutcomeKind = Literal["found", "not_found", "ambiguous", "unavailable", "refused", "declared"]
QuestionType = Literal["text", "choice", "date", "number", "members", "from-fact", "address", "location", "photo"]
#: Answers to these are JSON text.
COMPOSITE: frozenset[QuestionType] = frozenset({"members", "from-fact", "address"})
#: What whom a request is about is to the applicant (``Relation``), as rules see it.
ABOUT = "request.about"
#: The fact that a question for ``members`` chooses from.
MEMBERS_FACT = "family.members"
Result = Literal["approve", "refuse", "examine"]
"""``examine``: a table that advises leaves it to the officer."""
TaskDecisionKind = Literal["approve", "refuse", "correction", "noted", "again"]
#: The longest note or reason that somebody writes to another, in characters.
NOTE_LENGTH = 1000
Relation = Literal["self", "child", "spouse", "parent", "business"]
"""What whom a request is about is to the applicant."""
RELATIONS: Mapping[Relation, Promise] = {
    "self": _("you yourself"),
    "child": _("your child"),
    "spouse": _("your husband or wife"),
    "parent": _("your father or mother"),
    "business": _("your business"),
}
_TO_OFFICER: Mapping[Relation, Promise] = {
    "child": _("the applicant's child"),
    "spouse": _("the applicant's husband or wife"),
    "parent": _("the applicant's father or mother"),
    "business": _("the applicant's business"),
}
PaymentKind = Literal["tax", "levy"]
"""*Pajak*, or *retribusi*: a fee for a service of the city."""
TaskArea = Literal["kelurahan-of-applicant", "kelurahan-of-destination", "city"]


# ---------------------------------------------------------------------------------------------------- packages


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that the service needs. ``answer_only``: a derived answer, so that the value behind it stays away."""

    fact: str
    required: bool
    answer_only: bool
    may_declare: bool = False
    """While the system that holds it is silent, the applicant may state it herself."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A sentence for whom a fact has this value. It decides nothing."""

    fact: str
    value: bool | int | str
    text: Label


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Label


@dataclass(frozen=True, slots=True)
class Question:
    """What nobody holds and the citizen is asked for. ``asks``: the catalogue's fact that it stands for, if any."""

    key: str
    label: Label
    hint: Label | None
    type: QuestionType
    required: bool
    max_length: int
    choices: tuple[Choice, ...] = ()
    asks: str = ""
    fact: str = ""
    """``from-fact``: the list that one entry is chosen from."""
    parts: tuple[str, ...] = ()
    """``from-fact``: the parts that tell entries apart; all, if empty."""
    when: str = ""
    """Asked only where this expression holds, over the facts and answers that it ``looks_at``."""
    looks_at: tuple[str, ...] = ()
    check: str = ""
    """What looks at the answer before it is sent: a table, or a check of a package above."""
    declares: str = ""
    """The key under which the answer is kept as a declaration, where it stands for no fact of the catalogue."""

    @property
    def declared_as(self) -> str:
        return self.declares or self.asks


@dataclass(frozen=True, slots=True)
class UploadSpec:
    """A file that no connected system can prove. ``when``: an expression over facts and answers; empty: always."""

    key: str
    label: Label
    hint: Label | None
    kinds: tuple[str, ...]
    """Of ``conversation.files.KINDS``."""
    max_bytes: int
    required: bool
    when: str


@dataclass(frozen=True, slots=True)
class PaperProcess:
    """What the paper process asked for: the yardstick of what is saved."""

    fields: tuple[Label, ...]
    photocopies: tuple[Label, ...]
    visits: int


@dataclass(frozen=True, slots=True)
class StandardComponent:
    """One component of the public standard of service (UU 25/2009, art. 21)."""

    key: str
    text: Label


@dataclass(frozen=True, slots=True)
class Dated:
    """A figure from a rule, and since when it holds. ``confirmed`` is false until somebody has read the source."""

    in_force_from: date
    value: int
    basis: str
    confirmed: bool


def in_force(figures: tuple[Dated, ...], on: date) -> Dated | None:
    """The newest figure that holds on a day."""
    return next((one for one in reversed(figures) if one.in_force_from <= on), None)


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """What the service issues. ``key`` names it in ``- issue:``; the main one is ``document``."""

    key: str
    template: Path
    title: Label
    classification: str
    signing_agency: str
    holder: str
    """``applicant``, or the operation that says whose document it is (``nik`` and ``name``); empty: the subject's."""
    validity_months: tuple[Dated, ...]
    validity_answer: str
    """The question whose answer says how long it holds; empty where ``validity_months`` says it."""
    answer_months: Mapping[str, int]
    """The months by that answer."""


@dataclass(frozen=True, slots=True)
class PaymentSpec:
    """What is paid, where it is booked (kode rekening, and the list that it is from), and within how many days."""

    kind: PaymentKind
    account: str
    edition: str
    confirmed: bool
    within_days: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a decision table. ``when`` maps a fact or answer to its cell, in ZEN's unary form."""

    id: str
    when: Mapping[str, str]
    result: Result
    reason: Label
    advice: Label | None


@dataclass(frozen=True, slots=True)
class Edition:
    """A decision table as it holds from a day on. ``version`` is a digest of what it says, comments left out."""

    in_force_from: date
    legal_basis: str
    confirmed: bool
    version: str
    inputs: tuple[str, ...]
    rows: tuple[Row, ...]
    jdm: str = field(repr=False)
    """What the engine runs: the JSON Decision Model that the rows compile to."""

    def row(self, key: str) -> Row:
        return next(row for row in self.rows if row.id == key)


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table that a clerk reads and changes; the first row that fits decides."""

    key: str
    name: Label
    advises: bool
    """It decides nothing: an officer sees what it says."""
    editions: tuple[Edition, ...]
    """From the oldest to the newest."""

    def on(self, day: date) -> Edition:
        """The edition that holds on a day; before the first one, the first, which holds since it was read."""
        return next((one for one in reversed(self.editions) if one.in_force_from <= day), self.editions[0])

    def edition(self, version: str) -> Edition:
        """The edition that a decision was made by. Raises ``KeyError``."""
        for one in self.editions:
            if one.version == version:
                return one
        raise KeyError(version)

    @property
    def inputs(self) -> tuple[str, ...]:
        """What any of its editions looks at."""
        return tuple(dict.fromkeys(name for one in self.editions for name in one.inputs))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a fee is reckoned with, where it comes from, and whether somebody has read that."""

    label: Label
    value: Decimal
    basis: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A step of the reckoning with a name, so that the explanation can be followed."""

    label: Label
    expression: str


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One row of a fee table: for whom, and how much. ``rupiah`` is an expression, a bare number included."""

    id: str
    when: Mapping[str, str]
    rupiah: str
    label: Label


@dataclass(frozen=True, slots=True)
class Rounding:
    """To how many rupiah an amount is rounded, and which way."""

    to: int
    way: Literal["up", "down", "nearest"]


@dataclass(frozen=True, slots=True)
class FeeEdition:
    """A fee table as it holds from a day on."""

    in_force_from: date
    legal_basis: str
    confirmed: bool
    version: str
    figures: Mapping[str, Figure]
    parts: Mapping[str, Part]
    rows: tuple[FeeRow, ...]
    inputs: tuple[str, ...]
    """The facts and answers that its rows, parts and amounts name."""
    rounding: Rounding
    jdm: str = field(repr=False)

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody has read the rule and every figure in it."""
        return self.confirmed and all(figure.confirmed for figure in self.figures.values())


@dataclass(frozen=True, slots=True)
class FeeTable:
    """What a service costs, where that depends on facts and answers. The edition of the day of submission holds."""

    key: str
    name: Label
    editions: tuple[FeeEdition, ...]

    def on(self, day: date) -> FeeEdition:
        """As ``Table.on``."""
        return next((one for one in reversed(self.editions) if one.in_force_from <= day), self.editions[0])


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
class Silence:
    """What happens when a task's last day has passed. ``duty`` and ``deadline``: to whom it is escalated."""

    then: Literal["approve", "escalate"]
    basis: str
    confirmed: bool
    duty: str = ""
    deadline: WorkingDays | None = None


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A step in which an officer decides: of which agency, with which duty, for which area, in which time."""

    id: str
    label: Label
    agency: str
    duty: str
    area: TaskArea
    deadline: WorkingDays
    decisions: tuple[TaskDecisionKind, ...]
    informs: bool = False
    """She only takes note (``noted``); the request does not wait for her."""
    form: tuple[Question, ...] = ()
    """What the officer answers when she decides; it is kept with her decision."""
    four_eyes: bool = False
    """An approval needs a second officer of the same duty."""
    remind: WorkingDays | None = None
    """So long before its last day the task is one to be reminded of."""
    silence: Silence | None = None
    batch: bool = False
    """It may be approved, or taken note of, together with others."""


@dataclass(frozen=True, slots=True)
class Archive:
    """How the papers of a service are filed and how long they are kept, in years; then ``fate``."""

    classification: str
    active_years: int
    inactive_years: int
    fate: Literal["destroyed", "permanent", "assessed"]
    basis: str
    confirmed: bool


#: A life event, as a package names it: what the register announces.
LIFE_EVENTS: Mapping[str, str] = {
    "resident.born": "registry.resident_born",
    "resident.moved": "registry.resident_moved",
    "resident.married": "registry.resident_married",
    "resident.divorced": "registry.resident_divorced",
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A life event after which the service is offered: to whom, why, and for how many days."""

    event: str
    to: Literal["herself", "parent"]
    days: int
    because: Label
    answers: Mapping[str, str]
    """What the offer's draft is filled in with."""


_OPERATION = re.compile(r'implementation="[a-z_]+\.[a-z_]+"')


@dataclass(frozen=True, slots=True)
class ServicePackage:
    """A service as its package tells it. ``version`` is a digest of the package's files."""

    slug: str
    version: str
    folder: Path
    name: Label
    summary: Label
    icon: str
    """Of Tabler's, on the home page."""
    search_words: Mapping[str, tuple[str, ...]]
    """Everyday words by language code: ``{"id": ("surat domisili", …), "en": (…)}``."""
    prefix: str
    """Begins the public number: ``DOM`` gives ``DOM-2026-000123``."""
    agency: str
    legal_basis: tuple[Label, ...]
    standard: tuple[StandardComponent, ...]
    acts_for: tuple[Relation, ...]
    """For whom one may ask for it, in the order in which they are offered."""
    needs: tuple[Need, ...]
    questions: tuple[Question, ...]
    uploads: tuple[UploadSpec, ...]
    reminders: tuple[Reminder, ...]
    tables: Mapping[str, Table]
    tasks: Mapping[str, TaskSpec]
    process: Path
    """Where the process stands: ``process.bpmn``, or ``service.yaml`` where it is a list of steps."""
    bpmn: str = field(repr=False)
    """The process itself: as it was drawn, or compiled from the steps."""
    fees: tuple[Dated, ...]
    """In rupiah; the newest that is in force holds. 0 is free of charge. Empty where ``fee_table`` says it."""
    fee_table: FeeTable | None
    deadline_days: int
    """Working days; 0 is at once."""
    document: DocumentSpec
    also_issues: tuple[DocumentSpec, ...]
    """Other documents, issued before the main one."""
    paper: PaperProcess
    triggers: tuple[Trigger, ...] = ()
    archive: Archive | None = None
    payment: PaymentSpec | None = None

    @property
    def documents(self) -> tuple[DocumentSpec, ...]:
        """Everything that it issues, the main one first."""
        return (self.document, *self.also_issues)

    @property
    def begins_with_herself(self) -> bool:
        """It is there at once and mostly for oneself: whoever asks for another says so."""
        return self.deadline_days == 0 and self.acts_for[0] == "self"

    @property
    def runs_operations(self) -> bool:
        """Whether a part of Satu above does something in its process, which may issue documents of its own."""
        return _OPERATION.search(self.bpmn) is not None

    def issues(self, key: str) -> DocumentSpec:
        return next(spec for spec in self.documents if spec.key == key)

    @property
    def is_steps(self) -> bool:
        """Whether its process is a list of steps, which begins again at the first after a correction."""
        return self.process.suffix == ".yaml"

    @property
    def awaited(self) -> tuple[str, ...]:
        """The tasks that a request waits for, and not those that only inform an officer."""
        return tuple(task.id for task in self.tasks.values() if not task.informs)


# ------------------------------------------------------------------------------------------------------- cases


@dataclass(frozen=True, slots=True)
class ActingChoice:
    """Somebody or something for whom a resident may ask. ``key`` is opaque, and goes into ``start_case(about=)``."""

    key: str
    name: str = field(repr=False)
    relation: Relation
    relation_label: Promise


@dataclass(frozen=True, slots=True)
class AboutView:
    """Whom a case is about when it is not the applicant, and who acts. ``key`` begins such a request again."""

    key: str
    name: str = field(repr=False)
    relation: Relation
    """What she is to the applicant."""
    applicant_name: str = field(repr=False)

    @property
    def relation_label(self) -> Promise:
        """As the applicant is told."""
        return RELATIONS[self.relation]

    @property
    def relation_to_officer(self) -> Promise:
        return _TO_OFFICER[self.relation]


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
    """Whether another question depends on its answer."""


_SOON = 2
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
    """A system that does not answer, and what of it was needed."""

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
    has_officer: bool
    """Whether an officer decides it."""
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
    state: CaseState
    state_label: str
    begun_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    document_id: UUID | None
    agency_short: str = ""
    due_on: date | None = None
    """The last day of the officer who has it."""
    working_days_left: int | None = None
    """Until then; negative when it is over. ``None`` while no officer has it."""

    @property
    def is_open(self) -> bool:
        return self.state in {"draft", "submitted", "in_process", "returned"}


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


@dataclass(frozen=True, slots=True)
class TaskDecisionView:
    decision: TaskDecisionKind
    reason: str = field(repr=False)
    by_name: str
    at: datetime
    answers: tuple[QuestionView, ...] = field(default=(), repr=False)
    """What she answered in the task's form."""


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
    then: Literal["officer", "payment", "document"] = "document"
    """What an approval leads to next: another officer looks, the applicant pays, or the document is issued."""
    stuck: StuckView | None = None
    """Why the request stands still, where that is what the task is about."""


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


# ------------------------------------------------------------------------------------------------------ errors


class InvalidAnswers(InvalidInput):
    """Some answers cannot be used. ``errors`` has a sentence for each question's key; nothing has changed."""

    code = "invalid-answers"

    def __init__(self, errors: Mapping[str, str | Promise]) -> None:
        super().__init__(_("Some answers need another look."), field=next(iter(errors), None))
        self.errors: Mapping[str, str | Promise] = errors


class SystemsDown(SatuError):
    """A required fact's system does not answer. The draft is kept; ``troubles`` says which system."""

    code = "systems-down"
    status = 503

    def __init__(self, sentence: str | Promise, troubles: tuple[SystemTrouble, ...]) -> None:
        super().__init__(sentence)
        self.troubles = troubles


class FeeUnknown(SatuError):
    """What it costs cannot be worked out: ``missing`` are the facts and answers that the fee's table looks at."""

    code = "fee-unknown"
    status = 422

    def __init__(self, sentence: str | Promise, missing: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.missing = missing


class FactsMissing(SatuError):
    """The system answered that it does not hold what the document needs. The draft is kept."""

    code = "facts-missing"
    status = 422

    def __init__(self, sentence: str | Promise, facts: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.missing = facts


Values = Mapping[str, Any]
"""Values by fact key; JSON values, dates as ISO 8601 text."""
