"""Dinsos's register of social welfare (DTSEN), simulated: a REST service that is slow and speaks in code letters.

Field names are cut short, numbers are text, dates are ``YYYYMMDD``, programmes are letters. A family has one
decile from 01 (least well off) to 10, and its members share it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aiohttp import web

from satu.demo.systems.disagreements import written_by_another
from satu.demo.systems.draws import Draws
from satu.demo.systems.face import Face
from satu.demo.systems.families import Family
from satu.demo.systems.knobs import Knobs
from satu.demo.systems.process import read_storage, run, simulated_application
from satu.demo.systems.rows import Row

FILE = "dtsen.sqlite"
FACE = Face(
    code="dtsen",
    name_id="Data Tunggal Sosial dan Ekonomi Nasional",
    name_en="Social welfare register",
    agency="Dinas Sosial",
    habits_id="Layanan REST yang lambat (400 sampai 900 milidetik), dengan nama kolom singkat dan kode huruf.",
    habits_en="A slow REST service (400 to 900 milliseconds) with short field names and code letters.",
)
USUAL = Knobs(latency_ms=400, latency_spread_ms=500)
TABLES = (
    "CREATE TABLE TRX_KPM (ID_KPM TEXT, NIK TEXT, NM TEXT, DSL TEXT, PRG TEXT, TGL_UPD TEXT)",
    "CREATE INDEX KPM_NIK ON TRX_KPM (NIK)",
    """CREATE TABLE TRX_MUTASI (ID_KBR TEXT PRIMARY KEY, JNS TEXT, NIK TEXT, NIK_IBU TEXT, NM TEXT, ALMT TEXT,
    RT TEXT, RW TEXT, KEL TEXT, TGL TEXT, TRM TEXT)""",
)

_KINDS = {"P": "Pindah / moved", "L": "Lahir / born"}
_NEWS_COLUMNS = ("ID_KBR", "JNS", "NIK", "NIK_IBU", "NM", "ALMT", "RT", "RW", "KEL", "TGL")
#: Code letter (P PKH, S sembako, L aid to the old, K aid by the city), the highest decile that may get it, and how
#: many of a thousand such families do.
_PROGRAMMES = (("P", 3, 420), ("S", 4, 520), ("L", 2, 60), ("K", 1, 45))


def rows(family: Family, *, seed: int, today: date) -> Iterator[Row]:
    """One row a member: 97 % of families are in the register, deciles are uniform by family."""
    draws = Draws(seed, "dtsen", family.number)
    if draws.happens(30):
        return
    decile = draws.between(1, 10)
    letters = "".join(
        letter for letter, highest, permille in _PROGRAMMES if decile <= highest and draws.happens(permille)
    )
    updated = (today - timedelta(days=draws.between(5, 170))).strftime("%Y%m%d")
    household = f"KPM{draws.digits(11)}"
    for person in family.members:
        own = Draws(seed, "dtsen", person.nik)
        nik = "" if own.happens(15) else person.nik
        name = written_by_another(person.name, own, permille=150)
        yield Row("TRX_KPM", (household, nik, name, f"{decile:02d}", letters or "-", updated))
        if own.happens(5):
            other = f"{min(decile + own.between(1, 3), 10):02d}"
            again = written_by_another(person.name, own, permille=900)
            yield Row("TRX_KPM", (f"KPM{own.digits(11)}", nik, again, other, letters or "-", updated))


class WelfareService:
    def __init__(self, storage: Path) -> None:
        self._path = storage / FILE

    async def find(self, request: web.Request) -> web.Response:
        nik = str((await request.json()).get("NIK", ""))
        with read_storage(self._path) as storage:
            found = storage.execute("SELECT * FROM TRX_KPM WHERE NIK = ? ORDER BY ID_KPM", (nik,)).fetchall()
        records = [dict(row) for row in found] if nik else []
        return web.json_response(
            {"STS": "00" if records else "14", "JML": str(len(records)), "REC": records, "simulated": True}
        )

    async def take(self, request: web.Request) -> web.Response:
        """News of a move (``P``) or a birth (``L``): ``00`` taken, ``22`` had it already, ``30`` not understood."""
        news = await request.json()
        if not news.get("ID_KBR") or news.get("JNS") not in _KINDS:
            return web.json_response({"STS": "30", "simulated": True})
        row = tuple(str(news.get(name, "")) for name in _NEWS_COLUMNS)
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=5)) as storage:
            storage.execute("BEGIN IMMEDIATE")
            fresh = storage.execute(
                f"INSERT OR IGNORE INTO TRX_MUTASI VALUES ({'?, ' * len(row)}?)",  # noqa: S608 - our own columns
                (*row, datetime.now(UTC).strftime("%Y%m%d%H%M%S")),
            ).rowcount
            if fresh and news["JNS"] == "L":
                # The newborn belongs to its mother's household.
                storage.execute(
                    "INSERT INTO TRX_KPM SELECT ID_KPM, ?, ?, DSL, PRG, ? FROM TRX_KPM WHERE NIK = ? LIMIT 1",
                    (news["NIK"], news["NM"], news["TGL"], news["NIK_IBU"]),
                )
            storage.execute("COMMIT")
        return web.json_response({"STS": "00" if fresh else "22", "simulated": True})

    def listing(self) -> Sequence[Sequence[str]]:
        with read_storage(self._path) as storage:
            told = storage.execute("SELECT * FROM TRX_MUTASI ORDER BY TRM DESC, ID_KBR LIMIT 50").fetchall()
        head = ("Kabar / news", "NIK", "Nama / name", "Alamat / address", "Tanggal / date")
        return [
            head,
            *(
                (
                    _KINDS[row["JNS"]],
                    f"…{row['NIK'][-4:]}",
                    row["NM"],
                    f"{row['ALMT']}\nRT {row['RT']} RW {row['RW']} {row['KEL']}",
                    row["TGL"],
                )
                for row in told
            ),
        ]


def application(storage: Path, *, usual: Knobs = USUAL) -> web.Application:
    service = WelfareService(storage)
    routes = [web.post("/ws/kpm.do", service.find), web.post("/ws/mutasi.do", service.take)]
    return simulated_application(FACE, routes, usual=usual, listing=service.listing)


if __name__ == "__main__":
    run(application, doc=__doc__)
