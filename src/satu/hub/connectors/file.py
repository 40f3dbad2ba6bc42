"""Systems that drop a CSV file into a folder. The newest whole file is kept in memory, by the subject's number.

What such a system is told is a file, too: a CSV of one row, put into its inbox in one step.
"""

import csv
import fnmatch
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from django.utils import timezone

from satu.hub.connectors.base import BlockingConnector, Message, Question, Trouble, setting
from satu.hub.mapping import Records
from satu.hub.systems import Connection, Operation, System

_LOOK_EVERY = 1.0  # seconds between two looks into the folder
_SMALLEST_SHARE = 0.5  # of the previous file's rows; a file with fewer is taken for a half-written one
_log = structlog.get_logger(__name__)

Stamp = tuple[str, int, int, int]
"""Name, inode, size and time of change: another stamp is another file."""

Rows = dict[str, tuple[tuple[str, ...], ...]]
"""By the subject's number; more than one row where somebody stands twice."""


@dataclass(frozen=True, slots=True)
class _Table:
    stamp: Stamp
    as_of: datetime
    columns: tuple[str, ...]
    rows: Rows
    count: int


class _Malformed(Exception):
    """The file cannot be used. The message holds none of its content."""


class FileConnector(BlockingConnector):
    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._drops = {name: _Drop(system, operation) for name, operation in system.operations.items()}

    def fetch(self, question: Question) -> Records:
        table = self._drops[question.operation.name].current(question.seconds_left)
        rows = table.rows.get(question.subject.key, ())
        return Records([dict(zip(table.columns, row, strict=True)) for row in rows], as_of=table.as_of)

    def tell(self, message: Message) -> None:
        name, row = message.fill({"file": message.tell.file})["file"], message.fill(message.tell.columns)
        try:
            folder = Path(setting(self.system.connection.inbox))
            writing = folder / f".{name}.{os.getpid()}"
            with writing.open("w", encoding=self.system.connection.encoding, newline="") as file:
                writer = csv.writer(file, delimiter=self.system.connection.delimiter, lineterminator="\r\n")
                writer.writerows([list(row), list(row.values())])
                file.flush()
                os.fsync(file.fileno())
            writing.replace(folder / name)
        except OSError as error:
            raise Trouble("unreachable", f"its inbox: {type(error).__name__}") from None

    def close(self) -> None:
        self._drops = {name: _Drop(self.system, drop.operation) for name, drop in self._drops.items()}

    def report(self) -> str:
        return " ".join(drop.trouble for drop in self._drops.values() if drop.trouble)


