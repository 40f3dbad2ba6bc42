"""How the city is set up: systems, facts, services, agencies, calendar and templates. No address and no secret."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from satu.api.schemas.cases import Answer, Asked, Decision, Fact, Fee, Trouble
from satu.api.schemas.city import Observed
from satu.api.schemas.parts import Given, Step, Text
from satu.api.schemas.services import Health


class Setting(Schema):
    """A setting that the installation needs for it, by its name alone."""

    name: str = Field(examples=["SATU_BAPENDA_DATABASE"])
    is_set: bool


class SetupSystem(Schema):
    """A connected system: how it is reached, what it knows, how it answers, and where it is used."""

    code: str = Field(examples=["pbb"])
    name: Text = Field(examples=["Pajak bumi dan bangunan"])
    agency: Text = Field(examples=["Badan Pendapatan Daerah"])
    kind: Literal["registry", "local", "rest", "sql", "file"]
    simulated: bool
    legal_basis: str = Field(examples=["Perda 10/2010"])
    coverage: Text = Field(examples=["Semua objek pajak di kota."])
    freshness: Text = Field(examples=["Seketika"])
    deadline: float = Field(description="Seconds.", examples=[2.0])
    facts: list[str] = Field(examples=[["parcel.owner"]])
    told: list[Text] = Field(description="What it is told of.", examples=[[]])
    services: list[str] = Field(description="The services of which some fact comes from it.", examples=[["reklame"]])
    settings: list[Setting]
    health: Health
    report: str = Field(description="For operators.", examples=[""])
    today: Observed | None


class SetupFact(Schema):
    """A fact of the catalogue, and where it is used."""

    key: str = Field(examples=["person.kelurahan"])
    label: Text = Field(examples=["Kelurahan"])
    type: str = Field(examples=["text"])
    subject: str = Field(examples=["person"])
    agency: Text = Field(examples=["Disdukcapil"])
    legal_basis: str = Field(examples=["UU 24/2013"])
    classification: Literal["public", "restricted", "sensitive"]
    max_age_seconds: int | None = Field(examples=[86_400])
    sources: list[str] = Field(description="Systems, the preferred one first.", examples=[["siak"]])
    derived_from: list[str] = Field(examples=[[]])
    services: list[str] = Field(examples=[["domisili"]])
    reasons: list[str] = Field(description="For which officers may look at it.", examples=[["counter-service"]])


class SetupService(Schema):
    """A service as its folder says it now."""

    slug: str = Field(examples=["domisili"])
    name: Text = Field(examples=["Surat keterangan domisili"])
    agency: Text = Field(examples=["Kelurahan"])
    version: str = Field(description="A digest of its files.", examples=["3f5c0a…"])
    unconfirmed: int = Field(description="Figures and rules that nobody has confirmed.", examples=[2])


class Version(Schema):
    """A version that requests began with, or that was published; then it has a number."""

    version: str = Field(examples=["3f5c0a…"])
    number: int | None = Field(examples=[3])
    at: datetime
    by: str = Field(examples=["Bayu Pratama"])
    why: str = Field(examples=["Satu pertanyaan dihapus."])
    open_cases: int = Field(examples=[4])
    is_current: bool


class Versions(Schema):
    published: bool | None = Field(description="Whether the folder says what was published last; null: nothing was.")
    items: list[Version]


class SetupAgency(Schema):
    code: str = Field(examples=["kelurahan"])
    name: Text = Field(examples=["Kelurahan"])
    short: str = Field(examples=["Kelurahan"])
    duties: list[str] = Field(examples=[["front-office"]])
    officers: int = Field(description="Who may sign in.", examples=[12])
    services: int = Field(examples=[3])
    tasks: int = Field(examples=[2])
    systems: int = Field(examples=[0])


class NamedDay(Schema):
    day: date
    name: Text = Field(examples=["Hari Pahlawan"])
    off: bool


class Calendar(Schema):
    """The days that the calendar names; of years that are not known nothing is said."""

    years: list[int] = Field(examples=[[2026]])
    confirmed: list[int] = Field(description="Years whose days somebody has confirmed.", examples=[[]])
    days: list[NamedDay]


class Template(Schema):
    """What the city tells people, with its places in braces."""

    kind: str = Field(examples=["document-issued"])
    inbox: bool
    channels: list[str] = Field(examples=[["email"]])
    values: list[str] = Field(examples=[["number", "service"]])
    subject: Text = Field(examples=["Surat Anda sudah terbit"])
    body: Text = Field(examples=["{service} {number} sudah terbit."])
    email: Text = Field(examples=["{service} {number} sudah terbit."])
    sms: Text | None = Field(examples=[None])


class UntoldNews(Schema):
    """What a system has not been told yet, or would not take. Nothing in it says whom it is about."""

    id: UUID
    system: str = Field(examples=["bpjs"])
    system_name: Text = Field(examples=["BPJS Kesehatan"])
    news: Text = Field(examples=["Seseorang pindah"])
    refused: bool = Field(description="The system does not take it: somebody has to see to that first.")
    attempts: int = Field(examples=[3])
    trouble: str = Field(description="For operators.", examples=["unreachable: nobody listens"])
    announced_at: datetime
    due_at: datetime


class UnsentMessage(Schema):
    """A message to somebody that did not go out, its address masked."""

    id: UUID
    kind: str = Field(examples=["document-issued"])
    channel: Literal["email", "sms"]
    shown_address: str = Field(examples=["s•••@example.org"])
    attempts: int = Field(examples=[1])
    reason: str = Field(examples=["unreachable"])
    reason_label: Text = Field(examples=["Penyedia tidak dapat dihubungi"])
    queued_at: datetime
    next_attempt_at: datetime | None


class NotGotThrough(Schema):
    """Both, the oldest first."""

    news: list[UntoldNews]
    messages: list[UnsentMessage]


class Tryable(Schema):
    """A package as its folder says it now, or a version that is kept."""

    value: str = Field(examples=["folder:domisili"])
    name: str = Field(examples=["domisili: folder sekarang"])


class Invented(Schema):
    """A resident of the demonstration."""

    id: int = Field(examples=[7])
    name: str = Field(examples=["Dewi Anggraini"])


class ToTry(Schema):
    packages: list[Tryable]
    residents: list[Invented]


class TryOut(Given):
    """What is tried, as whom, and with which answers."""

    package: str = Field(
        default="",
        max_length=200,
        description="One of `packages`, unless files come along.",
        examples=["folder:domisili"],
    )
    resident: int = Field(ge=1, le=2_147_483_647, description="One of `residents`.", examples=[7])
    files: dict[str, str] = Field(
        default_factory=dict,
        description="Instead of one of ours: a package's text files, by their path.",
        examples=[{}],
    )
    answers: dict[str, Answer] | None = Field(
        default=None, description="null: only to the questions.", examples=[{"purpose": "melamar pekerjaan"}]
    )


class WouldWait(Schema):
    """What a request would wait for now."""

    kind: str = Field(examples=["task"])
    label: Text = Field(examples=["Periksa permohonan"])
    agency: str = Field(examples=["Kelurahan"])
    duty: str = Field(examples=["front-office"])
    days: int | None = Field(description="Working days that the officer would have.", examples=[2])


class Trial(Schema):
    """How far it went. Before it is sent, everything after `troubles` is empty."""

    facts: list[Fact]
    questions: list[Asked]
    troubles: list[Trouble]
    decisions: list[Decision]
    timeline: list[Step]
    waiting: list[WouldWait]
    fee: Fee | None
    files: list[Text] = Field(description="What it would ask for; in a trial these are taken as sent.")
