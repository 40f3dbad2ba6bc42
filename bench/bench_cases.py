"""Submitting cases, carrying them to the signed letter, deciding them, and the queue of those that wait.

Over HTTP everything shares the machine: the clients, Granian's two workers, PostgreSQL. A submission is two requests,
beginning (draft, pull from the register and the tax office, ledger) and sending (answers, snapshot, rules, workflow,
number, job); everything durable. A letter is what a worker makes of it: Typst, PAdES, storage.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench import Figure, people, processor, web
from bench.many_cases import Queue, queue_over

SUBMIT_LIMIT, LETTER_LIMIT, DECIDE_LIMIT = 100, 20, 150
QUEUE_LIMIT_ONE, QUEUE_LIMIT_SIXTEEN = 0.015, 0.060
PROCESSES = 2
CLIENTS = 8
PORT = 8765
_OPEN_FORMS = "Open Forms, a form of 8 fields until submitted: 9.4 to 17.8/s"
_OPEN_FORMS_PDF = "Open Forms until its PDF: 1.8 to 2.6/s"
_OPEN_ZAAK = "Open Zaak over 100,000: 83 to 130 ms, with 16 at once 1.5 s"


def run(*, full: bool) -> Iterator[Figure]:
    """Submit and decide over HTTP, make the letters in two processes, then read the queue over HTTP."""
    cases = 3_000 if full else 400
    with tempfile.TemporaryDirectory() as folder:
        people.simulate_the_tax_office(Path(folder))
        sessions = web.sign_in(people.residents(cases))
        officer, _reference = web.officer("bench", areas=[people.KELURAHAN])
        with web.granian(PORT, SATU_BAPENDA_DATABASE=os.environ["SATU_BAPENDA_DATABASE"]):
            yield from _submitting(list(sessions.values()))
            yield from _with_pages(list(sessions.values()))
            yield from _deciding(list(sessions.values()), officer)
        yield from _letters(cases if full else 150)
    with queue_over(1_000_000 if full else 100_000) as many, web.granian(PORT, DATABASE_URL=many.database):
        yield from _queue(many, reads=600 if full else 200)


def _submitting(sessions: list[str]) -> Iterator[Figure]:
    web.at_once(CLIENTS, _submit, sessions[:40])
    timed, spent = _measured(_submit, sessions[40:])
    yield _rate("submitted cases a second, over HTTP", timed, spent, SUBMIT_LIMIT)


def _with_pages(sessions: list[str]) -> Iterator[Figure]:
    timed, spent = _measured(_submit_with_pages, sessions[: len(sessions) // 2])
    yield _rate("the same with the pages for it: the service, the preview, the receipt", timed, spent, None)


def _deciding(sessions: list[str], officer: str) -> Iterator[Figure]:
    from satu.services.models import Task

    web.at_once(CLIENTS, _submit_for_an_officer, sessions)
    area = {"state": Task.State.OPEN, "agency": "kelurahan", "area": people.KELURAHAN}
    waiting = [str(task) for task in Task.objects.filter(**area).values_list("pk", flat=True)]

    def decide(task: str) -> None:
        web.post(PORT, officer, f"/desk/tugas/{task}/putuskan/", decision="approve", reason="")

    web.at_once(CLIENTS, decide, waiting[:40])
    timed, spent = _measured(decide, waiting[40:])
    assert not Task.objects.filter(pk__in=waiting, state=Task.State.OPEN).exists()
    yield _rate("decided tasks a second, over HTTP", timed, spent, DECIDE_LIMIT)


def _letters(count: int) -> Iterator[Figure]:
    from satu.services.models import Case

    cases = Case.objects.filter(service="domisili", state="submitted")
    waiting = [str(case) for case in cases.values_list("id", flat=True)[:count]]
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"), initializer=_set_up) as pool:
        list(pool.map(_advance, waiting[: 2 * PROCESSES]))
        begun = time.perf_counter()
        cpu = sum(pool.map(_advance, waiting[2 * PROCESSES :], chunksize=5))
        seconds = time.perf_counter() - begun
    assert not Case.objects.filter(pk__in=waiting).exclude(state="issued").exists()
    made = len(waiting) - 2 * PROCESSES
    yield Figure(
        "signed letters a second",
        f"{made / seconds:.0f}",
        beside=f"limit {LETTER_LIMIT}; {_OPEN_FORMS_PDF}",
        holds=made / seconds >= LETTER_LIMIT,
        note=f"{PROCESSES} processes, {cpu / made * 1000:.0f} ms of processor time each beside the database's",
    )


def _queue(many: Queue, *, reads: int) -> Iterator[Figure]:
    pages = {"the officer's queue": "", "the same, searched for a name": "?cari=siti+rah"}
    pages["the same, searched for a number"] = f"?cari={many.number}"
    for what, search in pages.items():

        def read(_item: str, search: str = search) -> None:
            web.get(PORT, many.officer, f"/desk/tugas/{search}")

        web.at_once(1, read, [""] * 20)
        web.at_once(16, read, [""] * 40)
        for clients, limit in ((1, QUEUE_LIMIT_ONE), (16, QUEUE_LIMIT_SIXTEEN)):
            timed = web.at_once(clients, read, [""] * reads)
            yield Figure(
                f"{what}, {many.cases:,} cases open, {many.hers:,} hers, {clients} at once, p50 / p95",
                f"{timed.p50 * 1000:.1f} / {timed.p95 * 1000:.1f} ms",
                beside=f"limit {limit * 1000:.0f} ms at p50; {_OPEN_ZAAK}",
                holds=timed.p50 < limit,
                note=f"the whole page, {timed.rate:.0f} a second, load {os.getloadavg()[0]:.1f}",
            )


def _submit(session: str) -> None:
    case = web.post(PORT, session, "/layanan/domisili/ajukan/")
    web.post(PORT, session, f"{case}kirim/", purpose="membuka rekening bank")


def _submit_for_an_officer(session: str) -> None:
    case = web.post(PORT, session, "/layanan/sktm/ajukan/", about="self")
    web.post(PORT, session, f"{case}kirim/", purpose="keringanan biaya sekolah")


def _submit_with_pages(session: str) -> None:
    web.get(PORT, session, "/layanan/domisili/")
    case = web.post(PORT, session, "/layanan/domisili/ajukan/")
    web.get(PORT, session, case)
    web.get(PORT, session, web.post(PORT, session, f"{case}kirim/", purpose="membuka rekening bank"))


def _measured(work: web.Work, items: list[str]) -> tuple[web.Timed, Mapping[str, float]]:
    """The run, and the milliseconds of processor time that each piece cost there."""
    database, children = processor.of_the_database(), processor.of_our_children()
    timed = web.at_once(CLIENTS, work, items)
    spent = {
        "Satu": processor.of_our_children() - children,
        "the database": processor.of_the_database() - database,
        "the clients": timed.client,
    }
    return timed, {who: seconds / len(items) * 1000 for who, seconds in spent.items()}


def _rate(what: str, timed: web.Timed, spent: Mapping[str, float], limit: int | None) -> Figure:
    cost = ", ".join(f"{milliseconds:.1f} ms {who}" for who, milliseconds in spent.items())
    return Figure(
        what,
        f"{timed.rate:.0f}",
        beside=f"limit {limit}"
        if limit == DECIDE_LIMIT
        else f"limit {limit}; {_OPEN_FORMS}"
        if limit
        else _OPEN_FORMS,
        holds=timed.rate >= limit if limit else None,
        note=f"{CLIENTS} at once, p50 {timed.p50 * 1000:.0f} ms, p95 {timed.p95 * 1000:.0f} ms; processor time each: "
        f"{cost}; load {os.getloadavg()[0]:.1f}",
    )


def _set_up() -> None:
    import django

    django.setup()
    from satu.services.packages import the_packages

    the_packages()


def _advance(case_id: str) -> float:
    from uuid import UUID

    from satu.services import actions

    before = time.process_time()
    actions.advance_case(case_id=UUID(case_id))
    return time.process_time() - before
