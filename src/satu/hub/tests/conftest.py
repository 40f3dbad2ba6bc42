"""A small city for the hub's tests: its own catalogue and systems, behind which real servers answer."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection

from satu.hub import asking
from satu.hub.catalogue import the_catalogue
from satu.hub.purposes import for_case
from satu.hub.reasons import the_reasons
from satu.hub.tests.offices import Office, RudeOffice
from satu.hub.types import Purpose, Subject
from satu.identity.types import Actor
from satu.kernel.city import Label, the_city
from satu.kernel.identifiers import Nik

NIK = Nik("3671014506910003")
SITI = Subject.person(NIK)

FACTS = """
facts:
  person.name: {label: &l {id: Nama, en: Name}, type: text, agency: dukcapil, legal_basis: UU 24/2013,
    classification: restricted, sources: [alpha]}
  person.birth_date: {label: *l, type: date, agency: dukcapil, legal_basis: UU 24/2013, classification: restricted,
    sources: [alpha]}
  person.age: {label: *l, type: integer, agency: dukcapil, legal_basis: UU 24/2013, classification: restricted,
    derived: {inputs: [person.birth_date], expression: "d(today).diff(d(person.birth_date), 'year')"}}
  person.is_adult: {label: *l, type: boolean, agency: dukcapil, legal_basis: UU 24/2013, classification: restricted,
    derived: {inputs: [person.age], expression: person.age >= 17}}
  person.decile: {label: *l, type: integer, agency: dinsos, legal_basis: UU 13/2011, classification: sensitive,
    max_age: 30d, sources: [beta]}
  person.tax: {label: *l, type: money, agency: bapenda, legal_basis: UU 1/2022, classification: sensitive,
    sources: [gamma]}
  person.has_tax: {label: *l, type: boolean, agency: bapenda, legal_basis: UU 1/2022, classification: restricted,
    derived: {inputs: [person.tax], expression: person.tax > 0, if_not_found: false}}
  person.needs_help: {label: *l, type: boolean, agency: dinsos, legal_basis: UU 13/2011, classification: sensitive,
    derived: {inputs: [person.decile, person.tax], expression: person.decile <= 4 and person.tax == 0}}
  person.school: {label: *l, type: text, agency: disdik, legal_basis: UU 20/2003, classification: restricted,
    sources: [delta]}
  person.phone: {label: *l, type: text, agency: diskominfo, legal_basis: UU 27/2022, classification: restricted,
    sources: [beta, alpha]}
"""
_HEAD = """
name: {{id: Kantor, en: Office}}
agency: diskominfo
legal_basis: PKS
coverage: {{id: Semua, en: All}}
freshness: {{id: Langsung, en: Live}}
deadline: {deadline}
"""
ALPHA = """
code: alpha
kind: rest
connection: {address: {setting: ALPHA_URL}}
operations:
  person: {method: POST, path: /person, json: {nik: "{nik}"}, record: id,
    answers: {person.name: name, person.birth_date: born, person.phone: phone}}
"""
BETA = """
code: beta
kind: rest
connection: {address: {setting: BETA_URL}}
operations:
  person: {path: "/people/{nik}", select: /people, record: id, as_of: {from: seen, date: "%d/%m/%Y"},
    answers: {person.decile: decile, person.phone: {from: phone, optional: true}}}
"""
GAMMA = """
code: gamma
kind: sql
connection: {address: {setting: GAMMA_DATABASE}}
operations:
  person: {sql: "SELECT ID, TAX FROM DUES WHERE OWNER = :nik", record: ID, answers: {person.tax: TAX}}
"""
DELTA = """
code: delta
kind: file
connection: {address: {setting: DELTA_FOLDER}, delimiter: ";", dated: "school_%Y%m%d.csv"}
operations:
  pupil: {file: "school_*.csv", key: NIK, record: NR, answers: {person.school: SCHOOL}}
"""
REASONS = """
reasons:
  counter:
    label: {id: Melayani Anda di loket, en: To serve you at the counter}
    legal_basis: UU 25/2009
    duties: [front-office]
    facts: [person.name, person.birth_date, person.is_adult]
