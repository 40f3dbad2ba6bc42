"""Loading blocks of the synthetic city: what one process does. It knows nothing of Django, so it starts at once.

``python -m satu.demo.city.load`` reads its orders from standard input and writes a line for each block it has loaded.
"""

import hashlib
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from satu.demo.city import places
from satu.demo.city.people import BLOCK, CALENDAR, MARRIED, NEVER, Block, make_block

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
class Loaded:
    """What a process says of a block that it has loaded."""

    block: int
    residents: int
    families: int
    digests: tuple[str, ...]
    process: int
    peak_kib: int


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is to do: every ``step``-th block of a plan from ``first`` on."""

    plan: Plan
    address: str
    first: int
    step: int

    def write(self) -> str:
        plan = {**asdict(self.plan), "today": self.plan.today.isoformat(), "areas": str(self.plan.areas)}
        return json.dumps({"plan": plan, "address": self.address, "first": self.first, "step": self.step})

    @classmethod
    def read(cls, text: str) -> "Orders":
        order = json.loads(text)
        plan = order["plan"]
        chosen = Plan(plan["residents"], plan["seed"], date.fromisoformat(plan["today"]), Path(plan["areas"]))
        return cls(chosen, order["address"], order["first"], order["step"])


def load(orders: Orders) -> Iterator[Loaded]:
    """Make and load the blocks ordered, each in a transaction of its own."""
    with psycopg.connect(orders.address, autocommit=True) as connection:
        # The work is repeatable: losing it to a power cut costs a rebuild, so it need not wait for the disk.
        connection.execute("SET synchronous_commit = off")
        for number in range(orders.first, orders.plan.blocks, orders.step):
            yield _load_block(orders.plan, connection, number, process=orders.first)


def _load_block(chosen: Plan, connection: psycopg.Connection[Any], number: int, *, process: int) -> Loaded:
    city = places.lay_out(chosen.areas, chosen.seed)
    size = min(BLOCK, chosen.residents - number * BLOCK)
    today = (chosen.today - date(1900, 1, 1)).days
    block = make_block(city, seed=chosen.seed, block=number, size=size, blocks=chosen.blocks, today=today)
    streams = streams_of(block, city, first_id=number * BLOCK + 1, today=today)
    with connection.transaction(), connection.cursor() as cursor:
        for statement, stream in zip(_COPIES, streams, strict=True):
            with cursor.copy(statement) as copy:
                copy.write(stream)
    return Loaded(
        block=number,
        residents=size,
        families=len(block.families["rt"]),
        digests=tuple(hashlib.sha256(stream).hexdigest() for stream in streams),
        process=process,
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


def main() -> None:
    """Follow the orders on standard input. Whoever gave them stops reading when they no longer matter."""
    for loaded in load(Orders.read(sys.stdin.readline())):
        sys.stdout.write(json.dumps(asdict(loaded)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
