"""Requests, as their applicant reads them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as _
from ninja import Schema
from pydantic import Field

from satu.api.paging import Page
from satu.api.schemas.parts import File, Given, Labelled, Note, Rupiah, Source, Step, Text, labelled
from satu.api.schemas.services import Choice

State = Literal["draft", "submitted", "in_process", "returned", "issued", "refused", "withdrawn"]
Answer = str | list[Any] | dict[str, Any]


class Begin(Given):
    """A service, and for whom."""

    service: str = Field(max_length=60, examples=["domisili"])
    about: str = Field(
        default="",
        max_length=200,
        description=_("The key of one of those for whom she may ask. Empty: herself, or the only one there is."),
        examples=[""],
    )


class Answers(Given):
    """Answers to the questions of a request."""

    answers: dict[str, Answer] = Field(
        default_factory=dict,
        description=_("By question. Text; a list or an object where the question's type says so."),
        examples=[{"purpose": "melamar pekerjaan"}],
    )


class WrongFact(Given):
    """A fact that is not right, and what is."""

    fact: str = Field(max_length=100, examples=["person.address"])
    note: Note = Field(examples=["Seharusnya Jalan Melati Nomor Tujuh."])


class Words(Given):
    """Something said."""

    text: Note = Field(examples=["Saya tidak setuju karena pendapatan saya sudah berubah."])


class About(Schema):
    """Whom a request is about, when that is not the applicant."""

    name: str = Field(examples=["Adi Putra"])
    relation: str = Field(examples=["child"])
    relation_label: Text = Field(examples=["anak Anda"])
    applicant_name: str = Field(examples=["Dewi Anggraini"])


class CaseLine(Schema):
    """A request in a list."""

    id: UUID
    number: str = Field(description="Empty while it is a draft.", examples=["DOM-2026-000123"])
    service: str = Field(examples=["domisili"])
    service_name: Text = Field(examples=["Surat keterangan domisili"])
    about: About | None
    state: State
    state_label: Text = Field(examples=["Terbit"])
    begun_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    document_id: UUID | None


class Cases(Page[CaseLine]):
    """Requests, the newest first."""


class Thing(Schema):
    """One of several things with parts, such as a member of a family."""

    parts: list[Labelled]


class Fact(Schema):
    """One fact of a request, with its source."""

    fact: str = Field(examples=["person.name"])
    label: Text = Field(examples=["Nama"])
    shown: str = Field(description="Empty unless it was found.", examples=["Dewi Anggraini"])
    outcome: Literal["found", "not_found", "ambiguous", "unavailable", "refused"]
    required: bool
    answer_only: bool
    source: Source
    retrieved_at: datetime | None
    legal_basis: str = Field(examples=["UU 24/2013"])
    reported_wrong: bool
    pending: bool = Field(description="Its system did not answer; it is fetched when the system is back.")
    things: list[Thing]

    @staticmethod
    def resolve_source(fact: Any) -> dict[str, object]:
        return {
            "system": fact.system,
            "system_name": fact.system_name,
            "agency": fact.agency,
            "as_of": fact.as_of,
        }

    @staticmethod
    def resolve_things(fact: Any) -> list[dict[str, object]]:
        return [{"parts": labelled(parts)} for parts in fact.things]


class SaidBefore(Schema):
    value: str = Field(examples=["belum menikah"])
    at: datetime
    verified_by: str = Field(examples=["Disdukcapil"])


class Asked(Schema):
    """A question that is left to ask, with what was answered."""

    key: str = Field(examples=["purpose"])
    label: Text = Field(examples=["Untuk keperluan apa?"])
    hint: Text | None = Field(examples=["Misalnya melamar pekerjaan."])
    type: str = Field(examples=["text"])
    required: bool
    max_length: int = Field(examples=[120])
    choices: list[Choice]
    answer: str = Field(examples=["melamar pekerjaan"])
    shown: str = Field(examples=["melamar pekerjaan"])
    is_asked: bool = Field(description="False: it has its answer without being asked.")
    asks_more: bool = Field(description="Whether another question depends on its answer.")
    said_before: SaidBefore | None = Field(
        default=None, description="What she stated before about the same person; offered, never used by itself."
    )


class Trouble(Schema):
    """A system that does not answer, and what of it was needed."""

    system: str = Field(examples=["dtsen"])
    system_name: Text = Field(examples=["DTSEN"])
    facts: list[Text] = Field(examples=[["Desil"]])
    required: bool


class Decision(Schema):
    """A decision, with the row that fired and the values it saw."""

    result: Literal["approve", "refuse", "examine"]
    reason: Text = Field(examples=["Alamat pada kartu keluarga ada di kelurahan ini."])
    advice: Text | None = Field(examples=[None])
    table_name: Text = Field(examples=["Kelayakan"])
    row_number: int = Field(description="Counted from 1; 0 when no table decided.", examples=[1])
    legal_basis: str = Field(examples=["Perda 5/2014"])
    values: list[Labelled]
    decided_at: datetime
    automatic: bool

    @staticmethod
    def resolve_values(decision: Any) -> list[dict[str, object]]:
        return labelled(decision.values)


class Issued(Schema):
    """A document that the request led to."""

    id: UUID
    code: str = Field(examples=["K7QX-M9D4-8PZ2-R3TV-6WNB-H5CE"])
    title: Text = Field(examples=["Surat Keterangan Domisili"])
    issued_at: datetime
    valid_until: date | None


class Correction(Schema):
    """A report that a fact is wrong, and to whom it went."""

    id: UUID
    fact: str = Field(examples=["person.address"])
    label: Text = Field(examples=["Alamat"])
    note: str = Field(examples=["Seharusnya Jalan Melati Nomor Tujuh."])
    agency: str = Field(examples=["Disdukcapil"])
    state: Literal["open", "settled"]
    at: datetime


class Fee(Schema):
    """What it costs, and why."""

    amount: Rupiah
    lines: list[Labelled]
    basis: str = Field(examples=["Perda 1/2024"])
    confirmed: bool = Field(description="Whether somebody has read the rule.")

    @staticmethod
    def resolve_lines(fee: Any) -> list[dict[str, object]]:
        return labelled(fee.lines)


class Saved(Schema):
    """What the paper process asked, and what this request asked."""

    paper_fields: int = Field(examples=[12])
    fields_typed: int = Field(examples=[1])
    photocopies_avoided: int = Field(examples=[3])
    visits_avoided: int = Field(examples=[2])


class Owed(Schema):
    """The fee that a request waits for."""

    bill_id: UUID
    amount: Rupiah
    due: datetime
    lapsed: bool


class Case(Schema):
    """Everything about one request."""

    id: UUID
    number: str = Field(examples=["DOM-2026-000123"])
    service: str = Field(examples=["domisili"])
    service_name: Text = Field(examples=["Surat keterangan domisili"])
    agency_name: Text = Field(examples=["Kelurahan"])
    about: About | None
    is_mine: bool = Field(description="Whether the caller asked for it; else it is about her.")
    state: State
    state_label: Text = Field(examples=["Draf"])
    begun_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    pulled_at: datetime
    facts: list[Fact]
    questions: list[Asked]
    troubles: list[Trouble]
    reminders: list[Text] = Field(examples=[["KTP Anda akan habis masa berlakunya."]])
    timeline: list[Step]
    decision: Decision | None
    documents: list[Issued]
    corrections: list[Correction]
    savings: Saved
    fee: Fee | None
    deadline_days: int = Field(examples=[0])
    returned_because: str = Field(description="The officer's sentence, while she waits for a correction.")
    due_on: date | None = Field(description="The last day for the officer who has it.")
    working_days_left: int | None = Field(examples=[2])
    payment: Owed | None
    may_submit: bool
    may_withdraw: bool


class Upload(Schema):
    """A file that the service asks for, with what was sent."""

    key: str = Field(examples=["photo"])
    label: Text = Field(examples=["Foto lokasi"])
    hint: Text | None = Field(examples=["Dari depan."])
    types: str = Field(examples=["JPEG, PNG"])
    max_megabytes: int = Field(examples=[5])
    required: bool
    attachment: File | None


class Objection(Schema):
    """What may be done, and was done, against a refusal."""

    may_object: bool
    until: date | None = Field(description="The last day; null where the city has no rule.")
    basis: str = Field(examples=["UU 30/2014 pasal 77"])
    text: str = Field(examples=["Pendapatan saya sudah berubah."])
    at: datetime | None
    due: date | None
    outcome: Literal["", "open", "granted", "refused"]
    reason: str = Field(examples=[""])


class FeeAnswer(Schema):
    """What it would cost with these answers; null while some are missing."""

    fee: Fee | None
