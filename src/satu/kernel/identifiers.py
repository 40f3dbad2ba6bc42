"""Numbers that name people and families. They mask themselves wherever they are printed."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import InvalidInput
from satu.kernel.typed import compact

_DIGITS = re.compile(r"\d{16}\Z", re.ASCII)
_WOMAN_DAY_OFFSET = 40
_DAYS, _MONTHS = range(1, 32), range(1, 13)
_GROUP = 4


def in_fours(number: str) -> str:
    """A long number as cards print it and people read it: ``3671 0168 1186 6266``."""
    return " ".join(number[i : i + _GROUP] for i in range(0, len(number), _GROUP))


#: Sixteen digits somewhere in a text, grouped as people group them.
_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])(?:[0-9][ .\-]?){15}[0-9](?![0-9A-Za-z])", re.ASCII)


def numbers_in(text: str) -> list[str]:
    """What may be a NIK or a KK number in a text, without what stands between the digits."""
    return [compact(found) for found in _IN_TEXT.findall(text)]


@dataclass(frozen=True, slots=True, order=True)
class PopulationNumber:
    """Sixteen digits. ``str``, ``repr`` and ``format`` show the last four only; ``value`` is the number itself."""

    value: str

    def __str__(self) -> str:
        return f"•••• •••• •••• {self.value[-4:]}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…{self.value[-4:]})"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as people write it, with spaces, dots or dashes. Raises ``InvalidInput``."""
        return cls(compact(text))


def _check_digits(value: str, name: str, field: str) -> None:
    if not _DIGITS.match(value):
        raise InvalidInput(_("%(name)s has 16 digits. Check it against the card.") % {"name": name}, field=field)
    if value.endswith("0000"):
        raise InvalidInput(_("%(name)s never ends in 0000. Check it against the card.") % {"name": name}, field=field)


def _day_month(value: str, *, woman_offset: bool) -> bool:
    day, month = int(value[6:8]), int(value[8:10])
    if woman_offset and day > _WOMAN_DAY_OFFSET:
        day -= _WOMAN_DAY_OFFSET
    return day in _DAYS and month in _MONTHS


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Nik(PopulationNumber):
    """Nomor Induk Kependudukan: ``PPKKCC`` of first registration, ``DDMMYY`` of birth (women: day + 40), serial.

    There is no check digit, and the number is for life: it says nothing of today's address (facts, 1.1).
    Raises ``InvalidInput`` for what cannot be a NIK. A birth date or sex that differs from the register's is
    not an error of the number; ask ``agrees_with``.
    """

    def __post_init__(self) -> None:
        _check_digits(self.value, "NIK", "nik")
        if not _day_month(self.value, woman_offset=True):
            raise InvalidInput(
                _("Digits 7 to 12 of a NIK are a birth date; these are not. Check them against the card."),
                field="nik",
            )

    @property
    def sex(self) -> Literal["male", "female"]:
        return "female" if int(self.value[6:8]) > _WOMAN_DAY_OFFSET else "male"

    def agrees_with(self, *, birth_date: date, sex: Literal["male", "female"]) -> bool:
        """Whether the digits repeat this birth date and sex. Real registers hold exceptions: warn, don't refuse."""
        day = birth_date.day + (_WOMAN_DAY_OFFSET if sex == "female" else 0)
        return self.value[6:12] == f"{day:02d}{birth_date.month:02d}{birth_date.year % 100:02d}"


@dataclass(frozen=True, slots=True, order=True, repr=False)
class FamilyCardNumber(PopulationNumber):
    """Nomor Kartu Keluarga: region, ``DDMMYY`` of the card's registration (no + 40), serial (facts, 1.1)."""

    def __post_init__(self) -> None:
        _check_digits(self.value, "KK", "family_card_number")
        if not _day_month(self.value, woman_offset=False):
            raise InvalidInput(
                _("Digits 7 to 12 of a KK number are a date; these are not. Check them against the card."),
                field="family_card_number",
            )