class _Drop:
    """The files of one operation. Reading a new one never keeps anybody waiting while there is an older one."""

    def __init__(self, system: System, operation: Operation) -> None:
        self.system, self.operation = system, operation
        self._table: _Table | None = None
        self._refused: set[Stamp] = set()
        self._looked_at = float("-inf")
        self._reading = threading.Lock()
        self.trouble = ""

    def current(self, patience: float) -> _Table:
        if time.monotonic() - self._looked_at >= _LOOK_EVERY:
            self._look(patience)
        if self._table is None:
            raise Trouble("unreachable", self.trouble or "its first file is being read")
        return self._table

    def _look(self, patience: float) -> None:
        if self._table is not None:
            if self._reading.acquire(blocking=False):
                self._looked_at = time.monotonic()
                threading.Thread(target=self._read_newest_and_release, daemon=True).start()
        elif self._reading.acquire(timeout=patience):
            # Whoever waited here finds the table read meanwhile, and looks again only when it is time.
            if time.monotonic() - self._looked_at >= _LOOK_EVERY:
                self._read_newest_and_release()
            else:
                self._reading.release()

    def _read_newest_and_release(self) -> None:
        try:
            self._looked_at = time.monotonic()
            self._read_newest()
        finally:
            self._reading.release()

    def _read_newest(self) -> None:
        """Take the newest file that is whole. What is wrong with newer ones stays in ``trouble``."""
        trouble = ""
        try:
            for path, as_of in self._files():
                stamp = _stamp(path)
                if self._table is not None and stamp == self._table.stamp:
                    break
                if stamp in self._refused:
                    trouble = self.trouble
                    continue
                try:
                    self._table = self._read(path, as_of, stamp)
                    break
                except _Malformed as error:
                    self._refused.add(stamp)
                    trouble = f"{path.name} is not used: {error}."
                    _log.warning("hub.file_refused", system=self.system.code, file=path.name, why=str(error))
            else:
                trouble = trouble or "the folder has no such file."
        except (OSError, Trouble) as error:
            trouble = f"the folder cannot be read: {type(error).__name__}."
        self.trouble = trouble

    def _files(self) -> Iterator[tuple[Path, datetime]]:
        folder = Path(setting(self.system.connection.address))
        with os.scandir(folder) as entries:
            found = [
                Path(e.path) for e in entries if e.is_file() and fnmatch.fnmatchcase(e.name, self.operation.file)
            ]
        dated = [(path, as_of) for path in found if (as_of := _as_of(path, self.system.connection)) is not None]
        yield from sorted(dated, key=lambda one: (one[1], one[0].name), reverse=True)

    def _read(self, path: Path, as_of: datetime, stamp: Stamp) -> _Table:
        try:
            columns, rows, count = _rows(path, self.operation, self.system.connection)
        except UnicodeDecodeError as error:
            raise _Malformed("it is not in the encoding described") from error
        except csv.Error as error:
            raise _Malformed("it is not CSV as described") from error
        if _stamp(path) != stamp:
            raise _Malformed("it is still being written")
        if self._table is not None and count < self._table.count * _SMALLEST_SHARE:
            raise _Malformed(f"it has {count} rows, and the one before had {self._table.count}")
        return _Table(stamp, as_of, columns, rows, count)


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return path.name, stat.st_ino, stat.st_size, stat.st_mtime_ns


def _as_of(path: Path, connection: Connection) -> datetime | None:
    """The date in the file's name, or of the file; ``None`` for a name without the date it should have."""
    if not connection.dated:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    try:
        return timezone.make_aware(datetime.strptime(path.name, connection.dated))  # noqa: DTZ007 - made aware here
    except ValueError:
        return None


def _wanted(operation: Operation) -> dict[str, bool]:
    """The columns that are kept, and whether a file without one of them is unusable. The others are not kept."""
    wanted = {operation.key: True}
    values = [*operation.answers.values(), *([operation.as_of] if operation.as_of else [])]
    values += [inner for value in values for inner in (value.each or {}).values()]
    for value in values:
        for place in (value.place, value.sum):
            if place is not None:
                wanted[place] = wanted.get(place, False) or not value.optional
    if operation.record is not None:
        wanted[operation.record] = True
    return wanted


def _rows(path: Path, operation: Operation, connection: Connection) -> tuple[tuple[str, ...], Rows, int]:
    """The kept columns, the rows by number, and how many lines there were. Raises ``_Malformed``."""
    _check_ends(path)
    rows: Rows = {}
    same: dict[str, str] = {}  # one object for what is written many times, such as the name of a school
    count = 0
    with path.open(encoding=connection.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=connection.delimiter, strict=True)
        header = [name.strip().removeprefix("\ufeff") for name in next(reader, ())]
        columns = _present(header, operation)
        places = [header.index(name) for name in columns]
        key = header.index(operation.key)
        for row in reader:
            if len(row) != len(header):
                raise _Malformed(f"line {reader.line_num} has {len(row)} columns, and its header {len(header)}")
            count += 1
            if number := row[key].strip():
                kept = tuple(same.setdefault(row[place], row[place]) for place in places)
                rows[number] = (*rows.get(number, ()), kept)
    return columns, rows, count


def _present(header: list[str], operation: Operation) -> tuple[str, ...]:
    wanted = _wanted(operation)
    for name, needed in wanted.items():
        if needed and name not in header:
            raise _Malformed(f"its header has no column {name}")
    return tuple(name for name in wanted if name in header)


def _check_ends(path: Path) -> None:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            raise _Malformed("it is empty")
        file.seek(-1, os.SEEK_END)
        if file.read() != b"\n":
            raise _Malformed("its last line does not end")
