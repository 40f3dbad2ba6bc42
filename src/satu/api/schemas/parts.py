"""What schemas are made of. Texts for people are in the caller's language (``Accept-Language``)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


def _as_text(value: object) -> str:
    if value is None:
        raise ValueError("no text")
    return str(value)


Text = Annotated[str, BeforeValidator(_as_text)]
"""A label, or a lazily translated sentence: in the caller's language once it is written."""
Rupiah = Annotated[int, Field(description="Whole rupiah.", examples=[25_000])]
Outcome = Literal["found", "not-found", "ambiguous", "unavailable", "refused"]
"""What came of asking a system for a fact."""
Certification = Literal["certified", "development", "unknown"]
"""Of a seal: whether an accredited authority stands behind it."""
Note = Annotated[str, StringConstraints(max_length=4000)]
"""What somebody writes. How long it may be, the action says, in words."""


class Given(BaseModel):
    """What a request brings: nothing but what is asked, and nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Labelled(Schema):
    """Something that is known, as people read it."""

    label: Text = Field(examples=["Nama"])
    shown: Text = Field(examples=["Dewi Anggraini"])


def labelled(pairs: Any) -> list[dict[str, object]]:
    return [{"label": label, "shown": shown} for label, shown in pairs]


class Source(Schema):
    """Where something comes from."""

    system: str = Field(examples=["siak"])
    system_name: Text = Field(examples=["SIAK"])
    agency: Text = Field(examples=["Disdukcapil"])
    as_of: datetime | None = Field(description="When it was true there.")


class Step(Schema):
    """One line of a timeline."""

    kind: str = Field(examples=["submitted"])
    text: Text = Field(examples=["Permohonan terkirim"])
    state: str = Field(description="`done`, `now` or `next`.", examples=["done"])
    at: datetime | None
    who: str = Field(examples=["Kelurahan"])


class Picture(Schema):
    """The way of a request: BPMN 2.0 with its drawing, what is done in it and where it is now (ids of elements)."""

    bpmn: str = Field(examples=["<definitions/>"])
    done: list[str] = Field(examples=[["start"]])
    now: list[str] = Field(examples=[["check"]])


class File(Schema):
    """A file that was sent and found clean."""

    id: UUID
    key: str = Field(examples=["photo"])
    label: Text | None = Field(examples=["Foto lokasi"])
    name: str = Field(examples=["lokasi.jpg"])
    content_type: str = Field(examples=["image/jpeg"])
    size: int = Field(description="In bytes.", examples=[183_204])
    at: datetime
    removable: bool


class Message(Schema):
    """What somebody wrote."""

    id: UUID
    mine: bool = Field(description="From the caller's own side.")
    who: str = Field(examples=["Kelurahan Sukarasa"])
    text: str = Field(examples=["Mohon foto dari depan."])
    at: datetime
    unread: bool
    files: list[File]


class Conversation(Schema):
    """What was written, oldest first."""

    messages: list[Message]
    may_write: bool = Field(description="Whether somebody still reads here.")


class ReportedFact(Schema):
    """A datum that somebody says is wrong, and what was answered."""

    id: UUID
    fact: str = Field(examples=["person.address"])
    label: Text = Field(examples=["Alamat"])
    recorded: str = Field(examples=["Jalan Melati Nomor Lima"])
    note: str = Field(examples=["Seharusnya Jalan Melati Nomor Tujuh."])
    at: datetime
    state: Literal["open", "corrected", "kept"]
    answer: str = Field(examples=[""])
    answered_at: datetime | None


class Made(Schema):
    """What was made, by its id."""

    id: UUID


class Period(Schema):
    since: date
    until: date
