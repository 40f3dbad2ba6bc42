"""Bapenda's property tax, simulated: a SQL database after SISMIOP, read by Satu directly.

The parcel's number (NOP) stands in seven columns, dates are text ``DD-MM-YYYY``, paid is ``'1'``, and a taxpayer's id
is the identity number as somebody once typed it: some are no NIK at all, and some people stand twice.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from aiohttp import web

from satu.demo.systems.disagreements import where_she_lived_before, written_by_another
from satu.demo.systems.draws import Draws
from satu.demo.systems.face import Face
from satu.demo.systems.families import Family
from satu.demo.systems.knobs import Control, Knobs
from satu.demo.systems.process import read_storage, run, simulated_application
from satu.demo.systems.rows import Row

FILE = "pbb.sqlite"
FACE = Face(
    code="pbb",
    name_id="Pajak Bumi dan Bangunan",
    name_en="Property tax",
    agency="Badan Pendapatan Daerah (Bapenda)",
    habits_id="Basis data SQL dengan nama kolom sendiri; tanggal ditulis sebagai teks. Satu membacanya langsung.",
    habits_en="A SQL database with column names of its own; dates are text. Satu reads it directly.",
    latency_id="Basis data terkunci selama (milidetik), berulang",
    latency_en="The database is locked for (milliseconds), again and again",
    errors_id="Bagian waktu ketika tabel sedang dibangun ulang (0 sampai 1)",
    errors_en="Share of the time in which its tables are being rebuilt (0 to 1)",
    counts_calls=False,
)
#: Plain enough for SQLite and for MariaDB.
TABLES = (
    """CREATE TABLE DAT_SUBJEK_PAJAK (SUBJEK_PAJAK_ID VARCHAR(30) NOT NULL PRIMARY KEY, NM_WP VARCHAR(80),
    JALAN_WP VARCHAR(120), RW_WP CHAR(3), RT_WP CHAR(3), KELURAHAN_WP VARCHAR(60), KOTA_WP VARCHAR(60))""",
    """CREATE TABLE DAT_OBJEK_PAJAK (KD_PROPINSI CHAR(2) NOT NULL, KD_DATI2 CHAR(2) NOT NULL,
    KD_KECAMATAN CHAR(3) NOT NULL, KD_KELURAHAN CHAR(3) NOT NULL, KD_BLOK CHAR(3) NOT NULL, NO_URUT CHAR(4) NOT NULL,
    KD_JNS_OP CHAR(1) NOT NULL, SUBJEK_PAJAK_ID VARCHAR(30) NOT NULL, JALAN_OP VARCHAR(120), RW_OP CHAR(3),
    RT_OP CHAR(3), TOTAL_LUAS_BUMI INTEGER, TOTAL_LUAS_BNG INTEGER, TGL_PENDATAAN_OP CHAR(10),
    PRIMARY KEY (KD_PROPINSI, KD_DATI2, KD_KECAMATAN, KD_KELURAHAN, KD_BLOK, NO_URUT, KD_JNS_OP))""",
    "CREATE INDEX OP_SUBJEK ON DAT_OBJEK_PAJAK (SUBJEK_PAJAK_ID)",
    """CREATE TABLE SPPT (KD_PROPINSI CHAR(2) NOT NULL, KD_DATI2 CHAR(2) NOT NULL, KD_KECAMATAN CHAR(3) NOT NULL,
    KD_KELURAHAN CHAR(3) NOT NULL, KD_BLOK CHAR(3) NOT NULL, NO_URUT CHAR(4) NOT NULL, KD_JNS_OP CHAR(1) NOT NULL,
    THN_PAJAK_SPPT CHAR(4) NOT NULL, NM_WP_SPPT VARCHAR(80), NJOP_SPPT BIGINT, PBB_YG_HARUS_DIBAYAR_SPPT BIGINT,
    TGL_JATUH_TEMPO_SPPT CHAR(10), STATUS_PEMBAYARAN_SPPT CHAR(1), TGL_PEMBAYARAN_SPPT CHAR(10),
    PRIMARY KEY (KD_PROPINSI, KD_DATI2, KD_KECAMATAN, KD_KELURAHAN, KD_BLOK, NO_URUT, KD_JNS_OP, THN_PAJAK_SPPT))""",
    """CREATE TABLE MUTASI_WP (NO_KABAR CHAR(36) NOT NULL PRIMARY KEY, SUBJEK_PAJAK_ID VARCHAR(30), NM_WP VARCHAR(80),
    JALAN_WP VARCHAR(120), RW_WP CHAR(3), RT_WP CHAR(3), KELURAHAN_WP VARCHAR(60), TGL_MUTASI CHAR(10),
    STATUS CHAR(1))""",
    """CREATE TABLE OBJEK_REKLAME (NO_KABAR CHAR(36) NOT NULL PRIMARY KEY, NIB VARCHAR(13), NM_USAHA VARCHAR(80),
    NO_IZIN VARCHAR(30), JENIS VARCHAR(120), LOKASI VARCHAR(200), TGL_MULAI CHAR(10), TGL_AKHIR CHAR(10),
    PAJAK BIGINT)""",
)

_YEARS_BACK = 4
_DUE = (9, 30)
_NOT_TAXED = 10_000_000  # NJOPTKP, the value that is free of tax; the city sets it, this one is invented


def rows(family: Family, *, seed: int, today: date) -> Iterator[Row]:
    """The taxpayer and parcels of one family: 60 % have one, another 6 % have two, and the head owns them."""
    draws = Draws(seed, "pbb", family.number)
    parcels = 1 if draws.happens(600) else 2 if draws.happens(150) else 0
    if not parcels:
        return
    owner = family.head
    taxpayer = owner.nik if not draws.happens(40) else f"WP{draws.digits(10)}"
    name = written_by_another(owner.name, draws, permille=180)
    home = where_she_lived_before(family.home, draws, permille=120)
    address = (home.line.upper(), home.rw, home.rt, home.kelurahan.upper(), "KOTA TANGERANG")
    yield Row("DAT_SUBJEK_PAJAK", (taxpayer, name, *address))
    if draws.happens(6):
        again = written_by_another(owner.name, draws, permille=900)
        yield Row("DAT_SUBJEK_PAJAK", (f"{taxpayer}-2", again, *address))
        yield from _parcel(f"{taxpayer}-2", again, family, draws, today)
    for _ in range(parcels):
        yield from _parcel(taxpayer, name, family, draws, today)


def _parcel(taxpayer: str, name: str, family: Family, draws: Draws, today: date) -> Iterator[Row]:
    home = family.home
    _province, _city, kecamatan, kelurahan = home.kelurahan_code.split(".")
    nop = (
        "36",
        "71",
        f"{int(kecamatan) * 10:03d}",
        f"{int(kelurahan) % 1000:03d}",
        f"{draws.between(1, 999):03d}",
        f"{draws.between(1, 9999):04d}",
        "0",
    )
    land, building = draws.one_of((60, 72, 84, 90, 105, 120, 150, 200)), draws.one_of((21, 36, 45, 54, 70, 90, 120))
    surveyed = _text(date(draws.between(1998, 2019), draws.between(1, 12), draws.between(1, 28)))
    yield Row("DAT_OBJEK_PAJAK", (*nop, taxpayer, home.line.upper(), home.rw, home.rt, land, building, surveyed))
    value = land * draws.between(8, 60) * 100_000 + building * draws.between(6, 14) * 100_000
    unpaid = draws.between(1, 3) if draws.happens(120) else 0
    last_due = today.year - (today <= date(today.year, *_DUE))
    for year in range(today.year - _YEARS_BACK, today.year + 1):
        worth = value * (100 - 4 * (today.year - year)) // 100
        paid_on = date(year, draws.between(3, 9), draws.between(1, 28))
        in_arrears = last_due - unpaid < year <= last_due
        paid = not in_arrears and paid_on <= today
        tax = max((worth - _NOT_TAXED) // 1000, 20_000)
        paid_text = _text(paid_on) if paid else None
        yield Row(
            "SPPT", (*nop, str(year), name, worth, tax, _text(date(year, *_DUE)), "1" if paid else "0", paid_text)
        )


def _text(day: date) -> str:
    return day.strftime("%d-%m-%Y")


class Disturbance:
    """Troubles a SQLite file that others read directly, as a batch of the agency's own would.

    Latency and outage are an exclusive lock, held for the time and let go for a moment, or held until mended. Errors
    are a share of each second in which the table SPPT has another name.
    """

    BREATH_SECONDS = 0.15  # longer than SQLite's longest wait between two tries (0.1 s), so each gap lets readers in

    def __init__(self, path: Path) -> None:
        self._path = path
        self._task: asyncio.Task[None] | None = None
        self.last_error: str | None = None

    async def follow(self, knobs: Knobs) -> None:
        """Do what the knobs say from now on. When it returns, the file is as they want it."""
        await self.end()
        if knobs.down or knobs.latency_ms or knobs.errors_permille:
            settled = asyncio.Event()
            self._task = asyncio.create_task(self._disturb(knobs, settled))
            await settled.wait()

    async def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _disturb(self, knobs: Knobs, settled: asyncio.Event) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=5)) as connection:
            try:
                while True:
                    if knobs.down or knobs.latency_ms:
                        connection.execute("BEGIN EXCLUSIVE")
                        settled.set()
                        await asyncio.sleep(3600 if knobs.down else knobs.latency_ms / 1000)
                        connection.execute("ROLLBACK")
                    breath = self.BREATH_SECONDS
                    if knobs.errors_permille:
                        connection.execute("ALTER TABLE SPPT RENAME TO SPPT_LAMA")
                        settled.set()
                        await asyncio.sleep(knobs.errors_permille / 1000)
                        connection.execute("ALTER TABLE SPPT_LAMA RENAME TO SPPT")
                        breath = (1000 - knobs.errors_permille) / 1000
                    await asyncio.sleep(breath)
            finally:
                settled.set()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                repair(connection)


def repair(connection: sqlite3.Connection) -> None:
    """Give SPPT its name back, should a process have died while the table had another."""
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'SPPT_LAMA'").fetchone():
        connection.execute("ALTER TABLE SPPT_LAMA RENAME TO SPPT")


class Moves:
    """What others write into ``MUTASI_WP``: a batch takes the addresses over, and notes ``'1'`` when it has."""

    BATCH_SECONDS = 1.0

    def __init__(self, path: Path) -> None:
        self._path = path

    async def batches(self, _app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._again_and_again())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _again_and_again(self) -> None:
        while True:
            with suppress(sqlite3.Error):  # locked, or being built anew: the next batch
                self.take_over()
            await asyncio.sleep(self.BATCH_SECONDS)

    def take_over(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=0.1)) as connection:
            if not connection.execute("SELECT 1 FROM MUTASI_WP WHERE STATUS IS NULL LIMIT 1").fetchone():
                return
            connection.execute("BEGIN IMMEDIATE")
            waiting = connection.execute(
                "SELECT NO_KABAR, JALAN_WP, RW_WP, RT_WP, KELURAHAN_WP, SUBJEK_PAJAK_ID FROM MUTASI_WP"
                " WHERE STATUS IS NULL ORDER BY rowid"
            ).fetchall()
            for number, *address, taxpayer in waiting:
                connection.execute(
                    "UPDATE DAT_SUBJEK_PAJAK SET JALAN_WP = upper(?), RW_WP = ?, RT_WP = ?, KELURAHAN_WP = upper(?)"
                    " WHERE SUBJEK_PAJAK_ID = ? OR SUBJEK_PAJAK_ID LIKE ? || '-%'",
                    (*address, taxpayer, taxpayer),
                )
                connection.execute("UPDATE MUTASI_WP SET STATUS = '1' WHERE NO_KABAR = ?", (number,))
            connection.execute("COMMIT")

    def listing(self) -> Sequence[Sequence[str]]:
        head = (
            "Wajib pajak / taxpayer",
            "Nama / name",
            "Alamat baru / new address",
            "Sejak / since",
            "Keadaan / state",
        )
        try:
            with read_storage(self._path) as storage:
                told = storage.execute("SELECT * FROM MUTASI_WP ORDER BY rowid DESC LIMIT 50").fetchall()
                advertisements = storage.execute(
                    "SELECT * FROM OBJEK_REKLAME ORDER BY rowid DESC LIMIT 50"
                ).fetchall()
        except sqlite3.Error:  # locked by its own disturbance
            return [head]
        return [
            head,
            *(
                (
                    f"…{row['SUBJEK_PAJAK_ID'][-4:]}",
                    row["NM_WP"],
                    f"{row['JALAN_WP']}\nRT {row['RT_WP']} RW {row['RW_WP']} {row['KELURAHAN_WP']}",
                    row["TGL_MUTASI"],
                    "diproses / taken over" if row["STATUS"] == "1" else "menunggu / waiting",
                )
                for row in told
            ),
            *(
                (
                    f"NIB …{row['NIB'][-4:]}",
                    f"{row['NM_USAHA']}\nreklame {row['NO_IZIN']}",
                    f"{row['JENIS']}\n{row['LOKASI']}",
                    f"{row['TGL_MULAI']}\n{row['TGL_AKHIR']}",
                    f"pajak / tax Rp{row['PAJAK']:,}".replace(",", "."),
                )
                for row in advertisements
            ),
        ]


def application(storage: Path) -> web.Application:
    moves = Moves(storage / FILE)
    app = simulated_application(FACE, [], listing=moves.listing)
    disturbance = Disturbance(storage / FILE)

    async def tidy(_app: web.Application) -> None:
        with closing(sqlite3.connect(storage / FILE, isolation_level=None, timeout=5)) as connection:
            repair(connection)

    async def leave(_app: web.Application) -> None:
        await disturbance.end()

    app.on_startup.append(tidy)
    app.cleanup_ctx.append(moves.batches)
    app.on_cleanup.append(leave)
    app[Control.KEY].turned.append(disturbance.follow)
    return app


if __name__ == "__main__":
    run(application, doc=__doc__)
