"""Whom an announcement of the register concerns. It names records by the register's own numbers, never by NIK."""

from typing import Literal

from django.utils import timezone

from satu.hub.acting import of_age_on
from satu.hub.catalogue import the_catalogue
from satu.hub.ledger import actions as ledger
from satu.hub.ledger.types import NewEntry, ReleasedFact
from satu.hub.types import Purpose, Subject
from satu.identity.types import Actor
from satu.kernel.identifiers import Nik
from satu.registry.queries import resident_by_nik, residents

_FACT = "person.nik"


def who_was_announced(
    record: int, *, whom: Literal["herself", "parent"], purpose: Purpose, by: Actor
) -> tuple[Nik, Nik] | None:
    """Of a record: to whom one turns, and whom it is about; in the caller's transaction.

    ``herself`` lives here and is of age; ``parent`` is the mother, else the father, who lives here. That the NIK of
    both was looked at is in their access ledgers. ``None`` where nobody is there to turn to.
    """
    about = next(iter(residents([record])), None)
    if about is None:
        return None
    turned_to = about.nik if whom == "herself" else _parent(about.mother_nik, about.father_nik)
    is_here = about.address is not None and of_age_on(about.birth_date) <= timezone.localdate()
    if turned_to is None or (whom == "herself" and not is_here):
        return None
    system = the_catalogue().systems_answering(_FACT)[0].code
    ledger.append(
        [
            NewEntry(
                subject=Subject.person(nik),
                kind="pull",
                purpose=purpose,
                by=by,
                facts=[ReleasedFact(_FACT, system, "found")],
            )
            for nik in dict.fromkeys((about.nik, turned_to))
        ]
    )
    return turned_to, about.nik


def _parent(*parents: Nik | None) -> Nik | None:
    for nik in parents:
        resident = resident_by_nik(nik) if nik else None
        if resident is not None and resident.address is not None:
            return resident.nik
    return None
