"""A queue over very many cases, in a database of its own on the same server, dropped afterwards.

One case is sent by the real action; the others are its copies, row by row, with numbers, names, areas and days of
their own. All are open, which is more than any city has: the index of the queue holds nothing else.
"""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bench import people, web

_DATABASE = "satu_bench_queue"
KELURAHAN = 104  # as many as the city has: an officer of one sees a hundredth
_FIRST = """
Siti Nur Sri Dewi Muhammad Ahmad Andi Agus Budi Eko Rina Rini Ratna Yuni Wati Asep Dedi Hendra Joko
Slamet Maria Yohanes Putu Made Lim Tan Fitri Lestari Bayu Rizky
"""
_LAST = """
Aminah Rahayu Rahmawati Hidayat Saputra Wulandari Kusuma Santoso Wijaya Nugroho Permata Handayani
Setiawan Kurniawan Purnama Siregar Simanjuntak Halim Anggraini Pratama Utami Maulana Firmansyah
Oktaviani Gunawan
"""

_CASES = """
INSERT INTO services_case
SELECT copy.* FROM services_case one, generate_series(1, %(cases)s) i, LATERAL jsonb_populate_record(one,
    jsonb_build_object('id', md5('case' || i),
        'applicant_nik', '9999' || lpad(i::text, 12, '0'), 'subject_nik', '9999' || lpad(i::text, 12, '0'),
        'number', 'SKTM-2025-' || lpad(i::text, greatest(6, length(i::text)), '0'),
        'begun_at', now() - i * interval '1 second', 'submitted_at', now() - i * interval '1 second')) copy
WHERE one.number LIKE 'SKTM-%%'"""
_TASKS = """
INSERT INTO services_task
SELECT copy.* FROM services_task one, generate_series(1, %(cases)s) i, LATERAL jsonb_populate_record(one,
    jsonb_build_object('id', md5('task' || i), 'case_id', md5('case' || i),
        'area', format('99.71.%%s.%%s', lpad((1 + i %% 13)::text, 2, '0'), 1001 + i %% %(areas)s / 13),
        'due_on', CURRENT_DATE - 5 + (hashint4(i) & 15), 'opened_at', now() - i * interval '1 second',
        'applicant_name', (%(first)s::text[])[1 + (hashint4(i + 7) & 1023) %% %(firsts)s] || ' '
            || (%(last)s::text[])[1 + (hashint4(i + 9) & 1023) %% %(lasts)s])) copy
WHERE one.area = %(area)s"""


@dataclass(frozen=True, slots=True)
class Queue:
    """``database`` is its URL, ``officer`` a session of the officer of one kelurahan, ``hers`` how many she has."""

    database: str
    cases: int
    officer: str
    hers: int
    number: str
    """Of one of hers."""


@contextmanager
def queue_over(cases: int) -> Iterator[Queue]:
    """So many open cases, evenly over the kelurahan of a city, until the block ends."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{_DATABASE}").geturl()
    _on_the_server(f"DROP DATABASE IF EXISTS {_DATABASE}", f"CREATE DATABASE {_DATABASE}")
    try:
        with ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), initializer=_set_up, initargs=(url,)
        ) as pool:
            queue = pool.submit(_fill, cases, url).result()
        yield queue
    finally:
        _on_the_server(f"DROP DATABASE {_DATABASE} WITH (FORCE)")


def _on_the_server(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _set_up(url: str) -> None:
    os.environ["DATABASE_URL"] = url
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _fill(cases: int, url: str) -> Queue:
    from django.db import connection

    from satu.identity.types import Actor
    from satu.kernel.identifiers import Nik
    from satu.services import actions

    (nik,) = people.residents(1)
    by = Actor(reference="account:bench", kind="resident", name="", nik=Nik(nik))
    one = actions.start_case(service="sktm", by=by)
    actions.send_case(case_id=one, answers={"purpose": "keringanan biaya sekolah"}, by=by)
    area = "99.71.01.1001"
    values: dict[str, Any] = {"cases": cases, "areas": KELURAHAN, "area": people.KELURAHAN}
    values |= {"first": _FIRST.split(), "firsts": len(_FIRST.split())}
    values |= {"last": _LAST.split(), "lasts": len(_LAST.split())}
    with connection.cursor() as cursor:
        cursor.execute(_CASES, values)
        cursor.execute(_TASKS, values)
        for table in ("services_case", "services_task"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute(
            "SELECT count(*), max(c.number) FROM services_task t JOIN services_case c ON c.id = case_id "
            "WHERE t.state = 'open' AND t.area = %s",
            [area],
        )
        hers, number = cursor.fetchone()
    session, _reference = web.officer("queue", areas=[area])
    return Queue(database=url, cases=cases, officer=session, hers=hers, number=number)
