"""Whether somebody knows what stands on her own cards: how an account is opened for the first time."""

from datetime import date

from satu.hub.actions import pull
from satu.hub.types import Dossier, Purpose, Subject, Unavailable
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.identifiers import FamilyCardNumber, Nik

_FACTS = ("person.name", "person.birth_date", "person.family_card_number", "person.life_status")
_ALIVE = "alive"
#: Who it is, nobody knows yet; the name stands in the ledger, where she reads of it.
_SOMEBODY = "Seseorang yang ingin membuka akun ini"

_AGREED = Label(
    id="Membuka akun dengan NIK, nomor KK, dan tanggal lahir Anda; datanya cocok",
    en="Opening an account with your NIK, family card number and birth date; they agreed",
)
_DIFFERED = Label(
    id="Mencoba membuka akun dengan NIK Anda; data tidak cocok, akun tidak dibuka",
    en="Tried to open an account with your NIK; the data did not agree and no account was opened",
)
_UNCHECKED = Label(
    id="Mencoba membuka akun dengan NIK Anda; data tidak dapat diperiksa, akun tidak dibuka",
    en="Tried to open an account with your NIK; it could not be checked and no account was opened",
)


def confirm_identity(*, nik: Nik, family_card_number: FamilyCardNumber, birth_date: date) -> str | None:
    """The name of the living resident on whose cards these three stand together, or ``None``.

    It is a pull like any other, so she can read afterwards that somebody has tried, and whether the data agreed.
    """
    typed = {
        "person.birth_date": birth_date.isoformat(),
        "person.family_card_number": family_card_number.value,
        "person.life_status": _ALIVE,
    }

    def concluded(dossier: Dossier) -> Label:
        if any(isinstance(outcome, Unavailable) for outcome in dossier):
            return _UNCHECKED
        return _AGREED if _agrees(dossier, typed) else _DIFFERED

    somebody = Actor(reference="visitor", kind="resident", name=_SOMEBODY, nik=nik)
    purpose = Purpose("self", "activation", _DIFFERED, "UU 27/2022 pasal 7", frozenset(_FACTS))
    dossier = pull(about=Subject.person(nik), facts=_FACTS, purpose=purpose, by=somebody, concluded=concluded)
    return str(dossier.found()["person.name"]) if _agrees(dossier, typed) else None


def _agrees(dossier: Dossier, typed: dict[str, str]) -> bool:
    known = dossier.found()
    return "person.name" in known and all(known.get(fact) == value for fact, value in typed.items())
