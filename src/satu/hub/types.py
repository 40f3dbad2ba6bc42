"""What a pull is asked and what it answers. The outcomes are a closed type: match on all five."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from satu.kernel.city import Label
from satu.kernel.identifiers import Nik

SubjectKind = Literal["person", "family", "business", "parcel", "vehicle"]
Reason = Literal["deadline", "unreachable", "error", "bad-reply"]
PurposeKind = Literal["case", "inquiry", "self"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what a fact is about. ``key`` is the subject's number (a person's NIK); it is never printed whole.

    A person also stands for her family: a family fact may be pulled about her.
    """

    kind: SubjectKind
    key: str = field(repr=False)

    @classmethod
    def person(cls, nik: Nik) -> "Subject":
        return cls(kind="person", key=nik.value)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a pull is made, and which facts that allows.

    ``reference`` names the case or inquiry (empty for ``self``); ``label`` says it to the subject in plain words;
    ``facts`` are the keys that the purpose allows, and everything else is ``Refused``.
    """

    kind: PurposeKind
    reference: str
    label: Label
    legal_basis: str
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value came from: the system, its record, when it was true there, when we got it, on what basis."""

    system: str
    record: str
    as_of: datetime
    retrieved_at: datetime
    legal_basis: str
    too_old: bool = False
    """Whether ``as_of`` is further back than the catalogue allows for this fact."""


@dataclass(frozen=True, slots=True)
class Found:
    fact: str
    value: Any
    """A JSON value; dates are ISO 8601 text. A released value never leaves with its ``repr``."""
    provenance: Provenance

    def __repr__(self) -> str:
        return f"Found({self.fact!r}, from {self.provenance.system!r})"


@dataclass(frozen=True, slots=True)
class NotFound:
    """The system answered: it has no such thing."""

    fact: str
    system: str
    at: datetime
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The system holds several records that could be meant; a person has to choose."""

    fact: str
    system: str
    at: datetime
    legal_basis: str
    candidates: int


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The system did not answer in time, or answered with what cannot be used."""

    fact: str
    system: str
    at: datetime
    legal_basis: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Refused:
    """The purpose does not allow the fact. No system was asked."""

    fact: str
    system: str
    at: datetime
    legal_basis: str


Outcome = Found | NotFound | Ambiguous | Unavailable | Refused


@dataclass(frozen=True, slots=True)
class Dossier:
    """The outcomes of one pull about one subject, one for each fact asked, in the order asked."""

    id: UUID
    subject: Subject
    purpose: Purpose
    pulled_at: datetime
    outcomes: tuple[Outcome, ...]

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.outcomes)

    def __getitem__(self, fact: str) -> Outcome:
        for outcome in self.outcomes:
            if outcome.fact == fact:
                return outcome
        raise KeyError(fact)

    def found(self) -> Mapping[str, Any]:
        """The values that were found, by fact."""
        return {o.fact: o.value for o in self.outcomes if isinstance(o, Found)}


@dataclass(frozen=True, slots=True)
class PeopleFound:
    """What the name box shows; ``more`` when others may be meant, too, so that something is to be added."""

    hits: list["PersonHit"] = field(repr=False)
    more: bool


@dataclass(frozen=True, slots=True)
class PersonHit:
    """Somebody whom the name box shows. ``score`` ranks, nothing more."""

    subject: Subject
    nik: Nik
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Literal["male", "female"]
    kelurahan_code: str
    kelurahan_name: str
    score: float
