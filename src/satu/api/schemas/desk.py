"""What officers work with."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from satu.api.paging import Page
from satu.api.schemas.cases import Answer, Asked, Decision, Fact, Fee
from satu.api.schemas.own import Panel
from satu.api.schemas.parts import File, Given, Labelled, Note, Step, Text, labelled

TaskDecisionKind = Literal["approve", "refuse", "correction", "noted"]


class TaskLine(Schema):
    """An open task in the queue."""

    id: UUID
    number: str = Field(examples=["SKTM-2026-000031"])
    service_name: Text = Field(examples=["Surat keterangan tidak mampu"])
    label: Text = Field(examples=["Periksa permohonan"])
    applicant_name: str = Field(examples=["Dewi Anggraini"])
    due_on: date
    working_days_left: int = Field(examples=[2])
    urgency: Literal["late", "today", "soon", "later"]


class Queue(Page[TaskLine]):
    """Open tasks, the most urgent first."""


class Waiting(Schema):
    """A task in which the applicant has written and nobody has read it."""

    task_id: UUID
    number: str = Field(examples=["SKTM-2026-000031"])
    applicant_name: str = Field(examples=["Dewi Anggraini"])
    at: datetime


class MadeDecision(Schema):
    """What an officer decided."""

    decision: TaskDecisionKind
    reason: str = Field(examples=[""])
    by_name: str = Field(examples=["Rina Marlina"])
    at: datetime


class AboutForOfficer(Schema):
    """Whom the request is about, when that is not the applicant."""

    name: str = Field(examples=["Adi Putra"])
    relation: str = Field(examples=["child"])
    relation_label: Text = Field(examples=["anak pemohon"])

    @staticmethod
    def resolve_relation_label(about: Any) -> object:
        return about.relation_to_officer


class TaskObjection(Schema):
    """What the task has to do with objections."""

    is_objection: bool
    text: str = Field(examples=[""])
    at: datetime | None
    refused_by_her: bool
    may_reopen: bool


class Task(Schema):
    """What the task is about: facts, answers, advice, and what may be decided."""

    id: UUID
    number: str = Field(examples=["SKTM-2026-000031"])
    service_name: Text = Field(examples=["Surat keterangan tidak mampu"])
    label: Text = Field(examples=["Periksa permohonan"])
    applicant_name: str = Field(examples=["Dewi Anggraini"])
    about: AboutForOfficer | None
    state: Literal["open", "decided", "cancelled", "escalated"]
    due_on: date
    working_days_left: int = Field(examples=[2])
    facts: list[Fact]
    questions: list[Asked]
    advice: list[Decision]
    decisions: list[TaskDecisionKind] = Field(description="What may be decided.", examples=[["approve"]])
    form: list[Asked] = Field(description="What the officer answers when she decides.")
    decided: MadeDecision | None
    confirms: str = Field(description="Who approved it already, where a second officer has to.", examples=[""])
    earlier: list[MadeDecision]
    timeline: list[Step]
    fee: Fee | None
    issues: Text = Field(examples=["Surat Keterangan Tidak Mampu"])
    files: list[File]
    objection: TaskObjection | None


class Decide(Given):
    """A decision. Against the applicant, or back to her, only with a reason, which she reads."""

    decision: TaskDecisionKind
    reason: Note = Field(default="", examples=[""])
    answers: dict[str, Answer] = Field(default_factory=dict, examples=[{}])


class Because(Given):
    """A reason in a sentence."""

    reason: Note = Field(examples=["Ada dokumen baru dari pemohon."])


class Reason(Schema):
    """A reason that the officer may give for looking somebody up."""

    code: str = Field(examples=["counter-service"])
    label: Text = Field(examples=["Pelayanan di loket"])
    legal_basis: str = Field(examples=["UU 25/2009"])


class Search(Given):
    """Whom the officer means, and why she looks."""

    text: str = Field(min_length=2, max_length=100, examples=["dewi anggraini 1991"])
    reason: str = Field(max_length=60, examples=["counter-service"])


class Person(Schema):
    """Somebody whom the words may mean."""

    person: str = Field(description="Sealed: good for an hour, and for this officer only.", examples=["gAAAAA…"])
    name: str = Field(examples=["Dewi Anggraini"])
    nik: Text = Field(description="Masked.", examples=["•••• •••• •••• 0007"])
    birth_date: date
    sex: Literal["male", "female"]
    kelurahan_name: str = Field(examples=["Sukarasa"])


class People(Schema):
    """Those whom the words may mean, the likeliest first. Each of them reads of this search."""

    items: list[Person]


class OpenInquiry(Given):
    """Who was chosen, and why her data is looked at."""

    person: str = Field(max_length=2000, examples=["gAAAAA…"])
    reason: str = Field(max_length=60, examples=["counter-service"])
    note: Note = Field(default="", examples=[""])


class SystemOfInquiry(Schema):
    """One system, what the reason allows of it, and what it does not."""

    system: str = Field(examples=["siak"])
    name: Text = Field(examples=["SIAK"])
    agency: str = Field(examples=["Disdukcapil"])
    simulated: bool
    facts: list[str] = Field(examples=[["person.name"]])
    not_allowed: list[Text] = Field(examples=[["Agama"]])


class Inquiry(Schema):
    """An inquiry of the officer's own; its systems are asked one by one."""

    id: UUID
    reason: str = Field(examples=["counter-service"])
    reason_label: Text = Field(examples=["Pelayanan di loket"])
    legal_basis: str = Field(examples=["UU 25/2009"])
    note: str = Field(examples=[""])
    opened_at: datetime
    systems: list[SystemOfInquiry]


