"""Building the synthetic city: blocks of people streamed into the register with COPY, by a process a core."""

import hashlib
import multiprocessing
import resource
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import make_conninfo

from satu.demo.city import places
from satu.demo.city.people import BLOCK, CALENDAR, MARRIED, NEVER, Block, make_block
from satu.kernel.city import the_city
from satu.kernel.errors import Conflict, InvalidInput

#: The day on which the city is as it is built. Fixed, so that a city does not change from day to day.
REFERENCE_DAY = date(2026, 6, 30)
MOST_RESIDENTS = 5_000_000
MOST_PROCESSES = 64
_EARLIEST, _LATEST = date(2020, 1, 1), date(2099, 12, 31)
_TABLES = ("residentpast", "familypast", "membershippast", "membership", "resident", "family", "area")
_STATE = (
    "name, sex, birth_place, birth_date, religion, blood_type, education, occupation, marital_status, citizenship, "
    "life_status, mother_name, mother_nik, father_name, father_nik"
)
_COPIES = (
    "COPY registry_family (id, number, address, area_id, valid_from, recorded_at) FROM STDIN",
    f"COPY registry_resident (id, nik, {_STATE}, valid_from, recorded_at) FROM STDIN",
    "COPY registry_membership (resident_id, family_id, role, valid_from, recorded_at) FROM STDIN",
    "COPY registry_familypast (family_id, address, area_id, valid, recorded_at) FROM STDIN",
    f"COPY registry_residentpast (resident_id, {_STATE}, valid, recorded_at) FROM STDIN",
)
_AREA_COPY = "COPY registry_area (id, code, level, name, parent_id, postcode) FROM STDIN"
_PAST_YEARS = 12 * 365


