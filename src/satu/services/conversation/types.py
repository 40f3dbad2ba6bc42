"""What a page sees of files and messages. Frozen, and without the database in it."""

from dataclasses import dataclass, field
from datetime import datetime
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
