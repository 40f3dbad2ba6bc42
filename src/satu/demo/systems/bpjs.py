"""BPJS Kesehatan's membership and hospitals' birth letters, simulated: REST with HMAC-signed headers.

As BPJS does it (facts.md 5.1): ``X-cons-id``, ``X-timestamp`` (epoch seconds), ``X-signature`` = base64 of
HMAC-SHA256 over ``consid&timestamp``, and ``user_key``. ``metaData.code`` says as text how it went: ``"200"``, or
``"201"`` for nothing found, which is HTTP 200 all the same. Not imitated: the reply's encryption (AES, LZ-string).
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
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

FILE = "bpjs.sqlite"
CLOCK_SKEW_SECONDS = 120
FACE = Face(
    code="bpjs",
    name_id="Jaminan kesehatan dan surat kelahiran",
    name_en="Health insurance and birth letters",
    agency="BPJS Kesehatan, RSUD Kota Tangerang",
    habits_id="Layanan REST dengan tanda HMAC di kepala pesan; jam yang berbeda lebih dari dua menit ditolak.",
    habits_en="A REST service with HMAC-signed headers; a clock that is two minutes off is refused.",
)
TABLES = (
    """CREATE TABLE peserta (noKartu TEXT PRIMARY KEY, nik TEXT, nama TEXT, tglLahir TEXT, jenisPeserta TEXT,
    hakKelas TEXT, statusPeserta TEXT, tglUpdate TEXT)""",
    "CREATE INDEX peserta_nik ON peserta (nik)",
    """CREATE TABLE kelahiran (noSurat TEXT PRIMARY KEY, nikIbu TEXT, namaIbu TEXT, namaBayi TEXT, tglLahir TEXT,
    jamLahir TEXT, jenisKelamin TEXT, anakKe INTEGER, beratGram INTEGER, panjangCm INTEGER, faskes TEXT,
    penolong TEXT)""",
    "CREATE INDEX kelahiran_ibu ON kelahiran (nikIbu)",
)
PAYERS = {"1": "PNS/TNI/POLRI", "6": "PBPU/PEKERJA MANDIRI", "13": "PPU SWASTA", "21": "PBI APBN", "36": "PBPU PEMDA"}
STATUSES = {"0": "AKTIF", "14": "NON AKTIF PREMI", "21": "PENANGGUHAN PEMBAYARAN"}
_LETTER_KEPT_YEARS = 2
_MOTHERS_AGE = range(20, 41)
_HOSPITALS = (
    "RSUD Kota Tangerang",
    "RSUD Benda",
    "RSIA simulasi Karawaci",
    "Puskesmas Cipondoh",
    "Puskesmas Ciledug",
)


def rows(family: Family, *, seed: int, today: date) -> Iterator[Row]:
    """98 % of residents are members, a family mostly with one payer and class; and birth letters, see below."""
    shared = Draws(seed, "bpjs", family.number)
    payer = shared.one_of(("21", "21", "21", "36", "36", "6", "6", "13", "13", "13", "13", "1"))
    care_class = "3" if payer in {"21", "36"} else shared.one_of(("1", "2", "2", "3", "3"))
    for person in family.members:
        draws = Draws(seed, "bpjs", person.nik)
        if not draws.happens(980):
            continue
        yield _member(person, payer, care_class, draws, today)
        if draws.happens(4):
            yield _member(person, "21", "3", draws, today, misspelt=900)
    yield from _birth_letters(family, seed, today)


def _member(person: Person, payer: str, care_class: str, draws: Draws, today: date, *, misspelt: int = 100) -> Row:
    nik = "" if draws.happens(15) else person.nik
    status = draws.one_of(("0",) * 18 + ("14", "21")) if payer in {"6", "13"} else "0"
    name = written_by_another(person.name, draws, permille=misspelt)
    updated = (today - timedelta(days=draws.between(1, 120))).isoformat()
    born = person.birth_date.isoformat()
    return Row("peserta", (f"000{draws.digits(10)}", nik, name, born, payer, care_class, status, updated))


def _birth_letters(family: Family, seed: int, today: date) -> Iterator[Row]:
    """Letters of registered children under two (80 %), and of babies whom the register does not know yet (1.5 %
    of women from 20 to 40)."""
    mothers = {person.nik: person for person in family.members if person.sex == "female"}
    for child in family.members:
        mother = mothers.get(child.mother_nik or "")
        draws = Draws(seed, "kelahiran", child.nik)
        if mother and child.age(today) < _LETTER_KEPT_YEARS and draws.happens(800):
            yield _letter(mother, child.birth_date, child.sex, draws)
    for mother in mothers.values():
        draws = Draws(seed, "kelahiran baru", mother.nik)
        if mother.age(today) in _MOTHERS_AGE and draws.happens(15):
            born = today - timedelta(days=draws.between(0, 45))
            yield _letter(mother, born, draws.one_of(("male", "female")), draws)


def _letter(mother: Person, born: date, sex: str, draws: Draws) -> Row:
    name = written_by_another(mother.name, draws, permille=150)
    return Row(
        "kelahiran",
        (
            f"SKL/{draws.digits(5)}/{born:%m/%Y}",
            mother.nik,
            name,
            f"BY. NY. {name}",
            born.isoformat(),
            f"{draws.below(24):02d}:{draws.below(60):02d}",
            "L" if sex == "male" else "P",
            draws.between(1, 4),
            draws.between(2_300, 4_100),
            draws.between(45, 53),
            draws.one_of(_HOSPITALS),
            draws.one_of(("Dokter", "Bidan")),
        ),
    )


def signature(cons_id: str, timestamp: str, secret: str) -> str:
    """The value of ``X-signature``."""
    digest = hmac.new(secret.encode(), f"{cons_id}&{timestamp}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


class InsuranceService:
    def __init__(self, storage: Path, clock: Callable[[], float]) -> None:
        self._path = storage / FILE
        self._clock = clock
        known = credentials(storage)
        self._cons_id, self._secret = known["BPJS_CONS_ID"], known["BPJS_SECRET_KEY"]
        self._user_key = known["BPJS_USER_KEY"]

    def _why_refused(self, request: web.Request) -> str | None:
        given = {name: request.headers.get(name, "") for name in ("X-cons-id", "X-timestamp", "X-signature")}
        timestamp = given["X-timestamp"]
        if not hmac.compare_digest(request.headers.get("user_key", "").encode(), self._user_key.encode()):
            return "user_key tidak terdaftar"
        if given["X-cons-id"] != self._cons_id:
            return "Cons-id tidak terdaftar"
        if not timestamp.isascii() or not timestamp.isdigit():
            return "X-timestamp bukan waktu"
        right = signature(self._cons_id, timestamp, self._secret)
        if not hmac.compare_digest(given["X-signature"].encode(), right.encode()):
            return "Signature tidak sesuai"
        if abs(self._clock() - int(timestamp)) > CLOCK_SKEW_SECONDS:
            return "X-timestamp kedaluwarsa"
        return None

    async def member(self, request: web.Request) -> web.Response:
        """``{"nik": …}`` → the cards of that number: usually one."""
        if (why := self._why_refused(request)) is not None:
            return _refuse(request, why)
        nik = str((await request.json()).get("nik", ""))
        found = self._read("SELECT * FROM peserta WHERE nik = ? ORDER BY noKartu", nik)
        return _envelope(
            {"peserta": [_as_member(row) for row in found]} if found else None, "Peserta tidak ditemukan"
        )

    async def births(self, request: web.Request) -> web.Response:
        """``{"nikIbu": …}`` → the birth letters of that mother's children."""
        if (why := self._why_refused(request)) is not None:
            return _refuse(request, why)
        nik = str((await request.json()).get("nikIbu", ""))
        found = self._read("SELECT * FROM kelahiran WHERE nikIbu = ? ORDER BY tglLahir DESC", nik)
        return _envelope({"list": found} if found else None, "Surat keterangan lahir tidak ditemukan")

    def _read(self, sql: str, nik: str) -> list[dict[str, Any]]:
        if not nik:
            return []
        with read_storage(self._path) as storage:
            return [dict(row) for row in storage.execute(sql, (nik,))]


