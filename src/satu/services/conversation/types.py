"""What a page sees of files and messages. Frozen, and without the database in it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from satu.kernel.city import Label


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file that somebody sent and a scanner found clean."""

    id: UUID
    key: str
    label: Label | None
    """What the package calls it; ``None`` for a file to a task or a message."""
    name: str = field(repr=False)
    content_type: str
    size: int
    by_name: str = field(repr=False)
    at: datetime
    removable: bool
    """Whether it may still be replaced or taken away."""

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.size / 1024))


@dataclass(frozen=True, slots=True)
class AttachmentFile:
    """The file itself, with the name and type under which it may be given out."""

    id: UUID
    name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class UploadView:
    """A file that the package asks for, with what was sent. ``accept`` is for ``<input accept>``."""

    key: str
    label: Label
    hint: Label | None
    accept: str
    types: str
    """As people read it: ``PDF, JPEG``."""
    max_megabytes: int
    required: bool
    attachment: AttachmentView | None
    is_asked: bool = True
    """False: it was sent, and with the answers as they are now nobody needs it."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """What somebody wrote on a case, as the other side reads it."""

    id: UUID
    mine: bool
    """From the reader's own side."""
    who: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
    unread: bool
    files: tuple[AttachmentView, ...]


@dataclass(frozen=True, slots=True)
class ConversationView:
    """What was written on a case, oldest first. ``may_write``: it still goes on."""

    messages: tuple[MessageView, ...]
    may_write: bool

    @property
    def unread(self) -> int:
        return sum(message.unread for message in self.messages)


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A task of hers in which the applicant has written and no officer has read it yet."""

    task_id: UUID
    number: str
    applicant_name: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """What an applicant may do, or did, against a refusal."""

    may_object: bool
    until: date | None
    """The last day; ``None`` where the city has no rule."""
    basis: str
    confirmed: bool
    by_officer: bool
    """Whether an officer refused, who does not decide on the objection; else a rule did."""
    text: str = field(default="", repr=False)
    at: datetime | None = None
    due: date | None = None
    outcome: Literal["", "open", "granted", "refused"] = ""
    reason: str = field(default="", repr=False)
    """The officer's sentence."""


@dataclass(frozen=True, slots=True)
class TaskObjection:
    """What an officer reads of an objection, and whether she may take the case up again."""

    is_objection: bool
    text: str = field(repr=False)
    at: datetime | None
    refused_by_her: bool
    """She refused it, so another officer decides on the objection."""
    may_reopen: bool


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """What she stated herself, in which request, and which agency's officer has verified it, if one has."""

    key: str
    label: Label
    value: str = field(repr=False)
    """As it was answered."""
    shown: str = field(repr=False)
    case_id: UUID
    number: str
    at: datetime
    verified_by: str = field(repr=False)
    """The agency; empty while nobody has."""
    verified_at: datetime | None


ReportState = Literal["open", "corrected", "kept"]


@dataclass(frozen=True, slots=True)
class DataReportView:
    """*Ini salah*: what somebody said of a fact, and what the agency that owns it answered."""

    id: UUID
    case_id: UUID | None
    fact: str
    label: Label
    agency: Label
    owner_has_nobody: bool
    """The agency has no officer who could answer: an integrator does, for it. Always false for the citizen."""
    reporter_name: str = field(repr=False)
    reporter_nik: str = field(repr=False)
    about_another: bool
    """It is not the reporter's own datum: her child's, her parent's."""
    recorded: str = field(repr=False)
    note: str = field(repr=False)
    at: datetime
    state: ReportState
    answer: str = field(repr=False)
    answered_at: datetime | None
