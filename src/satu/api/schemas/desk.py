"""What officers work with."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as _
from ninja import Schema
from pydantic import Field

from satu.api.paging import Page
from satu.api.schemas.cases import Answer, Asked, Decision, Fact, Fee
from satu.api.schemas.own import Panel
from satu.api.schemas.parts import File, Given, Labelled, Note, ReportedFact, Step, Text, labelled
from satu.services.types import AfterApproval

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
    batch: bool = Field(description="It may be decided together with others.")
    taken_by: str = Field(description="Who works on it.", examples=[""])
    hers: bool


class Taking(Schema):
    """Who works on a task, and until when it is hers."""

    by_name: str = Field(examples=["Rina Marlina"])
    at: datetime
    until: datetime
    hers: bool


class Tasks(Given):
    """Several tasks."""

    tasks: list[Annotated[UUID, Field(strict=False)]] = Field(min_length=1, max_length=100)


class BatchItem(Schema):
    """One of several tasks; `refusal` says why it cannot be decided with the others."""

    id: UUID
    number: str = Field(examples=["SKTM-2026-000031"])
    applicant_name: str = Field(examples=["Dewi Anggraini"])
    decision: str = Field(examples=["approve"])
    refusal: Text = Field(examples=[""])


class BatchResult(Schema):
    """What became of it."""

    item: BatchItem
    outcome: Literal["decided", "late", "refused", "failed"]
    sentence: Text = Field(examples=[""])


class Narrowed(Given):
    """What a queue is narrowed to. Empty is everything."""

    due: Literal["", "late", "today", "week"] = ""
    whose: Literal["", "mine", "free"] = ""
    service: str = Field(default="", max_length=60)
    duty: str = Field(default="", max_length=40)
    kelurahan: str = Field(default="", max_length=13)
    another: bool = Field(default=False, description=_("Only those about somebody else than who applies."))


class NewFilter(Narrowed):
    """And a name to keep it under."""

    name: str = Field(max_length=200, examples=["Terlambat"])


class NewName(Given):
    name: str = Field(max_length=200, examples=["Hari ini"])


class Where(Schema):
    due: str = Field(examples=["late"])
    whose: str = Field(examples=[""])
    service: str = Field(examples=[""])
    duty: str = Field(examples=[""])
    kelurahan: str = Field(examples=[""])
    another: bool


class Filter(Schema):
    """What a queue is narrowed to, under a name."""

    id: UUID
    name: str = Field(examples=["Terlambat"])
    where: Where


class Officer(Schema):
    """An officer as her administrator sees her."""

    id: int = Field(examples=[12])
    login: str = Field(examples=["rina@kelurahan.example"])
    name: str = Field(examples=["Rina Marlina"])
    agency: str = Field(examples=["kelurahan"])
    duties: list[str] = Field(examples=[["front-office"]])
    areas: list[str] = Field(description="Codes of kelurahan; none are the whole city.", examples=[[]])
    state: Literal["open", "added", "invited", "suspended"]
    herself: bool


class RightsThen(Schema):
    """What she had then; `open` is whether she could sign in, and an absence has its days."""

    open: bool | None = Field(default=None, examples=[True])
    duties: list[str] = Field(default=[], examples=[["front-office"]])
    areas: list[str] = Field(default=[], examples=[[]])
    first: date | None = Field(default=None, examples=[None])
    last: date | None = Field(default=None, examples=[None])
    stand_in: str | None = Field(default=None, examples=[None])


class OfficerChange(Schema):
    """One change about an officer, as it was written down; nobody can change that."""

    at: datetime
    by_name: str = Field(examples=["Dian Puspita"])
    officer_id: int = Field(examples=[12])
    officer_name: str = Field(examples=["Rina Marlina"])
    kind: Literal["added", "rights", "invited", "withdrawn", "suspended", "resumed", "absent", "back"]
    before: RightsThen
    after: RightsThen


class Rights(Given):
    """Duties, and the kelurahan for which they are; none are the whole city."""

    duties: list[str] = Field(max_length=100, examples=[["front-office"]])
    areas: list[str] = Field(default=[], max_length=300, examples=[[]])


class NewOfficer(Rights):
    """An officer by her work address, which is her login."""

    login: str = Field(max_length=100, examples=["rina@kelurahan.example"])
    name: str = Field(max_length=200, examples=["Rina Marlina"])


class Numbered(Schema):
    """What was made, by its number."""

    id: int = Field(examples=[12])


class Workload(Schema):
    """What waits for an officer, and what she decided."""

    officer: Officer
    waiting: int = Field(examples=[14])
    late: int = Field(examples=[1])
    taken: int = Field(examples=[2])
    today: int = Field(examples=[5])
    week: int = Field(examples=[31])
    median: float | None = Field(description="Seconds from opening to deciding, at the median.", examples=[5400.0])


class Absence(Schema):
    """Days on which an officer is away, both included."""

    id: UUID
    first: date
    last: date
    stand_in_name: str = Field(examples=["Tuti Handayani"])


class NewAbsence(Given):
    """Days, both included, and who stands in."""

    first: Annotated[date, Field(strict=False)]
    last: Annotated[date, Field(strict=False)]
    stand_in: int | None = Field(default=None, ge=1, le=2_147_483_647, description=_("The number of an officer."))
    officer: int | None = Field(
        default=None,
        ge=1,
        le=2_147_483_647,
        description=_("Who is away, where that is somebody whom the caller looks after."),
    )


class StandIn(Schema):
    """Who could stand in."""

    id: int = Field(examples=[13])
    name: str = Field(examples=["Tuti Handayani"])


class Absences(Schema):
    """Absences that last or are to come, and who could stand in."""

    items: list[Absence]
    stand_ins: list[StandIn]


class ReportForOfficer(ReportedFact):
    """What somebody said of a fact that the officer's agency owns, or one that has no officer."""

    agency: Text = Field(examples=["Disdukcapil"])
    owner_has_nobody: bool
    reporter_name: str = Field(examples=["Dewi Anggraini"])
    reporter_nik: str = Field(examples=["3171000000000000"])
    about_another: bool


class ReportLine(Schema):
    """A report in a list."""

    id: UUID
    fact: str = Field(examples=["person.address"])
    label: Text = Field(examples=["Alamat"])
    agency: Text = Field(examples=["Disdukcapil"])
    owner_has_nobody: bool
    reporter_name: str = Field(examples=["Dewi Anggraini"])
    at: datetime


class AnswerToReport(Given):
    """What the agency did about it, and a sentence that the citizen reads."""

    outcome: Literal["corrected", "kept"]
    answer: Note = Field(examples=["Sudah kami perbaiki sesuai kartu keluarga."])


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
    mended: bool = Field(description="It asked for a correction, which the applicant has made since.")


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
    then: AfterApproval = Field(
        description="What an approval leads to; with `officer_or_…` another officer looks if a rule asks for it."
    )
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
    more: bool = Field(description="Others may be meant, too: say more, such as the year of birth.")


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
