"""The synthetic city: how fast it is built, whether the rate stays flat, and in how much memory."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from bench import Figure

_LIMIT_SECONDS, _LIMIT_MIB = 240, 2048
_FLAT = 0.8
"""The larger city's rate is at least this much of the smaller one's."""


class _Postgres(threading.Thread):
    """Watches the memory of the server's processes: the sum of their proportional shares (Pss), at its peak."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mib = 0
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            folder = cursor.fetchone()[0]
        connection.close()
        while not self._ended.wait(0.5):
            self.peak_mib = max(self.peak_mib, _memory_kib(folder) // 1024)


def _memory_kib(folder: str) -> int:
    """KiB of the postmaster of a data folder and its children; 0 where it runs elsewhere."""
    try:
        postmaster = Path(folder, "postmaster.pid").read_text(encoding="utf-8").split()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="utf-8").split()
    except OSError:
        return 0
    return sum(_pss(process) for process in [postmaster, *children])


def _pss(process: str) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _kept(seconds: float, at_size: bool) -> bool | None:
    return seconds <= _LIMIT_SECONDS if at_size else None


def run(*, full: bool) -> Iterator[Figure]:
    from satu.demo.city.build import build, plan
    from satu.registry.search.actions import rebuild

    sizes = (200_000, 2_000_000) if full else (100_000, 200_000)
    rates = []
    for residents in sizes:
        with _Postgres() as postgres:
            started = time.monotonic()
            built = build(plan(residents=residents, seed=1), processes=2, replace=True)
            loaded = time.monotonic()
            rebuild()
            indexed = time.monotonic()
        load, whole, memory = loaded - started, indexed - started, built.peak_kib // 1024
        rates.append(residents / load)
        limit, at_size = f"limit at 2,000,000: {_LIMIT_SECONDS} s", residents == 2_000_000
        what = f"{residents:,} residents"
        yield Figure(f"{what}, register with all rules", f"{load:.1f} s", limit, _kept(load, at_size))
        yield Figure(f"{what}, rate", f"{rates[-1]:,.0f} residents/s", note=f"digest {built.digest[:16]}")
        yield Figure(f"{what}, with the name index", f"{whole:.1f} s", limit, _kept(whole, at_size))
        yield Figure(
            f"{what}, memory of the generator", f"{memory:,} MiB", f"limit {_LIMIT_MIB:,} MiB", memory <= _LIMIT_MIB
        )
        yield Figure(
            f"{what}, memory of PostgreSQL", f"{postgres.peak_mib:,} MiB", note="512 MiB shared buffers in it"
        )
    flat = rates[1] / rates[0]
    yield Figure("rate of the larger city to the smaller one's", f"{flat:.2f}", f"at least {_FLAT}", flat >= _FLAT)
