"""Processor time of others: what the database and our children have used so far. Linux's ``/proc``."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# Places in /proc/<pid>/stat, counted behind the name; of a process itself, and of its children that have ended.
_PARENT, _OWN, _ENDED = 1, (11, 12), (13, 14)


def of_the_database() -> float:
    """Seconds of all processes of the server that this connection leads to; 0 where it is on another machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    stats = dict(_stats())
    return _of_family(int(stats[backend][_PARENT]), stats) if backend in stats else 0.0


def of_our_children() -> float:
    """Seconds of the processes below this one, the database's apart."""
    stats = dict(_stats())
    return _of_family(os.getpid(), stats) - _seconds(stats[os.getpid()], _OWN)


def _of_family(pid: int, stats: dict[int, list[str]]) -> float:
    below = [child for child, stat in stats.items() if int(stat[_PARENT]) == pid]
    return _seconds(stats[pid], _OWN + _ENDED) + sum(_of_family(child, stats) for child in below)


def _seconds(stat: list[str], places: tuple[int, ...]) -> float:
    return sum(int(stat[place]) for place in places) / _TICKS


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                yield int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
