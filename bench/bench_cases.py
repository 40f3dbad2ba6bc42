"""Submitting cases, and carrying them to the signed letter. The limits are those of the whole service engine.

A submission is everything but HTTP: draft, pull (the register, and the tax office's SQLite), ledger entry, answers,
snapshot, rules, workflow, number, job; durable. The letter is what a worker makes of it: Typst, PAdES, storage.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

from bench import Figure

PROCESSES = 2
THREADS = 3
SUBMIT_LIMIT, LETTER_LIMIT = 100, 20
_PURPOSE = {"purpose": "membuka rekening bank"}


def run(*, full: bool) -> Iterator[Figure]:
    """Two processes of three threads each submit, then two processes make the letters."""
    cases = 3_000 if full else 400
    with tempfile.TemporaryDirectory() as folder:
        _simulate_the_tax_office(Path(folder))
        niks = _people(cases)
        seconds, cpu, took = _submit_all(niks)
        yield _rate("submitted cases a second", cases / seconds, SUBMIT_LIMIT, cpu / cases)
        p50, p99 = median(took), quantiles(took, n=100)[98]
        yield Figure("begin and submit, p50 / p99", f"{p50 * 1000:.0f} / {p99 * 1000:.0f} ms", note="six at once")
        letters = cases if full else 150
        rate, cpu = _letters(letters)
        yield _rate("signed letters a second", rate, LETTER_LIMIT, cpu)


def _rate(what: str, rate: float, limit: int, cpu: float) -> Figure:
    note = f"{PROCESSES} processes, {cpu * 1000:.0f} ms of processor time each beside the database's, without HTTP"
    return Figure(what, f"{rate:.0f}", beside=f"limit {limit}, of issue 3", holds=rate >= limit, note=note)


def _simulate_the_tax_office(folder: Path) -> None:
    from django.utils.timezone import localdate

    from satu.demo.systems import storage
    from satu.demo.systems.tests.town import families

    storage.fill(folder, families(1_000), seed=7, today=localdate())
    os.environ["SATU_BAPENDA_DATABASE"] = f"sqlite:///{(folder / 'pbb.sqlite').as_uri()}?mode=ro&uri=true"


_AREAS = [
    (1, "99.71.01", "Contoh"),
    (2, "99.71.01.1001", "Contoh"),
    (3, "99.71.01.1001.001", "001"),
    (4, "99.71.01.1001.001.001", "001"),
]
_RESIDENTS = """
INSERT INTO registry_resident (nik, name, sex, birth_place, birth_date, religion, blood_type, education, occupation,
    marital_status, citizenship, life_status, mother_name, father_name, valid_from)
SELECT n.nik, 'Siti Aminah', 'female', 'Tangerang', '1990-01-01', 1, 13, 5, 15, 1, 1, 1, 'Nur', 'Budi', '1990-01-01'
  FROM unnest(%(niks)s::text[]) n(nik) ON CONFLICT DO NOTHING"""
_FAMILIES = """
INSERT INTO registry_family (number, address, area_id, valid_from)
SELECT n.number, 'Jl. Melati No. 5', (SELECT id FROM registry_area WHERE code = '99.71.01.1001.001.001'), '1990-01-01'
  FROM unnest(%(cards)s::text[]) n(number) ON CONFLICT DO NOTHING"""
_MEMBERS = """
INSERT INTO registry_membership (resident_id, family_id, role, valid_from)
SELECT r.id, f.id, 1, '1990-01-01'
  FROM unnest(%(niks)s::text[], %(cards)s::text[]) n(nik, number)
  JOIN registry_resident r ON r.nik = n.nik JOIN registry_family f ON f.number = n.number ON CONFLICT DO NOTHING"""


def _people(count: int) -> list[str]:
    """So many residents of a region that no city has, each the head of her own family."""
    from django.db import connection, transaction

    niks = [f"9971{i // 9999 + 1:02d}410190{i % 9999 + 1:04d}" for i in range(count)]
    cards = [f"9971{i // 9999 + 1:02d}010120{i % 9999 + 1:04d}" for i in range(count)]
    with transaction.atomic(), connection.cursor() as cursor:
        for level, code, name in _AREAS:
            parent = code.rpartition(".")[0] if level > 1 else None
            cursor.execute(
                "INSERT INTO registry_area (code, level, name, parent_id, postcode) SELECT %s, %s, %s, "
                "(SELECT id FROM registry_area WHERE code = %s), '15111' ON CONFLICT DO NOTHING",
                [code, level, name, parent],
            )
        for statement in (_RESIDENTS, _FAMILIES, _MEMBERS):
            cursor.execute(statement, {"niks": niks, "cards": cards})
    return niks


def _submit_all(niks: Sequence[str]) -> tuple[float, float, list[float]]:
    """Seconds by the clock, of processor time, and what each took."""
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"), initializer=_set_up) as pool:
        list(pool.map(_submit, [[]] * PROCESSES))  # warm: packages, templates, connections
        begun = time.perf_counter()
        parts = list(pool.map(_submit, [niks[part::PROCESSES] for part in range(PROCESSES)]))
        seconds = time.perf_counter() - begun
    return seconds, sum(cpu for cpu, _ in parts), [one for _, took in parts for one in took]


def _set_up() -> None:
    import django

    django.setup()
    from satu.services.packages import the_packages

    the_packages()


def _submit(niks: Sequence[str]) -> tuple[float, list[float]]:
    time.sleep(0.2)  # so that each process takes one of the parts
    before = time.process_time()
    with ThreadPoolExecutor(THREADS) as threads:
        took = list(threads.map(_submit_one, niks))
    return time.process_time() - before, took


def _submit_one(nik: str) -> float:
    from satu.identity.types import Actor
    from satu.kernel.identifiers import Nik
    from satu.services import actions

    by = Actor(reference="account:bench", kind="resident", name="", nik=Nik(nik))
    begun = time.perf_counter()
    case = actions.start_case(service="domisili", by=by)
    actions.send_case(case_id=case, answers=_PURPOSE, by=by)
    return time.perf_counter() - begun


def _letters(count: int) -> tuple[float, float]:
    """Letters a second, and the processor time of one."""
    from satu.services.models import Case

    waiting = [str(case) for case in Case.objects.filter(state="submitted").values_list("id", flat=True)[:count]]
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"), initializer=_set_up) as pool:
        list(pool.map(_advance, waiting[: 2 * PROCESSES]))
        begun = time.perf_counter()
        cpu = sum(pool.map(_advance, waiting[2 * PROCESSES :], chunksize=5))
        seconds = time.perf_counter() - begun
    assert not Case.objects.filter(pk__in=waiting).exclude(state="issued").exists()
    made = len(waiting) - 2 * PROCESSES
    return made / seconds, cpu / made


def _advance(case_id: str) -> float:
    from uuid import UUID

    from satu.services import actions

    before = time.process_time()
    actions.advance_case(case_id=UUID(case_id))
    return time.process_time() - before
