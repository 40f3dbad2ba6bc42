"""The Ministry's register of health workers, simulated: JSON:API behind a key, for the whole country.

Every thing is ``{"type", "id", "attributes"}``, attributes are written with hyphens, times end in ``Z``, and whoever
does not say ``Accept: application/vnd.api+json`` is turned away. The registration (STR) holds for life; what a worker
has learnt since is counted in credits (SKP) against what her profession has to reach.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from satu.demo.systems.credentials import credentials
from satu.demo.systems.disagreements import written_by_another
from satu.demo.systems.draws import Draws
from satu.demo.systems.face import Face
from satu.demo.systems.families import Family, Person
from satu.demo.systems.knobs import Control
from satu.demo.systems.process import read_storage, run, simulated_application
from satu.demo.systems.rows import Row

FILE = "nakes.sqlite"
MEDIA_TYPE = "application/vnd.api+json"
FACE = Face(
    code="nakes",
    name_id="Register tenaga kesehatan dan fasilitas kesehatan",
    name_en="Register of health workers and health facilities",
    agency="Kementerian Kesehatan",
    habits_id="Layanan REST bergaya JSON:API; kunci API di kepala pesan. Nama fasilitas di sini rekaan.",
    habits_en="A REST service in the style of JSON:API; an API key in a header. The facilities in it are invented.",
)
TABLES = (
    """CREATE TABLE nakes (id TEXT PRIMARY KEY, nik TEXT, nama TEXT, profesi TEXT, nomor_str TEXT, status_str TEXT,
    terbit TEXT, skp INTEGER, skp_target INTEGER, diperbarui TEXT)""",
    "CREATE INDEX nakes_nik ON nakes (nik)",
    """CREATE TABLE penempatan (id TEXT, nik TEXT, kode TEXT, nama TEXT, jenis TEXT, alamat TEXT, kelurahan TEXT,
    kabkota TEXT, nama_kabkota TEXT, sejak TEXT)""",
    "CREATE INDEX penempatan_nik ON penempatan (nik)",
)


@dataclass(frozen=True, slots=True)
class _Facility:
    code: str
    name: str
    kind: str
    line: str
    kelurahan: str
    city: str = "36.71"
    city_name: str = "Kota Tangerang"


#: Invented, all of them.
_FACILITIES = (
    _Facility("9900101", "Puskesmas Sukarasa", "puskesmas", "Jl. Kenanga No. 2", "Sukarasa"),
    _Facility("9900102", "Puskesmas Gondrong", "puskesmas", "Jl. Cipondoh Raya No. 14", "Gondrong"),
    _Facility("9900103", "Puskesmas Cibodasari", "puskesmas", "Jl. Palem Raya No. 8", "Cibodasari"),
    _Facility("9900201", "RS Melati Cisadane", "rumah-sakit", "Jl. Daan Mogot No. 101", "Sukaasih"),
    _Facility("9900202", "RS Bunda Benteng", "rumah-sakit", "Jl. M.H. Thamrin No. 33", "Cikokol"),
    _Facility("9900301", "Klinik Sehat Bersama", "klinik", "Jl. K.H. Hasyim Ashari No. 57", "Nerogtog"),
    _Facility("9900302", "Klinik Pratama Anugerah", "klinik", "Jl. Raden Saleh No. 21", "Karang Tengah"),
    _Facility("9900303", "Klinik Karawaci Medika", "klinik", "Jl. Imam Bonjol No. 76", "Bojong Jaya"),
    _Facility("9900401", "Apotek Sari Husada", "apotek", "Jl. Merdeka No. 190", "Gerendeng"),
    _Facility("9900402", "Apotek Cahaya Ciledug", "apotek", "Jl. H.O.S. Cokroaminoto No. 4", "Sudimara Barat"),
    _Facility(
        "9901301", "Klinik Serpong Indah", "klinik", "Jl. Raya Serpong No. 12", "Lengkong Karya",
        "36.74", "Kota Tangerang Selatan",
    ),
)  # fmt: skip
_ELSEWHERE = _FACILITIES[-1]
#: Occupation on the card (facts.md 1.3), the profession that goes with it, and the letters of its STR numbers.
_PROFESSIONS = {72: ("dokter", "DU"), 73: ("bidan", "BD"), 74: ("perawat", "PR"), 75: ("apoteker", "AP")}
_OTHER_PROFESSIONS = (("dokter", "DU"), ("dokter-gigi", "DG"), ("perawat", "PR"), ("perawat", "PR"), ("bidan", "BD"))
#: Civil servants and employees among whom some are health workers whose card does not say so.
_ALSO = frozenset({5, 15, 18})
_GRADUATED = 22
#: How many credits a profession has to reach in five years. Invented.
_CREDITS_NEEDED = 50


def rows(family: Family, *, seed: int, today: date) -> Iterator[Row]:
    """Health workers with their places: whose card says so, and 40 in a thousand civil servants and employees."""
    for person in family.members:
        if person.age(today) >= _GRADUATED:
            yield from _worker(person, Draws(seed, "nakes", person.nik), today)


def _worker(person: Person, draws: Draws, today: date) -> Iterator[Row]:
    profession = _PROFESSIONS.get(person.occupation)
    if profession is None:
        if person.occupation not in _ALSO or not draws.happens(40):
            return
        profession = draws.one_of(_OTHER_PROFESSIONS)
    name, letters = profession
    status = draws.one_of(("AKTIF",) * 18 + ("NONAKTIF", "DICABUT"))
    nik = "" if draws.happens(15) else person.nik
    earned = draws.between(50, 140) if draws.happens(880) else draws.between(5, 49)
    issued = today - timedelta(days=draws.between(200, 2_500))
    for number in range(2 if draws.happens(8) else 1):
        yield Row(
            "nakes",
            (
                f"NK{draws.digits(10)}",
                nik,
                written_by_another(person.name, draws, permille=900 if number else 100),
                name,
                f"{letters}{draws.digits(12)}",
                status,
                issued.isoformat(),
                earned,
                _CREDITS_NEEDED,
                f"{today - timedelta(days=draws.between(1, 60))}T02:15:00Z",
            ),
        )
    if nik:
        yield from _places(nik, draws, issued)


def _places(nik: str, draws: Draws, issued: date) -> Iterator[Row]:
    """Where a facility has entered her as one of its own: one to four places, now and then in another city."""
    first = draws.below(len(_FACILITIES) - 1)
    count = draws.one_of((1, 1, 2, 2, 2, 3, 4))
    places = [_FACILITIES[(first + 3 * step) % (len(_FACILITIES) - 1)] for step in range(count)]
    if draws.happens(150):
        places.append(_ELSEWHERE)
    for place in places:
        yield Row(
            "penempatan",
            (
                f"PT{draws.digits(9)}",
                nik,
                place.code,
                place.name,
                place.kind,
                place.line,
                place.kelurahan,
                place.city,
                place.city_name,
                issued.isoformat(),
            ),
        )


class HealthWorkerService:
    def __init__(self, storage: Path) -> None:
        self._path = storage / FILE
        self._key = credentials(storage)["KEMENKES_API_KEY"]

    async def workers(self, request: web.Request) -> web.Response:
        """Whoever is registered under a NIK, which is asked in the body."""
        return await self._answer(request, "tenaga-kesehatan", "SELECT * FROM nakes WHERE nik = ? ORDER BY id")

    async def places(self, request: web.Request) -> web.Response:
        """The facilities that have entered her as one of their own."""
        return await self._answer(request, "penempatan", "SELECT * FROM penempatan WHERE nik = ? ORDER BY kode")

    async def _answer(self, request: web.Request, kind: str, sql: str) -> web.Response:
        if not hmac.compare_digest(request.headers.get("X-Api-Key", "").encode(), self._key.encode()):
            return _refuse(request, 401, "Kunci API tidak dikenal")
        if MEDIA_TYPE not in request.headers.get("Accept", ""):
            return _refuse(request, 406, f"Accept harus {MEDIA_TYPE}")
        nik = str((await request.json()).get("filter[nik]", ""))
        with read_storage(self._path) as storage:
            found = storage.execute(sql, (nik,)).fetchall() if nik else []
        things = [
            {
                "type": kind,
                "id": row["id"],
                "attributes": {key.replace("_", "-"): row[key] for key in row.keys() if key not in {"id", "nik"}},  # noqa: SIM118 - a Row
            }
            for row in found
        ]
        return _say({"data": things, "meta": {"total": len(things), "simulated": True}})


def _say(content: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response({"jsonapi": {"version": "1.1"}, **content}, status=status, content_type=MEDIA_TYPE)


def _refuse(request: web.Request, status: int, title: str) -> web.Response:
    request.app[Control.KEY].refused += 1
    return _say({"errors": [{"status": str(status), "title": title}], "meta": {"simulated": True}}, status)


def application(storage: Path) -> web.Application:
    service = HealthWorkerService(storage)
    return simulated_application(
        FACE,
        [
            web.post("/api/v2/tenaga-kesehatan/pencarian", service.workers),
            web.post("/api/v2/penempatan/pencarian", service.places),
        ],
    )


if __name__ == "__main__":
    run(application, doc=__doc__)