class InquiryPanel(Panel):
    """What one system knows, as far as the reason allows."""

    not_allowed: list[Text] = Field(examples=[["Agama"]])


class LicenceEvent(Schema):
    kind: str = Field(examples=["granted"])
    text: Text = Field(examples=["Diberikan"])
    at: datetime
    who: str = Field(examples=["Agus Wibowo"])
    reason: str = Field(examples=[""])


class LicenceLine(Schema):
    """A licence in the register."""

    id: UUID
    number: str = Field(examples=["503/001-DPMPTSP/SIP/2026"])
    kind: str = Field(examples=["sip"])
    kind_name: Text = Field(examples=["Surat izin praktik"])
    holder_name: str = Field(examples=["Dewi Anggraini"])
    place: str = Field(examples=["Puskesmas Sukarasa"])
    valid_from: date
    valid_until: date
    state: Literal["active", "expired", "replaced", "revoked"]
    state_label: Text = Field(examples=["Berlaku"])
    case_number: str = Field(examples=["SIP-2026-000123"])
    document_id: UUID | None
    granted_at: datetime


class Licences(Page[LicenceLine]):
    """Licences, the newest first."""


class Licence(LicenceLine):
    """A licence with its history."""

    kept: list[Labelled]
    document_code: str = Field(examples=["K7QX-M9D4-8PZ2-R3TV-6WNB-H5CE"])
    may_revoke: bool
    events: list[LicenceEvent]

    @staticmethod
    def resolve_kept(licence: Any) -> list[dict[str, object]]:
        return labelled(licence.kept)


class SavedLine(Schema):
    """What residents were spared by one service in a period; an empty slug is all of them."""

    service: str = Field(examples=["domisili"])
    service_name: Text | None = Field(examples=["Surat keterangan domisili"])
    agency_name: Text | None = Field(examples=["Kelurahan"])
    requests: int = Field(examples=[120])
    documents: int = Field(examples=[118])
    paper_fields: int = Field(examples=[1416])
    typed: int = Field(examples=[118])
    photocopies: int = Field(examples=[354])
    visits: int = Field(examples=[236])
    touch_free: int = Field(description="Documents that no officer touched.", examples=[118])
    median: float | None = Field(description="Seconds from sending to the document, at the median.", examples=[1.2])
    p90: float | None = Field(description="The same at the 90th percentile.", examples=[2.4])


class SavedAnswer(Schema):
    since: date
    until: date
    services: list[SavedLine]
