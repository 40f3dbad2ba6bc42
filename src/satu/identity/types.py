"""Who acts, and how to reach them. Every action and every pull takes an ``Actor`` as ``by=``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from satu.kernel.identifiers import Nik


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or a part of Satu itself, that acts.

    ``reference`` is stable and opaque (``account:12``, ``system:worker``) and is what audit and ledger keep.
    A resident has a ``nik``; an officer has an ``agency`` (a code of ``city.yaml``), ``duties`` and ``areas``
    (kelurahan codes; empty means the whole city).
    """

    reference: str
    kind: Literal["resident", "officer", "system"]
    name: str
    nik: Nik | None = None
    agency: str = ""
    duties: frozenset[str] = field(default_factory=frozenset)
    areas: frozenset[str] = field(default_factory=frozenset)

    def has_duty(self, duty: str) -> bool:
        return duty in self.duties


_ACCOUNT = "account:"


def account_reference(number: int) -> str:
    """How audit, ledger and every row call the account of this number: ``account:12``."""
    return f"{_ACCOUNT}{number}"


def account_number(reference: str) -> int | None:
    """The number of the account that is called so; ``None`` for a part of Satu."""
    number = reference.removeprefix(_ACCOUNT)
    return int(number) if number != reference and number.isdecimal() else None


#: The duty of looking after the officers of one's own agency.
ADMINISTRATOR = "agency-admin"
SYSTEM = Actor(reference="system:satu", kind="system", name="Satu")

Channel = Literal["email", "sms"]
Look = Literal["auto", "dark", "light"]
"""How an officer has her desk; ``auto`` is as the computer is set."""


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """An e-mail address or a telephone number (E.164). ``shown`` is what a list or an officer may see of it."""

    id: UUID
    account_id: int
    channel: Channel
    address: str = field(repr=False)
    verified: bool

    @property
    def shown(self) -> str:
        """``s•••@warga.example``, ``+62 810 •••• 001``."""
        if self.channel == "email":
            name, _, domain = self.address.partition("@")
            return f"{name[:1]}•••@{domain}"
        return f"{self.address[:3]} {self.address[3:6]} •••• {self.address[-3:]}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a notice goes to: the language of the account, and the verified contact point of each channel."""

    account_id: int
    language: Literal["id", "en"]
    contact_points: Mapping[Channel, ContactPoint] = field(repr=False)


Scope = Literal["read", "act"]
"""What a token may: look only, or do everything that its owner may."""


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as its owner sees it: ``satu_…`` and the last four characters, never the key."""

    id: UUID
    name: str
    scope: Scope
    ending: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    last_used_at: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made. ``key`` is shown once, and nobody can find it again."""

    view: TokenView
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Whom a token stands for, as her account is at this moment."""

    actor: Actor
    scope: Scope
    token_id: UUID


@dataclass(frozen=True, slots=True)
class OfficerView:
    """An officer as her administrator sees her. ``areas`` are codes of kelurahan; none are the whole city."""

    id: int
    login: str
    name: str
    agency: str
    duties: tuple[str, ...]
    areas: tuple[str, ...]
    state: Literal["open", "added", "invited", "suspended"]
    """``added``: she has not opened her account yet; ``invited``: and an invitation holds."""
    herself: bool

    @property
    def reference(self) -> str:
        return account_reference(self.id)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change about an officer, as it was written down."""

    at: datetime
    by_name: str
    officer_id: int
    officer_name: str
    kind: Literal["added", "rights", "invited", "withdrawn", "suspended", "resumed", "absent", "back"]
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def gained(self, what: str) -> list[str]:
        """The ``duties`` or ``areas`` that came with it."""
        return sorted(set(self.after.get(what, ())) - set(self.before.get(what, ())))

    def lost(self, what: str) -> list[str]:
        return sorted(set(self.before.get(what, ())) - set(self.after.get(what, ())))


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """Days on which an officer is away, both included."""

    id: UUID
    first: date
    last: date
    stand_in_name: str
    """Empty when nobody does."""


@dataclass(frozen=True, slots=True)
class Away:
    """An officer who is away today. ``stand_in`` is a reference; empty when nobody stands in."""

    name: str
    last: date
    stand_in: str
    stand_in_name: str
