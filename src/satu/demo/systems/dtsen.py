"""Dinsos's register of social welfare (DTSEN), simulated: a REST service that is slow and speaks in code letters.

Field names are cut short, numbers are text, dates are ``YYYYMMDD``, programmes are letters. A family has one
decile from 01 (least well off) to 10, and its members share it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
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
)

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


def application(storage: Path, *, usual: Knobs = USUAL) -> web.Application:
    return simulated_application(FACE, [web.post("/ws/kpm.do", WelfareService(storage).find)], usual=usual)


if __name__ == "__main__":
    run(application, doc=__doc__)
