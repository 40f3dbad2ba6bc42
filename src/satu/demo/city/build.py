"""Building the synthetic city: blocks of people streamed into the register with COPY, by a process a core."""

import hashlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, cast

import psycopg
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import make_conninfo

import satu
from satu.demo.city import places
from satu.demo.city.load import Loaded, Orders, Plan, load
from satu.kernel.city import the_city
from satu.kernel.errors import Conflict, InvalidInput

#: The day on which the city is as it is built. Fixed, so that a city does not change from day to day.
REFERENCE_DAY = date(2026, 6, 30)
MOST_RESIDENTS = 4_000_000
MOST_PROCESSES = 64
_EARLIEST, _LATEST = date(2020, 1, 1), date(2099, 12, 31)
_TABLES = ("residentpast", "familypast", "membershippast", "membership", "resident", "family", "area")
_AREA_COPY = "COPY registry_area (id, code, level, name, parent_id, postcode) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Built:
    residents: int
    families: int
    digest: str
    """SHA-256 over the SHA-256 of each COPY stream, block by block."""
    peak_kib: int
    """The largest sum of peak memory of the generator's processes, in KiB; PostgreSQL's is not in it."""


def plan(*, residents: int, seed: int, today: date = REFERENCE_DAY) -> Plan:
    """Check what was asked for. Raises ``InvalidInput``."""
    if not 1 <= residents <= MOST_RESIDENTS:
        raise InvalidInput(
            _("A city has from 1 to %(most)s residents.") % {"most": f"{MOST_RESIDENTS:,}"}, field="residents"
        )
    if not 0 <= seed < 2**63:
        raise InvalidInput(_("The seed is a whole number that is not negative."), field="seed")
    if not _EARLIEST <= today <= _LATEST:
        raise InvalidInput(_("The reference day lies between 2020 and 2099."), field="today")
    return Plan(residents=residents, seed=seed, today=today, areas=the_city().folder / "areas.csv")


def build(
    chosen: Plan, *, processes: int, replace: bool = False, report: Callable[[int], None] = lambda _residents: None
) -> Built:
    """Fill the register. ``report`` is told how many residents were added, from time to time.

    Raises ``Conflict`` when a city exists and ``replace`` is not said. Whatever stops the work leaves the register
    empty, never half a city.
    """
    if not 1 <= processes <= MOST_PROCESSES:
        raise InvalidInput(
            _("The number of processes is from 1 to %(most)s.") % {"most": MOST_PROCESSES}, field="processes"
        )
    if is_built() and not replace:
        raise Conflict(_("There is a city already. Say --replace to build another in its place."))
    demolish()
    try:
        return _fill(chosen, processes, report)
    except BaseException:
        demolish()
        raise


def demolish() -> None:
    """Empty the register, history and all. Only the demonstration may: in production the role has no TRUNCATE."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE " + ", ".join(f"registry_{table}" for table in _TABLES) + " RESTART IDENTITY CASCADE"
        )


def is_built() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM registry_resident) OR EXISTS (SELECT FROM registry_family)")
        return bool(cursor.fetchone()[0])


def _fill(chosen: Plan, processes: int, report: Callable[[int], None]) -> Built:
    address = _database()
    areas = "".join(
        f"{key}\t{code}\t{level}\t{name}\t{parent or chr(92) + 'N'}\t{postcode}\n"
        for key, code, level, name, parent, postcode in places.lay_out(chosen.areas, chosen.seed).rows
    ).encode()
    with psycopg.connect(address) as own, own.cursor() as cursor, cursor.copy(_AREA_COPY) as copy:
        copy.write(areas)
    done = {}
    for loaded in _load(chosen, address, processes):
        done[loaded.block] = loaded
        report(loaded.residents)
    _settle(address)
    digest = hashlib.sha256(hashlib.sha256(areas).digest())
    for number in sorted(done):
        for part in done[number].digests:
            digest.update(bytes.fromhex(part))
    peaks: dict[int, int] = {}
    for loaded in done.values():
        peaks[loaded.process] = max(peaks.get(loaded.process, 0), loaded.peak_kib)
    return Built(
        residents=sum(loaded.residents for loaded in done.values()),
        families=sum(loaded.families for loaded in done.values()),
        digest=digest.hexdigest(),
        peak_kib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + (sum(peaks.values()) if processes > 1 else 0),
    )


def _load(chosen: Plan, address: str, processes: int) -> Iterator[Loaded]:
    orders = [Orders(plan=chosen, address=address, first=first, step=processes) for first in range(processes)]
    if processes == 1:
        yield from load(orders[0])
        return
    reading, writing = os.pipe()
    workers = [_start(order, writing) for order in orders]
    os.close(writing)
    try:
        # One pipe for all: a line is shorter than PIPE_BUF, so lines do not mix; it ends when the last one leaves.
        with open(reading, encoding="utf-8") as lines:  # noqa: PTH123 - a descriptor, not a path
            for line in lines:
                yield Loaded(**json.loads(line))
        for worker in workers:
            if worker.wait():
                raise RuntimeError(f"a process of the generator ended with {worker.returncode}; its error is above")
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()


def _start(orders: Orders, writing: int) -> "subprocess.Popen[str]":
    source = str(Path(satu.__file__).parents[1])
    # In a session of its own, so that Ctrl-C reaches this process only, which then ends the workers in order.
    worker = subprocess.Popen(
        [sys.executable, "-m", "satu.demo.city.load"],
        stdin=subprocess.PIPE, stdout=writing, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": source},
    )  # fmt: skip
    with cast("IO[str]", worker.stdin) as given:
        given.write(orders.write() + "\n")
    return worker


def _database() -> str:
    known = connection.settings_dict
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {parameter: str(known[name]) for parameter, name in named.items() if known.get(name)}
    # The embedded server is reached by a socket, which its URL gives as an option.
    options = {name: value for name, value in known.get("OPTIONS", {}).items() if name in {"host", "port", "sslmode"}}
    return make_conninfo(**given, **options)


def _settle(address: str) -> None:
    """Sequences past what was loaded, and statistics for the planner."""
    with psycopg.connect(address, autocommit=True) as own:
        for table in ("area", "family", "resident"):
            own.execute(
                f"SELECT setval(pg_get_serial_sequence('registry_{table}', 'id'), max(id)) FROM registry_{table}"  # noqa: S608
            )
        for table in _TABLES:
            own.execute(f"ANALYZE registry_{table}")
