"""Looks at people, as the hub would record them."""

from contextlib import contextmanager
from uuid import uuid4

from django.db import connection, transaction

from satu.hub.ledger.actions import append
from satu.hub.ledger.types import NewEntry, ReleasedFact
from satu.hub.types import Purpose, Subject
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik

SITI = Nik("3671015403910003")
BUDI = Nik("3671011202850001")
OFFICER = Actor(reference="account:7", kind="officer", name="Rina Marlina", agency="dinsos")
PURPOSE = Purpose(
    kind="inquiry",
    reference="inquiry:3",
    label=Label(id="Menilai permohonan bantuan sosial", en="Assessing a request for social assistance"),
    legal_basis="UU 13/2011",
    facts=frozenset({"person.name", "person.welfare_decile"}),
)


def a_look(about: Nik = SITI, *, kind="pull", purpose=PURPOSE, by=OFFICER, facts=None) -> NewEntry:
    if facts is None:
        facts = [
            ReleasedFact("person.name", "siak", "found"),
            ReleasedFact("person.welfare_decile", "dtsen", "unavailable"),
        ]
    dossier_id = uuid4() if kind == "pull" else None
    return NewEntry(Subject.person(about), kind, purpose, by, facts, dossier_id)


def look(count: int = 1, about: Nik = SITI):
    """``count`` looks in one committed transaction."""
    with transaction.atomic():
        return append([a_look(about) for _ in range(count)])


@contextmanager
def without_triggers(*tables: str):
    """What a database administrator can do and the application must not."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")