@dataclass(frozen=True, slots=True)
class Plan:
    """What makes a city what it is: the same plan gives the same bytes on any machine."""

    residents: int
    seed: int
    today: date
    areas: Path

    @property
    def blocks(self) -> int:
        return -(-self.residents // BLOCK)


@dataclass(frozen=True, slots=True)
class Built:
    residents: int
    families: int
    digest: str
    """SHA-256 over the SHA-256 of each COPY stream, block by block."""
    peak_kib: int
    """The largest sum of peak memory of the generator's processes, in KiB; PostgreSQL's is not in it."""


@dataclass(frozen=True, slots=True)
class _Done:
    block: int
    residents: int
    families: int
    digests: tuple[bytes, ...]
    worker: int
    peak_kib: int


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
    done: dict[int, _Done] = {}
    with _workers(processes) as run:
        for block in run(partial(load_block, chosen, address), range(chosen.blocks)):
            done[block.block] = block
            report(block.residents)
    _settle(address)
    digest = hashlib.sha256(hashlib.sha256(areas).digest())
    for number in sorted(done):
        for part in done[number].digests:
            digest.update(part)
    peaks: dict[int, int] = {}
    for block in done.values():
        peaks[block.worker] = max(peaks.get(block.worker, 0), block.peak_kib)
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if processes > 1 else 0
    return Built(
        residents=sum(block.residents for block in done.values()),
        families=sum(block.families for block in done.values()),
        digest=digest.hexdigest(),
        peak_kib=own_peak + sum(peaks.values()),
    )


@contextmanager
def _workers(processes: int) -> Iterator[Callable[[Callable[[int], _Done], Iterable[int]], Iterable[_Done]]]:
    if processes == 1:
        yield map
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield pool.imap_unordered


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


def load_block(chosen: Plan, address: str, number: int) -> _Done:
    """Make one block and load it, in one transaction."""
    city = places.lay_out(chosen.areas, chosen.seed)
    size = min(BLOCK, chosen.residents - number * BLOCK)
    today = (chosen.today - date(1900, 1, 1)).days
    block = make_block(city, seed=chosen.seed, block=number, size=size, blocks=chosen.blocks, today=today)
    streams = streams_of(block, city, first_id=number * BLOCK + 1, today=today)
    with psycopg.connect(address) as own, own.cursor() as cursor:
        # The work is repeatable: losing it to a power cut costs a rebuild, so it need not wait for the disk.
        cursor.execute("SET synchronous_commit = off")
        for statement, stream in zip(_COPIES, streams, strict=True):
            with cursor.copy(statement) as copy:
                copy.write(stream)
    return _Done(
        block=number,
        residents=size,
        families=len(block.families["rt"]),
        digests=tuple(hashlib.sha256(stream).digest() for stream in streams),
        worker=multiprocessing.current_process().pid or 0,
        peak_kib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )


def streams_of(block: Block, city: places.City, *, first_id: int, today: int) -> tuple[bytes, ...]:
    """The block as the text that COPY reads: families, residents, memberships and the two histories."""
    people, families = block.people, block.families
    ids = first_id + np.arange(len(people["slot"]))
    # A family's number in the register is its head's: unique without asking the other blocks.
    family_ids = ids[people["slot"] == 0]
    card_delay = np.minimum(families["since"] + 1 + families["card"] % 14, today)
    recorded = np.minimum(people["true_from"] + people["delay"], today)
    joined = np.minimum(people["joined"] + people["delay"], today)
    state = _state(people)
    return (
        _stream(
            _texts(family_ids), _texts(families["number"]), families["address"].tolist(),
            _texts(city.rt_ids[families["rt"]]), _days(families["since"]), _stamps(card_delay),
        ),
        _stream(
            _texts(ids), _texts(people["nik"]), *state.values(), _days(people["true_from"]), _stamps(recorded),
        ),
        _stream(
            _texts(ids), _texts(family_ids[people["family"]]), _texts(people["role"]),
            _days(people["joined"]), _stamps(joined),
        ),
        _earlier_addresses(block, city, family_ids),
        _earlier_states(people, ids, state, today),
    )  # fmt: skip


def _state(people: dict[str, Any]) -> dict[str, list[str]]:
    n = len(people["slot"])
    nik = np.array([*_texts(people["nik"]), r"\N"], dtype=object)
    return {
        "name": people["name"].tolist(),
        "sex": np.where(people["male"], "male", "female").tolist(),
        "birth_place": places.birthplaces().texts[people["birthplace"]].tolist(),
        "birth_date": _days(people["birth"]),
        "religion": _texts(people["religion"]),
        "blood_type": _texts(people["blood"]),
        "education": _texts(people["education"]),
        "occupation": _texts(people["occupation"]),
        "marital_status": _texts(people["marital"]),
        "citizenship": ["1"] * n,
        "life_status": ["1"] * n,
        "mother_name": people["mother"].tolist(),
        "mother_nik": nik[people["mother_at"]].tolist(),
        "father_name": people["father"].tolist(),
        "father_nik": nik[people["father_at"]].tolist(),
    }


def _earlier_addresses(block: Block, city: places.City, family_ids: Any) -> bytes:
    """Where those who moved within the city lived before, recorded when they moved in there."""
    families = block.families
    moved = np.nonzero(families["moved"])[0]
    formed = families["formed"][moved]
    return _stream(
        _texts(family_ids[moved]), families["earlier_address"][moved].tolist(),
        _texts(city.rt_ids[families["earlier_rt"][moved]]), _periods(formed), _stamps(formed + 7),
    )  # fmt: skip


def _earlier_states(people: dict[str, Any], ids: Any, state: dict[str, list[str]], today: int) -> bytes:
    """The recently married as they were recorded at seventeen."""
    grown = people["birth"] + 17 * 365 + 5
    recently = (people["true_from"] > today - _PAST_YEARS) & (people["true_from"] - grown > 400)
    who = np.nonzero((people["marital"] == MARRIED) & recently & (people["delay"] % 2 == 0))[0]
    chosen = who.tolist()
    before = {column: [values[i] for i in chosen] for column, values in state.items()}
    before |= {"marital_status": [str(NEVER)] * len(chosen), "occupation": ["3"] * len(chosen),
               "education": ["4"] * len(chosen), "name": people["plain_name"][who].tolist()}  # fmt: skip
    return _stream(_texts(ids[who]), *before.values(), _periods(grown[who]), _stamps(grown[who] + 30))


_STAMPS = CALENDAR.texts + " 09:00:00+07"
_PERIODS = "[" + CALENDAR.texts + ",)"


def _texts(numbers: Any) -> list[str]:
    return list(map(str, numbers.tolist()))


def _days(days: Any) -> list[str]:
    texts: list[str] = CALENDAR.texts[days].tolist()
    return texts


def _stamps(days: Any) -> list[str]:
    stamps: list[str] = _STAMPS[days].tolist()
    return stamps


def _periods(days: Any) -> list[str]:
    periods: list[str] = _PERIODS[days].tolist()
    return periods


def _stream(*columns: Sequence[str]) -> bytes:
    lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
    return (lines + "\n").encode() if lines else b""
