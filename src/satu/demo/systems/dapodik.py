"""Disdik's school register (Dapodik), simulated: a file dropped into a folder every night, and nothing to call.

``peserta_didik_YYYYMMDD.csv``, separated by semicolons, dates ``dd/mm/yyyy``. It appears in one step: written beside
the folder under another name, then renamed. The last three nights are kept.
"""

import asyncio
import csv
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from satu.demo.systems.disagreements import written_by_another
from satu.demo.systems.draws import Draws
from satu.demo.systems.face import Face
from satu.demo.systems.families import Family, Home, Person
from satu.demo.systems.knobs import Control, Knobs
from satu.demo.systems.process import read_storage, run, simulated_application
from satu.demo.systems.rows import Row

FILE = "dapodik.sqlite"
DROP = "dapodik"  # the folder that Satu reads
INBOX = "dapodik-masuk"  # the folder into which others put what they have to tell
INBOX_AWAY = "dapodik-masuk.tidak-terpasang"
AWAY = "dapodik.tidak-terpasang"  # its name while it is "not mounted"
NIGHTS_KEPT = 3
NIGHTLY_HOUR = 1
FACE = Face(
    code="dapodik",
    name_id="Data pokok pendidikan",
    name_en="School register",
    agency="Dinas Pendidikan (Disdik)",
    habits_id="Berkas CSV yang ditaruh di sebuah map setiap malam pukul 01.00.",
    habits_en="A CSV file put into a folder every night at 1 a.m.",
    latency_id="Berkas malam datang terlambat (milidetik)",
    latency_en="The night's file comes late by (milliseconds)",
    errors_id="Bagian baris yang terpotong di berkas (0 sampai 1)",
    errors_en="Share of lines that are cut off in the file (0 to 1)",
    counts_calls=False,
)
COLUMNS = (
    "NISN",
    "NIK",
    "NM_PD",
    "JK",
    "TGL_LAHIR",
    "NPSN",
    "NM_SEKOLAH",
    "TINGKAT",
    "ROMBEL",
    "TGL_SINKRON",
)
TABLES = (
    f"CREATE TABLE peserta_didik ({', '.join(f'{name} TEXT' for name in COLUMNS)})",
    """CREATE TABLE mutasi (id TEXT PRIMARY KEY, nik TEXT, nama TEXT, alamat TEXT, kelurahan TEXT, berlaku TEXT,
    diterima TEXT)""",
)
_SCHOOL_AGE = range(6, 18)
_YEAR_BEGINS = (7, 1)
_CITY = ZoneInfo("Asia/Jakarta")


def rows(family: Family, *, seed: int, today: date) -> Iterator[Row]:
    """Children who were 5 to 17 on the last 1 July: half of the youngest year, 96 % of the rest."""
    since = date(today.year - ((today.month, today.day) < _YEAR_BEGINS), *_YEAR_BEGINS)
    for person in family.members:
        draws = Draws(seed, "dapodik", person.nik)
        age = person.age(since)
        if age in _SCHOOL_AGE and draws.happens(500 if age == _SCHOOL_AGE.start else 960):
            grade = max(1, age - _SCHOOL_AGE.start)
            yield _pupil(person, grade, family.home, draws, today)
            if draws.happens(8):  # she changed schools, and the old one still counts her
                yield _pupil(person, grade, family.home, draws, today)


def _pupil(person: Person, grade: int, home: Home, draws: Draws, today: date) -> Row:
    level, of_level, schools = next(
        (number, label, count)
        for number, label, last, count in ((1, "SD Negeri", 6, 7), (2, "SMP Negeri", 9, 3), (3, "SMA Negeri", 12, 2))
        if grade <= last
    )
    school = draws.between(1, schools)
    _province, _city, kecamatan, village = home.kelurahan_code.split(".")
    return Row(
        "peserta_didik",
        (
            f"{person.birth_date.year % 1000:03d}{draws.below(10_000_000):07d}",
            "" if draws.happens(30) else person.nik,
            written_by_another(person.name, draws, permille=130),
            "L" if person.sex == "male" else "P",
            person.birth_date.strftime("%d/%m/%Y"),
            f"20{kecamatan}{int(village) % 100:02d}{level}{school}",
            f"{of_level} {home.kelurahan} {school}",
            str(grade),
            f"{grade}{draws.one_of('ABCD')}",
            (today - timedelta(days=draws.between(0, 20))).strftime("%d/%m/%Y"),
        ),
    )