"""


@pytest.fixture
def small_city(tmp_path: Path, settings, monkeypatch) -> Iterator[Path]:
    """A city with four systems, ``alpha`` to ``delta``; nothing answers yet."""
    folder = tmp_path / "city"
    for name in ("facts", "systems", "purposes"):
        (folder / name).mkdir(parents=True)
    shutil.copy(Path(django_settings.SATU_CITY) / "city.yaml", folder)
    (folder / "facts" / "all.yaml").write_text(FACTS, encoding="utf-8")
    (folder / "purposes" / "all.yaml").write_text(REASONS, encoding="utf-8")
    for text in (ALPHA, BETA, GAMMA, DELTA):
        code = text.split()[1]
        (folder / "systems" / f"{code}.yaml").write_text(_HEAD.format(deadline="1200ms") + text, encoding="utf-8")
    settings.SATU_CITY = str(folder)
    settings.SATU_SIMULATED_SYSTEMS = tmp_path / "none"
    for name in ("ALPHA_URL", "BETA_URL", "GAMMA_DATABASE", "DELTA_FOLDER"):
        monkeypatch.delenv(f"SATU_{name}", raising=False)
    _forget_the_city()
    yield folder
    asking.stop()
    _forget_the_city()


def _forget_the_city() -> None:
    for cached in (the_city, the_catalogue, the_reasons):
        cached.cache_clear()


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file of the city before anything has read it."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def opened() -> Iterator[list[Office | RudeOffice]]:
    offices: list[Office | RudeOffice] = []
    yield offices
    asking.stop()
    for office in offices:
        office.close()


@pytest.fixture
def alpha(small_city, monkeypatch, opened) -> Office:
    office = Office({"id": "A1", "name": "Siti Aminah", "born": "1991-06-05", "phone": "0812"})
    opened.append(office)
    monkeypatch.setenv("SATU_ALPHA_URL", office.url)
    return office


@pytest.fixture
def beta(small_city, monkeypatch, opened) -> Office:
    office = Office({"people": [{"id": "B1", "decile": "03", "seen": "01/01/2020"}]})
    opened.append(office)
    monkeypatch.setenv("SATU_BETA_URL", office.url)
    return office


@pytest.fixture
def rude(small_city, monkeypatch, opened) -> Callable[..., RudeOffice]:
    """Put an office with a bad habit behind a system: ``rude("ALPHA_URL", hangs)``."""

    def put(name: str, habit) -> RudeOffice:
        office = RudeOffice(habit)
        opened.append(office)
        monkeypatch.setenv(f"SATU_{name}", office.url)
        return office

    return put


@pytest.fixture
def siti() -> Actor:
    return Actor(reference="account:1", kind="resident", name="Siti Aminah", nik=NIK)


@pytest.fixture
def budi() -> Actor:
    """An officer at the counter."""
    return Actor(
        reference="account:2", kind="officer", name="Budi", agency="dukcapil", duties=frozenset({"front-office"})
    )


def case(*facts: str) -> Purpose:
    return for_case(
        reference="DOM-1", label=Label(id="Surat domisili", en="Certificate"), legal_basis="UU 25/2009", facts=facts
    )


def ledger_entries(*, since: float) -> list[SimpleNamespace]:
    """The ledger's entries from a moment on (``time.time()``), as the table holds them, in order.

    A ledger cannot be emptied, so a test sees what tests before it have committed, some of them on a day to come. An
    id tells when it was made.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(entry) FROM ledger_entry AS entry ORDER BY id")
        entries = [SimpleNamespace(**row) for (row,) in cursor.fetchall()]
    first, last = int(since * 1000), int(time.time() * 1000) + 60_000
    return [entry for entry in entries if first <= UUID(entry.id).int >> 80 <= last]


@pytest.fixture
def new_entries() -> Callable[[], list[SimpleNamespace]]:
    """The ledger's entries since this test began."""
    began = time.time()
    return lambda: ledger_entries(since=began)
