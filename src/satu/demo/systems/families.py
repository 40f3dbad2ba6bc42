"""What the simulated offices once learnt of the city's people: plain records, a family at a time."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Person:
    """A resident, as an office would copy her from her family card."""

    nik: str = field(repr=False)
    name: str = field(repr=False)
    sex: str  # male or female
    birth_date: date
    occupation: int  # a code of facts.md 1.3
    mother_nik: str | None = field(repr=False)

    def age(self, today: date) -> int:
        """Completed years."""
        before_birthday = (today.month, today.day) < (self.birth_date.month, self.birth_date.day)
        return today.year - self.birth_date.year - before_birthday


@dataclass(frozen=True, slots=True)
class Home:
    """Where a family lives, as the register has it."""

    line: str = field(repr=False)
    rt: str
    rw: str
    kelurahan_code: str
    kelurahan: str
    kecamatan: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Family:
    number: str = field(repr=False)
    home: Home
    members: tuple[Person, ...] = field(repr=False)
    """The head first."""

    @property
    def head(self) -> Person:
        return self.members[0]
