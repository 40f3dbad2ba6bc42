"""What the city does for people."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from satu.api.paging import Page
from satu.api.schemas.parts import Text


class ServiceLine(Schema):
    """A service in a list."""

    slug: str = Field(examples=["domisili"])
    name: Text = Field(examples=["Surat keterangan domisili"])
    summary: Text = Field(examples=["Bukti bahwa Anda tinggal di kelurahan ini."])
    agency_name: Text = Field(examples=["Kelurahan"])
    fee: int | None = Field(description="Whole rupiah; null where it depends on facts and answers.", examples=[0])
    deadline_days: int = Field(description="Working days; 0 is at once.", examples=[0])


class Services(Page[ServiceLine]):
    """Services, by name; or those that the words may mean, the likeliest first."""


class Need(Schema):
    """A fact that the service uses, and from which system it comes."""

    fact: str = Field(examples=["person.name"])
    label: Text = Field(examples=["Nama"])
    system: str = Field(examples=["siak"])
    required: bool
    answer_only: bool = Field(description="Only an answer drawn from it is used, such as yes or no.")


class Choice(Schema):
    value: str = Field(examples=["work"])
    label: Text = Field(examples=["Bekerja"])


class Question(Schema):
    """A question that nobody but the applicant can answer."""

    key: str = Field(examples=["purpose"])
    label: Text = Field(examples=["Untuk keperluan apa?"])
    hint: Text | None = Field(examples=["Misalnya melamar pekerjaan."])
    type: str = Field(description="How it is answered; see the guide.", examples=["text"])
    required: bool
    max_length: int = Field(examples=[120])
    choices: list[Choice]


class Component(Schema):
    """One component of the standard of service (UU 25/2009, article 21)."""

    key: str = Field(examples=["time"])
    text: Text = Field(examples=["Selesai saat itu juga."])


class Service(ServiceLine):
    """A service with its standard, what it uses and what it asks."""

    legal_basis: list[Text] = Field(examples=[["Perda 5/2014"]])
    standard: list[Component]
    acts_for: list[str] = Field(description="For whom one may ask: `self`, `child`, …", examples=[["self"]])
    needs: list[Need]
    questions: list[Question]
    document: Text = Field(examples=["Surat Keterangan Domisili"])


class ChoiceOfWhom(Schema):
    """Somebody, or a business, for whom the caller may ask for this service."""

    key: str = Field(description="Goes into `about` of a new request.", examples=["self"])
    name: str = Field(examples=["Dewi Anggraini"])
    relation: str = Field(examples=["self"])
    relation_label: Text = Field(examples=["diri Anda sendiri"])


class Offer(Schema):
    """A service that waits for the caller, filled in, because something happened."""

    id: UUID
    service: str = Field(examples=["domisili"])
    service_name: Text = Field(examples=["Surat keterangan domisili"])
    because: Text = Field(examples=["Alamat Anda berubah."])
    until: date
    asks: int = Field(description="How many answers are left to give.", examples=[1])


class LifeEvent(Schema):
    """What happens in a life, and the services for it."""

    key: str = Field(examples=["moving"])
    name: Text = Field(examples=["Pindah rumah"])
    says: Text = Field(examples=["Saya pindah alamat."])
    services: list[str] = Field(examples=[["pindah"]])


class Health(Schema):
    """How a connected system answers."""

    system: str = Field(examples=["siak"])
    name: Text = Field(examples=["SIAK"])
    agency: str = Field(examples=["Disdukcapil"])
    simulated: bool
    state: str = Field(examples=["answering"])
    last_answer_at: datetime | None
    last_failure_at: datetime | None
    p50_ms: float | None = Field(description="Half of its answers take no longer, in milliseconds.", examples=[12.5])
