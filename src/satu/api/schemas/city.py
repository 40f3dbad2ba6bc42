"""The city's work in figures. No line is about a person; times are seconds, shares are between 0 and 1."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from satu.api.schemas.parts import Rupiah, Text
from satu.api.schemas.services import Health


class Spared(Schema):
    """Requests of a period and what they spared. Everything but the requests is of those with a document."""

    requests: int = Field(examples=[120])
    documents: int = Field(examples=[118])
    paper_fields: int = Field(examples=[1416])
    typed: int = Field(examples=[118])
    photocopies: int = Field(examples=[354])
    visits: int = Field(examples=[236])
    touch_free: int = Field(description="Documents that no officer touched.", examples=[118])


class Times(Schema):
    """From sending to the document."""

    median: float | None = Field(description="Seconds, at the median.", examples=[1.2])
    p90: float | None = Field(description="The same at the 90th percentile.", examples=[2.4])


class SavedLine(Spared, Times):
    """What residents were spared by one service in a period; an empty slug is all of them."""

    service: str = Field(examples=["domisili"])
    service_name: Text | None = Field(examples=["Surat keterangan domisili"])
    agency_name: Text | None = Field(examples=["Kelurahan"])


class SavedAnswer(Schema):
    since: date
    until: date
    services: list[SavedLine]


class Sums(Spared):
    """And what became of them."""

    refused: int = Field(examples=[1])
    withdrawn: int = Field(examples=[0])
    waiting: int = Field(examples=[1])
    files: int = Field(description="Files that were sent.", examples=[0])
    fields_spared: int = Field(examples=[1298])
    in_time: int = Field(description="Of those with a document and those refused.", examples=[119])


class ServiceFigures(Times):
    """A service; an agency where the service is empty; everything where both are."""

    service: str = Field(examples=["domisili"])
    service_name: Text | None = Field(examples=["Surat keterangan domisili"])
    agency: str = Field(examples=["kelurahan"])
    agency_name: Text | None = Field(examples=["Kelurahan"])
    sums: Sums
    promised: int | None = Field(description="Working days; of an agency null.", examples=[0])
    late: int = Field(description="Open today although the promised last day is over.", examples=[0])


class Counted(Schema):
    """Of requests sent from the first day to the last, both in, as far as they have been counted."""

    since: date
    until: date
    counted_until: datetime | None


class FiguresByService(Counted):
    """Everything first, then the agencies, then the services."""

    items: list[ServiceFigures]


class Reckoned(Schema):
    """What one of something is reckoned at."""

    value: int = Field(examples=[500])
    in_force_from: date
    basis: Text = Field(examples=["Harga fotokopi di sekitar kantor."])
    confirmed: bool = Field(description="Whether anybody has confirmed it; else an assumption.")


class Reckoning(Schema):
    seconds_a_field: Reckoned
    rupiah_a_photocopy: Reckoned
    minutes_a_visit: Reckoned
    rupiah_a_visit: Reckoned


class Overview(Counted):
    """What residents were spared, by one service or by all, and what it is reckoned with."""

    whole: ServiceFigures
    rupiah: Rupiah
    hours: float = Field(examples=[436.4])
    reckoning: Reckoning


class FiguresOfDay(Schema):
    day: date
    sums: Sums


class FiguresByDay(Counted):
    """Every day, those on which nothing was sent too."""

    items: list[FiguresOfDay]


class FiguresOfArea(Schema):
    """A kelurahan; its code is empty for requests of which it is not known."""

    code: str = Field(examples=["36.71.01.1001"])
    name: str = Field(examples=["Sukarasa"])
    kecamatan: str = Field(examples=["Cibodas"])
    requests: int = Field(examples=[12])
    documents: int = Field(examples=[11])


class FiguresByArea(Counted):
    items: list[FiguresOfArea]


class StillAsked(Schema):
    """What a service still asks a resident for."""

    service: str = Field(examples=["domisili"])
    service_name: Text = Field(examples=["Surat keterangan domisili"])
    agency_name: Text = Field(examples=["Kelurahan"])
    questions: list[Text] = Field(examples=[["Untuk keperluan apa?"]])
    uploads: list[Text] = Field(examples=[[]])
    paper_fields: int = Field(examples=[12])
    sums: Sums


class FiguresStillAsked(Counted):
    """The services, those that ask the most first."""

    items: list[StillAsked]


class Observed(Schema):
    """How often a system was asked in some time, and what came of it."""

    system: str = Field(examples=["siak"])
    hour: datetime | None = Field(description="When the hour began; null for the whole time.")
    asked: int = Field(examples=[60])
    answered: int = Field(examples=[60])
    late: int = Field(examples=[0])
    silent: int = Field(examples=[0])
    spared: int = Field(description="Not asked, because it had just failed so often.", examples=[0])
    p50: float | None = Field(description="Seconds.", examples=[0.005])
    p95: float | None = Field(examples=[0.024])


class SystemsOfADay(Schema):
    """How the systems answered on one day, and how they do now."""

    day: date
    now: list[Health]
    whole: list[Observed]
    hours: list[Observed]


class OpenLine(Times):
    """A service; null is what rests on fewer than five."""

    service: str = Field(examples=["domisili"])
    service_name: Text | None = Field(examples=["Surat keterangan domisili"])
    agency_name: Text | None = Field(examples=["Kelurahan"])
    requests: int | None = Field(examples=[120])
    documents: int | None = Field(examples=[118])
    promised: int | None = Field(description="Working days.", examples=[0])
    in_time_share: float | None = Field(examples=[1.0])
    touch_free_share: float | None = Field(examples=[1.0])


class OpenFigures(Schema):
    """The last twelve months, for everybody. The whole adds up only the counts that are shown."""

    since: date
    until: date
    counted: datetime | None
    whole: OpenLine | None
    lines: list[OpenLine]
