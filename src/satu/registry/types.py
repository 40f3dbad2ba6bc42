"""What the registry answers. Nothing here prints a person: ``repr`` shows the record's number only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from satu.kernel.city import Label
from satu.kernel.identifiers import FamilyCardNumber, Nik

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class Coded:
    """A value from one of the national code lists, with its label at the time asked about."""

    code: int
    label: Label

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True, slots=True)
class AreaName:
    """An area by its code (``36.71.01.1001``) and its name. Names are not unique; codes are."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a family lives. ``rt`` and ``rw`` are three digits, as on the family card."""

    line: str
    rt: str
    rw: str
    area_code: str
    """The RT's code: ``36.71.01.1001.007.003``."""
    kelurahan: AreaName
    kecamatan: AreaName
    postcode: str

    def __repr__(self) -> str:
        return f"Address({self.kelurahan.code})"


@dataclass(frozen=True, slots=True, repr=False)
class FamilyMember:
    resident_id: int
    nik: Nik
    name: str
    sex: Sex
    birth_date: date
    role: Coded

    def __repr__(self) -> str:
        return f"FamilyMember({self.resident_id})"


@dataclass(frozen=True, slots=True, repr=False)
class Family:
    """A family card: its number, where the family lives and who is on it, head first."""

    id: int
    number: FamilyCardNumber
    address: Address
    address_since: date
    head_name: str
    members: tuple[FamilyMember, ...]
    recorded_at: datetime

    def __repr__(self) -> str:
        return f"Family({self.id})"


@dataclass(frozen=True, slots=True, repr=False)
class Resident:
    """A resident as she was at one time, as believed at one time.

    What belongs to the family (``address`` and everything named ``family_…``) is ``None`` or empty for somebody
    who belongs to no family of the register: she died, or moved away.
    """

    record_id: int
    """The register's own number of the person; opaque, never a NIK."""
    nik: Nik
    name: str
    sex: Sex
    birth_place: str
    birth_date: date
    death_date: date | None
    religion: Coded
    blood_type: Coded
    education: Coded
    occupation: Coded
    marital_status: Coded
    citizenship: Coded
    life_status: Coded
    mother_name: str
    mother_nik: Nik | None
    father_name: str
    father_nik: Nik | None
    address: Address | None
    residence_since: date | None
    """Since when she lives at ``address``: the family's move there, or her joining the family, the later."""
    family_card_number: FamilyCardNumber | None
    family_role: Coded | None
    family_head_name: str
    family_members: tuple[FamilyMember, ...]
    valid_from: date
    """Since when the personal data above are true."""
    recorded_at: datetime
    """When they were recorded."""

    def __repr__(self) -> str:
        return f"Resident({self.record_id})"
