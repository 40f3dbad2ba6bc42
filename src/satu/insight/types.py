"""What the pages of city hall see: sums, and nobody in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from satu.kernel.city import Label


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over requests that were sent in some days. Everything but the first four is of those with a document."""

    requests: int = 0
    documents: int = 0
    refused: int = 0
    withdrawn: int = 0
    paper_fields: int = 0
    typed: int = 0
    files: int = 0
    photocopies: int = 0
    """Not made: those of the paper process, less the files that were sent."""
    visits: int = 0
    touch_free: int = 0
    in_time: int = 0
    """Of those with a document and of those refused."""

    @property
    def decided(self) -> int:
        return self.documents + self.refused

    @property
    def waiting(self) -> int:
        return self.requests - self.decided - self.withdrawn

    @property
    def fields_spared(self) -> int:
        return max(self.paper_fields - self.typed, 0)

    @property
    def touch_free_share(self) -> float | None:
        """0 to 1; ``None`` without a document."""
        return self.touch_free / self.documents if self.documents else None

    @property
    def in_time_share(self) -> float | None:
        return self.in_time / self.decided if self.decided else None

    @property
    def typed_each(self) -> float | None:
        """Answers that were typed for a document, on average."""
        return self.typed / self.documents if self.documents else None


@dataclass(frozen=True, slots=True)
class ServiceSums:
    """The sums of a service, or of an agency where ``service`` is empty, or of all where both are.

    Times are seconds from sending to the document, exact to ``kernel.spread.EXACT_TO``; ``None`` without one.
    """

    service: str
    service_name: Label | None
    agency: str
    agency_name: Label | None
    sums: Sums
    median: float | None
    p90: float | None
    promised: int | None
    """Working days that the service promises; of an agency ``None``."""
    late: int
    """Open today although the promised last day is over."""


@dataclass(frozen=True, slots=True)
class DaySums:
    day: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class AreaSums:
    """A kelurahan; ``code`` is empty for requests of which it is not known."""

    code: str
    name: str
    kecamatan: str
    requests: int
    documents: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service still asks a resident for, and how often it is answered."""

    service: str
    service_name: Label
    agency_name: Label
    questions: tuple[Label, ...]
    uploads: tuple[Label, ...]
    paper_fields: int
    sums: Sums

    @property
    def at_most(self) -> int:
        """What one may have to type or send at most."""
        return len(self.questions) + len(self.uploads)


@dataclass(frozen=True, slots=True)
class Counting:
    """How far the figures go, and the first day on which something was sent; ``None`` where nothing ever was."""

    until: datetime | None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A service, or all of them, for everybody; ``None`` for what rests on fewer than five."""

    service: str
    service_name: Label | None
    agency_name: Label | None
    requests: int | None
    documents: int | None
    median: float | None
    p90: float | None
    promised: int | None
    in_time_share: float | None
    touch_free_share: float | None


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """Of requests sent from the first to the last day, both in; ``whole`` is ``None`` where there were none."""

    since: date
    until: date
    counted: datetime | None
    lines: Sequence[OpenLine]
    whole: OpenLine | None
