"""Residents for whom a service is worth asking for, by what its package says of itself.

A search only narrows. Whether somebody may have it, the service's own rules say: here by what the register's row
tells, and again when the facts have been pulled (``asking``).
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from satu.identity.queries import demonstration_accounts
from satu.identity.types import Actor
from satu.kernel.identifiers import Nik
from satu.services.decisions import decide
from satu.services.types import ABOUT, ServicePackage

#: Who sends requests by themselves, in every event: nobody takes these for requests that somebody pressed.
BY = "system:demonstration"
#: So many are looked at for one service, at most.
_MOST = 400
_NEVER_MARRIED = 1
_SEARCH = """
SELECT r.nik, r.name, r.sex, r.marital_status, r.birth_date FROM registry_resident r
JOIN registry_membership m ON m.resident_id = r.id
WHERE r.life_status = 1 AND m.family_id IS NOT NULL AND r.nik <> ALL(%(taken)s)
    AND (%(known)s::text[] IS NULL OR r.nik = ANY(%(known)s)) AND {whom}
ORDER BY md5(r.id || %(seed)s) LIMIT %(most)s
"""
_GROWN = "r.birth_date < %(today)s::date - interval '18 years'"
_CHILD = """EXISTS (SELECT 1 FROM registry_membership cm JOIN registry_resident c ON c.id = cm.resident_id
    WHERE cm.family_id = m.family_id AND cm.role = 4 AND m.role IN (1, 2, 3)
        AND c.birth_date > %(today)s::date - interval '{} years')"""


@dataclass(frozen=True, slots=True)
class _Known:
    """Whom a simulated system has to know, and what the register says of them.

    ``others``: who asks as well, where the service can do without what the system knows.
    """

    system: str
    question: str
    whom: str = _GROWN
    others: str = ""


_MOTHERS = (
    "r.sex = 'female' AND m.role = 3 AND r.birth_date BETWEEN %(today)s::date - interval '40 years' AND "
    f"%(today)s::date - interval '20 years' AND NOT {_CHILD.format(2)}"
)
#: By the fact that a service needs.
_KNOWN: Mapping[str, _Known] = {
    "person.practice_places": _Known("nakes", "SELECT DISTINCT nik FROM penempatan"),
    "person.birth_letters": _Known(
        "bpjs", "SELECT nikIbu FROM kelahiran GROUP BY nikIbu HAVING count(*) = 1", whom=_MOTHERS, others=_MOTHERS
    ),
}
_OWNERS = _Known(
    "oss",
    """SELECT nik FROM pelaku_usaha JOIN usaha USING (id_profil) WHERE nik <> ''
    GROUP BY nik HAVING count(DISTINCT id_profil) = 1""",
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who could ask. ``likely``: no rule is against it, by what the register's row says of her."""

    by: Actor
    likely: bool


def is_for_anybody(package: ServicePackage) -> bool:
    return _known_to(package) is None and "self" in package.acts_for


def applicants(package: ServicePackage, seed: str) -> Iterator[Applicant]:
    """Those who could ask for it, in an order that the ``seed`` gives. None of the demonstration's accounts."""
    known = _known_to(package)
    if known is not None:
        there = _found(package, known.whom, seed, _asked(known))
        if not known.others:
            return there
        others = _found(package, known.others, f"{seed} others", None)
        return (one for one in chain.from_iterable(zip_longest(others, there)) if one is not None)
    whom = _GROWN if "self" in package.acts_for else f"{_GROWN} AND {_CHILD.format(6)}"
    return _found(package, whom, seed, None)


def _known_to(package: ServicePackage) -> _Known | None:
    if package.acts_for == ("business",):
        return _OWNERS
    return next((known for fact, known in _KNOWN.items() if any(need.fact == fact for need in package.needs)), None)


def _asked(known: _Known) -> list[str]:
    path = Path(settings.SATU_SIMULATED_SYSTEMS) / f"{known.system}.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as storage:
        return [nik for (nik,) in storage.execute(known.question)]


def _found(package: ServicePackage, whom: str, seed: str, known: list[str] | None) -> Iterator[Applicant]:
    taken = [account.login for account in demonstration_accounts()]
    today = timezone.localdate()
    values = {"taken": taken, "known": known, "seed": seed, "today": today, "most": _MOST}
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH.format(whom=whom), values)
        rows = cursor.fetchall()
    for nik, name, sex, marital_status, born in rows:
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        told = {
            ABOUT: "self",
            "person.life_status": "alive",
            "person.lives_in_city": True,
            "person.sex": sex,
            "person.age": age,
            "person.is_adult": True,
            "person.is_ever_married": marital_status != _NEVER_MARRIED,
        }
        yield Applicant(Actor(BY, "resident", name, nik=Nik(nik)), _agrees(package, told, today))


def _agrees(package: ServicePackage, told: Mapping[str, Any], today: date) -> bool:
    """Whether no table is against it that looks at nothing else; what it says of others, nobody knows yet."""
    if "self" not in package.acts_for:
        return True
    tables = [table for table in package.tables.values() if not table.advises and told.keys() >= set(table.inputs)]
    return all(decide(table, told, on=today).result == "approve" for table in tables)
