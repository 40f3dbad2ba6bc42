"""A service package as it was read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from satu.kernel.calendar import WorkingDays
from satu.kernel.city import Label
from satu.services.types.people import Relation
from satu.services.types.tables import Dated, FeeTable, Table

QuestionType = Literal["text", "choice", "date", "number", "members", "from-fact", "address", "location", "photo"]


#: Answers to these are JSON text.
COMPOSITE: frozenset[QuestionType] = frozenset({"members", "from-fact", "address"})


#: What whom a request is about is to the applicant (``Relation``), as rules see it.
ABOUT = "request.about"


#: The fact that a question for ``members`` chooses from.
MEMBERS_FACT = "family.members"


TaskDecisionKind = Literal["approve", "refuse", "correction", "noted", "again"]


PaymentKind = Literal["tax", "levy"]
"""*Pajak*, or *retribusi*: a fee for a service of the city."""


TaskArea = Literal["kelurahan-of-applicant", "kelurahan-of-destination", "city"]


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
    looks_at: tuple[str, ...] = ()
    """The facts and answers in ``when``."""


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
    when: str = ""
    """The condition under which it is needed, as steps write it; a request for which it does not hold goes by."""
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
