"""How the city is set up: systems, facts, services, agencies, calendar and templates. No address and no secret."""

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from satu.api.schemas.city import Observed
from satu.api.schemas.parts import Text
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
