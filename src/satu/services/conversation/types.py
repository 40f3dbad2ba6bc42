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