def _as_member(row: dict[str, Any]) -> dict[str, Any]:
    coded = {
        "jenisPeserta": {"kode": row["jenisPeserta"], "keterangan": PAYERS[row["jenisPeserta"]]},
        "hakKelas": {"kode": row["hakKelas"], "keterangan": f"KELAS {'I' * int(row['hakKelas'])}"},
        "statusPeserta": {"kode": row["statusPeserta"], "keterangan": STATUSES[row["statusPeserta"]]},
    }
    return {**row, **coded}


def _envelope(response: dict[str, Any] | None, nothing: str) -> web.Response:
    metadata = {"code": "200", "message": "Sukses"} if response else {"code": "201", "message": nothing}
    return web.json_response({"metaData": metadata, "response": response, "simulated": True})


def _refuse(request: web.Request, why: str) -> web.Response:
    request.app[Control.KEY].refused += 1
    return web.json_response(
        {"metaData": {"code": "401", "message": why}, "response": None, "simulated": True}, status=401
    )


def application(storage: Path, *, clock: Callable[[], float] = time.time) -> web.Application:
    service = InsuranceService(storage, clock)
    return simulated_application(
        FACE, [web.post("/vclaim-rest/Peserta/nik", service.member), web.post("/rs/kelahiran/ibu", service.births)]
    )


if __name__ == "__main__":
    run(application, doc=__doc__)
