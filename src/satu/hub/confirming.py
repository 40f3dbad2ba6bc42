"""Whether somebody knows what stands on her own cards: how an account is opened for the first time."""

from datetime import date

from satu.hub.actions import pull
from satu.hub.types import Purpose, Subject
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.identifiers import FamilyCardNumber, Nik

_FACTS = ("person.name", "person.birth_date", "person.family_card_number", "person.life_status")


def confirm_identity(*, nik: Nik, family_card_number: FamilyCardNumber, birth_date: date) -> str | None:
    """The name of the living resident on whose cards these three stand together, or ``None``.

    It is a pull like any other, so she can read afterwards that somebody has tried.
    """
    somebody = Actor(reference="visitor", kind="resident", name="", nik=nik)
    purpose = Purpose(
        kind="self",
        reference="activation",
        label=Label(
            id="Seseorang mengaktifkan akun dengan NIK, nomor KK, dan tanggal lahir Anda",
            en="Somebody activated an account with your NIK, family card number and birth date",
        ),
        legal_basis="UU 27/2022 pasal 7",
        facts=frozenset(_FACTS),
    )
    known = pull(about=Subject.person(nik), facts=_FACTS, purpose=purpose, by=somebody).found()
    agrees = (
        known.get("person.birth_date") == birth_date.isoformat()
        and known.get("person.family_card_number") == family_card_number.value
        and known.get("person.life_status") == _ALIVE
    )
    return str(known["person.name"]) if agrees and "person.name" in known else None


_ALIVE = "alive"
