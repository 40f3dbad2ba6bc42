"""What a pull costs over k systems: real HTTP servers with set answering times, each in a process of its own.

System number i waits i times 20 ms, so the slowest of k waits 20 k ms. What that system takes is measured in the
same run, in turns with the pulls, by a bare httpx client that asks it alone over a kept connection. The limit is 1.1
times that plus 10 ms, and it includes checking who may, the ledger entry and its durable commit. Beside it: the same
facts pulled one by one.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from bench import Figure

STEP = 20  # milliseconds
SYSTEMS = 5
CITY = """
code: "00.00"
name: {id: Kota, en: City}
province: X
colours: {primary: "#000000", primary_dark: "#000000", accent: "#000000"}
agencies: {office: {name: {id: Kantor, en: Office}, short: Kantor}}
"""
SYSTEM = """
code: s{n}
name: {{id: S, en: S}}
agency: office
kind: rest
legal_basis: x
coverage: {{id: x, en: x}}
freshness: {{id: x, en: x}}
deadline: 2s
connection: {{address: {{setting: BENCH_{n}_URL}}}}
operations:
  ask: {{method: POST, path: /ask, json: {{nik: "{{nik}}"}}, record: id, answers: {{person.f{n}: value}}}}
"""
FACT = """
  person.f{n}: {{label: {{id: x, en: x}}, type: text, agency: office, legal_basis: x, classification: restricted,
    sources: [s{n}]}}
"""


@contextlib.contextmanager
def offices() -> Iterator[None]:
    """The servers' processes; their addresses are settings as for any system."""
    with contextlib.ExitStack() as stack:
        for number in range(1, SYSTEMS + 1):
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "bench.slow_office", str(number * STEP)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            assert process.stdout is not None
            os.environ[f"SATU_BENCH_{number}_URL"] = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        yield


@contextlib.contextmanager
def city() -> Iterator[None]:
    """A city with one fact for each system."""
    from django.test import override_settings

    from satu.hub import asking
    from satu.hub.catalogue import the_catalogue
    from satu.hub.reasons import the_reasons
    from satu.kernel.city import the_city

    def forget() -> None:
        asking.stop()
        for cached in (the_city, the_catalogue, the_reasons):
            cached.cache_clear()

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("facts", "systems", "purposes"):
            (folder / part).mkdir()
        numbers = range(1, SYSTEMS + 1)
        (folder / "city.yaml").write_text(CITY)
        (folder / "facts" / "all.yaml").write_text("facts:" + "".join(FACT.format(n=n) for n in numbers))
        for n in numbers:
            (folder / "systems" / f"s{n}.yaml").write_text(SYSTEM.format(n=n))
        forget()
        with override_settings(SATU_CITY=str(folder)):
            yield
        forget()


def run(*, full: bool) -> Iterator[Figure]:
    from satu.hub.actions import pull
    from satu.hub.purposes import self_access
    from satu.hub.types import Subject
    from satu.identity.types import Actor
    from satu.kernel.identifiers import Nik

    times = 200 if full else 30
    nik = Nik("3671014506910003")
    somebody = Actor(reference="account:1", kind="resident", name="Bench", nik=nik)

    def ask(*numbers: int) -> None:
        facts = [f"person.f{n}" for n in numbers]
        dossier = pull(about=Subject.person(nik), facts=facts, purpose=self_access(somebody), by=somebody)
        assert len(dossier.found()) == len(numbers), [repr(outcome) for outcome in dossier]

    def plain_call(number: int) -> None:
        reply = client.post(os.environ[f"SATU_BENCH_{number}_URL"] + "/ask", json={"nik": nik.value})
        assert reply.json()["value"]

    with offices(), city(), httpx.Client() as client:
        ask(*range(1, SYSTEMS + 1))
        for k in range(1, SYSTEMS + 1):
            together, alone = in_turns(lambda k=k: ask(*range(1, k + 1)), lambda k=k: plain_call(k), times)  # type: ignore[misc]
            for name, of in (("median", statistics.median), ("p95", p95)):
                limit = 1.1 * of(alone) + 10
                yield Figure(
                    f"pull over {k} systems, the slowest waits {k * STEP} ms, {name}",
                    f"{of(together):.1f} ms",
                    f"its slowest system alone {of(alone):.1f} ms, so at most {limit:.1f} ms",
                    of(together) <= limit,
                )
        one_by_one = measure(lambda: [ask(n) for n in range(1, SYSTEMS + 1)], max(times // 10, 5))
        yield Figure(f"the same {SYSTEMS} facts pulled one by one, median", f"{statistics.median(one_by_one):.1f} ms")
        crowd = at_once(lambda: ask(*range(1, SYSTEMS + 1)), people=8, times=max(times // 5, 10))
        yield Figure(
            f"pull over {SYSTEMS} systems, 8 at once, median / p95",
            f"{statistics.median(crowd):.1f} / {p95(crowd):.1f} ms",
            note="no limit; shows what company costs",
        )


def in_turns(one: Callable[[], object], other: Callable[[], object], times: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each, measured in turns, so that what else the machine does falls on both."""
    first, second = [], []
    for _ in range(times):
        first += measure(one, 1)
        second += measure(other, 1)
    return first, second


def measure(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def at_once(work: Callable[[], object], *, people: int, times: int) -> list[float]:
    from django.db import connection

    taken: list[float] = []

    def one() -> None:
        work()  # opens a database connection of its own
        taken.extend(measure(work, times))
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
