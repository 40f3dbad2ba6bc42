"""Tables that a clerk reads and changes: rules and fees, each edition with the days on which it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from satu.kernel.city import Label

Result = Literal["approve", "refuse", "examine"]
"""``examine``: a table that advises leaves it to the officer."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A figure from a rule, and since when it holds. ``confirmed`` is false until somebody has read the source."""

    in_force_from: date
    value: int
    basis: str
    confirmed: bool


def in_force(figures: tuple[Dated, ...], on: date) -> Dated | None:
    """The newest figure that holds on a day."""
    return next((one for one in reversed(figures) if one.in_force_from <= on), None)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a decision table. ``when`` maps a fact or answer to its cell, in ZEN's unary form."""

    id: str
    when: Mapping[str, str]
    result: Result
    reason: Label
    advice: Label | None


@dataclass(frozen=True, slots=True)
class Edition:
    """A decision table as it holds from a day on. ``version`` is a digest of what it says, comments left out."""

    in_force_from: date
    legal_basis: str
    confirmed: bool
    version: str
    inputs: tuple[str, ...]
    rows: tuple[Row, ...]
    jdm: str = field(repr=False)
    """What the engine runs: the JSON Decision Model that the rows compile to."""

    def row(self, key: str) -> Row:
        return next(row for row in self.rows if row.id == key)


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table that a clerk reads and changes; the first row that fits decides."""

    key: str
    name: Label
    advises: bool
    """It decides nothing: an officer sees what it says."""
    editions: tuple[Edition, ...]
    """From the oldest to the newest."""

    def on(self, day: date) -> Edition:
        """The edition that holds on a day; before the first one, the first, which holds since it was read."""
        return next((one for one in reversed(self.editions) if one.in_force_from <= day), self.editions[0])

    def edition(self, version: str) -> Edition:
        """The edition that a decision was made by. Raises ``KeyError``."""
        for one in self.editions:
            if one.version == version:
                return one
        raise KeyError(version)

    @property
    def inputs(self) -> tuple[str, ...]:
        """What any of its editions looks at."""
        return tuple(dict.fromkeys(name for one in self.editions for name in one.inputs))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a fee is reckoned with, where it comes from, and whether somebody has read that."""

    label: Label
    value: Decimal
    basis: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A step of the reckoning with a name, so that the explanation can be followed."""

    label: Label
    expression: str


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One row of a fee table: for whom, and how much. ``rupiah`` is an expression, a bare number included."""

    id: str
    when: Mapping[str, str]
    rupiah: str
    label: Label


@dataclass(frozen=True, slots=True)
class Rounding:
    """To how many rupiah an amount is rounded, and which way."""

    to: int
    way: Literal["up", "down", "nearest"]


@dataclass(frozen=True, slots=True)
class FeeEdition:
    """A fee table as it holds from a day on."""

    in_force_from: date
    legal_basis: str
    confirmed: bool
    version: str
    figures: Mapping[str, Figure]
    parts: Mapping[str, Part]
    rows: tuple[FeeRow, ...]
    inputs: tuple[str, ...]
    """The facts and answers that its rows, parts and amounts name."""
    rounding: Rounding
    jdm: str = field(repr=False)

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody has read the rule and every figure in it."""
        return self.confirmed and all(figure.confirmed for figure in self.figures.values())


@dataclass(frozen=True, slots=True)
class FeeTable:
    """What a service costs, where that depends on facts and answers. The edition of the day of submission holds."""

    key: str
    name: Label
    editions: tuple[FeeEdition, ...]

    def on(self, day: date) -> FeeEdition:
        """As ``Table.on``."""
        return next((one for one in reversed(self.editions) if one.in_force_from <= day), self.editions[0])


Values = Mapping[str, Any]
"""Values by fact key; JSON values, dates as ISO 8601 text."""