def drop(storage: Path, night: date, *, cut_permille: int = 0) -> Path:
    """Put the file of ``night`` into the folder, in one step. Of 1,000 lines ``cut_permille`` end in their middle."""
    folder = storage / DROP
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"peserta_didik_{night:%Y%m%d}.csv"
    writing = storage / f".{path.name}.sedang-ditulis"
    with read_storage(storage / FILE) as data, writing.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for number, row in enumerate(data.execute("SELECT * FROM peserta_didik ORDER BY NISN, NPSN"), start=1):
            cut = number * cut_permille // 1000 > (number - 1) * cut_permille // 1000
            writer.writerow(tuple(row)[: len(COLUMNS) // 2] if cut else tuple(row))
    writing.replace(path)
    for old in sorted(folder.glob("peserta_didik_*.csv"))[:-NIGHTS_KEPT]:
        old.unlink()
    return path


class NightlyDrop:
    """Drops the file when the process starts, every night, and when it is asked to; and troubles it as told."""

    def __init__(self, storage: Path) -> None:
        self._storage = storage
        self._knobs = Knobs()
        self._task: asyncio.Task[None] | None = None

    async def follow(self, knobs: Knobs) -> None:
        """Outage: the folder is not mounted. Errors: the newest file is written again with lines cut off."""
        before, self._knobs = self._knobs, knobs
        here, away = self._storage / DROP, self._storage / AWAY
        if knobs.down and here.exists():
            here.rename(away)
        elif not knobs.down and away.exists():
            away.rename(here)
        inbox, inbox_away = self._storage / INBOX, self._storage / INBOX_AWAY
        if knobs.down and inbox.exists():
            inbox.rename(inbox_away)
        elif not knobs.down and inbox_away.exists():
            inbox_away.rename(inbox)
        if not knobs.down and before.errors_permille != knobs.errors_permille:
            self.drop(self._last_night())

    def drop(self, night: date) -> Path:
        return drop(self._storage, night, cut_permille=self._knobs.errors_permille)

    def _last_night(self) -> date:
        files = sorted((self._storage / DROP).glob("peserta_didik_*.csv"))
        return datetime.strptime(files[-1].stem[-8:], "%Y%m%d").date() if files else _today()  # noqa: DTZ007 - a name

    async def start(self, _app: web.Application) -> None:
        await self.follow(self._knobs)
        self.drop(_today())
        self._task = asyncio.create_task(self._every_night())

    async def stop(self, _app: web.Application) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _every_night(self) -> None:
        while True:
            now = datetime.now(_CITY)
            next_night = now.replace(hour=NIGHTLY_HOUR, minute=0, second=0, microsecond=0)
            next_night += timedelta(days=next_night <= now)
            await asyncio.sleep((next_night - now).total_seconds())
            await self.tonight(_today())

    async def tonight(self, night: date) -> str | None:
        """Let the night pass: the file comes, late as the knob says. Returns its name, or None in an outage."""
        await asyncio.sleep(self._knobs.latency_ms / 1000)
        return None if self._knobs.down else self.drop(night).name

    async def let_night_pass(self, _request: web.Request) -> web.Response:
        """``POST /_simulated/night``: the next night's file, now."""
        name = await self.tonight(self._last_night() + timedelta(days=1))
        return web.json_response({"simulated": True, "file": name})


class Inbox:
    """What others tell: a CSV of one row, ``mutasi_<id>.csv``. It is read and taken away; an id counts once."""

    LOOK_SECONDS = 0.5

    def __init__(self, storage: Path) -> None:
        self._storage = storage

    async def watch(self, _app: web.Application) -> AsyncIterator[None]:
        (self._storage / INBOX).mkdir(parents=True, exist_ok=True)
        task = asyncio.create_task(self._again_and_again())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _again_and_again(self) -> None:
        while True:
            with suppress(sqlite3.Error, OSError):  # the folder is away, or the storage is built anew
                self.read()
            await asyncio.sleep(self.LOOK_SECONDS)

    def read(self) -> None:
        for path in sorted((self._storage / INBOX).glob("mutasi_*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                rows = [row for row in csv.DictReader(file, delimiter=";") if row.get("ID")]
            values = [
                (
                    row["ID"],
                    row["NIK"],
                    row["NM_PD"],
                    row["ALAMAT"],
                    row["KELURAHAN"],
                    row["TGL"],
                    _today().isoformat(),
                )
                for row in rows
            ]
            with closing(sqlite3.connect(self._storage / FILE, timeout=5)) as connection, connection:
                connection.executemany("INSERT OR IGNORE INTO mutasi VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            path.unlink()

    def listing(self) -> Sequence[Sequence[str]]:
        with read_storage(self._storage / FILE) as storage:
            told = storage.execute("SELECT * FROM mutasi ORDER BY rowid DESC LIMIT 50").fetchall()
        head = ("Murid / pupil", "Nama / name", "Alamat baru / new address", "Kelurahan", "Sejak / since")
        shown = (
            (f"…{row['nik'][-4:]}", row["nama"], row["alamat"], row["kelurahan"], row["berlaku"]) for row in told
        )
        return [head, *shown]


def _today() -> date:
    return datetime.now(_CITY).date()


def application(storage: Path) -> web.Application:
    nightly = NightlyDrop(storage)
    inbox = Inbox(storage)
    routes = [web.post("/_simulated/night", nightly.let_night_pass)]
    app = simulated_application(FACE, routes, listing=inbox.listing)
    app.cleanup_ctx.append(inbox.watch)
    app.on_startup.append(nightly.start)
    app.on_cleanup.append(nightly.stop)
    app[Control.KEY].turned.append(nightly.follow)
    return app


if __name__ == "__main__":
    run(application, doc=__doc__)
