"""DPMPTSP's business licences, simulated: a REST service behind OAuth2 client credentials, with short-lived tokens.

One who does business (pelaku usaha) has a profile, and the profile has businesses with a NIB of 13 digits and a
KBLI 2020 code. The NIK is asked in the body, never in the address.
"""

import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from satu.demo.systems.credentials import credentials
from satu.demo.systems.disagreements import where_she_lived_before, written_by_another
from satu.demo.systems.draws import Draws
from satu.demo.systems.face import Face
from satu.demo.systems.families import Family, Person
from satu.demo.systems.knobs import Control
from satu.demo.systems.process import read_storage, run, simulated_application
from satu.demo.systems.rows import Row

FILE = "oss.sqlite"
TOKEN_SECONDS = 60
FACE = Face(
    code="oss",
    name_id="Perizinan berusaha",
    name_en="Business licences",
    agency="DPMPTSP (OSS-RBA)",
    habits_id=f"Layanan REST dengan OAuth2; tanda masuk berlaku {TOKEN_SECONDS} detik.",
    habits_en=f"A REST service with OAuth2; a token lasts {TOKEN_SECONDS} seconds.",
)
TABLES = (
    "CREATE TABLE pelaku_usaha (id_profil TEXT PRIMARY KEY, nik TEXT, nama TEXT, diperbarui TEXT)",
    "CREATE INDEX pelaku_nik ON pelaku_usaha (nik)",
    """CREATE TABLE usaha (nib TEXT, id_profil TEXT, nama_usaha TEXT, kbli TEXT, judul_kbli TEXT, alamat TEXT,
    kelurahan TEXT, risiko TEXT, status TEXT, tanggal_terbit TEXT)""",
    "CREATE INDEX usaha_profil ON usaha (id_profil)",
    "CREATE INDEX usaha_nib ON usaha (nib)",
)

#: KBLI 2020 code, its title, OSS risk, and words for a name.
_TRADES = (
    ("47112", "Perdagangan eceran berbagai macam barang di minimarket/toko kelontong", "Rendah", ("Toko", "Warung")),
    ("56102", "Rumah/warung makan", "Rendah", ("Warung Makan", "Dapur")),
    ("56103", "Kedai makanan", "Rendah", ("Kedai", "Bakso")),
    ("47711", "Perdagangan eceran pakaian", "Rendah", ("Butik", "Busana")),
    ("14111", "Industri pakaian jadi (konveksi) dari tekstil", "Rendah", ("Konveksi", "Jahit")),
    ("96111", "Aktivitas pangkas rambut", "Rendah", ("Pangkas Rambut", "Barbershop")),
    ("45407", "Reparasi dan perawatan sepeda motor", "Rendah", ("Bengkel", "Motor")),
    ("96200", "Aktivitas penatu", "Rendah", ("Laundry", "Binatu")),
    ("55103", "Hotel melati", "Menengah Tinggi", ("Penginapan", "Wisma")),
    ("86201", "Aktivitas praktik dokter", "Tinggi", ("Praktik", "Klinik")),
)
_ADULT = 18
_TRADING = frozenset({8, 84, 88})  # Perdagangan, Pedagang, Wiraswasta (facts.md 1.3)


def rows(family: Family, *, seed: int, today: date) -> Iterator[Row]:
    """Profiles and businesses: about 6 % of adults, mostly those whose card says that they trade."""
    for person in family.members:
        if person.age(today) >= _ADULT:
            yield from _profile(person, family, Draws(seed, "oss", person.nik), today)


def _profile(person: Person, family: Family, draws: Draws, today: date) -> Iterator[Row]:
    if not draws.happens(520 if person.occupation in _TRADING else 22):
        return
    profiles = 2 if draws.happens(15) else 1
    for number in range(profiles):
        profile = f"PU-{draws.digits(9)}"
        name = written_by_another(person.name, draws, permille=900 if number else 120)
        nik = "" if draws.happens(20) else person.nik
        updated = today - timedelta(days=draws.between(1, 900))
        yield Row("pelaku_usaha", (profile, nik, name, updated.isoformat()))
        count = draws.one_of((1, 1, 1, 1, 2, 2, 3))
        for _ in range(count):
            yield _business(profile, person, family, draws, today)


def _business(profile: str, person: Person, family: Family, draws: Draws, today: date) -> Row:
    kbli, title, risk, words = draws.one_of(_TRADES)
    home = where_she_lived_before(family.home, draws, permille=200)
    called = person.name.split()[0].title() if draws.happens(600) else draws.one_of(("Berkah", "Jaya", "Barokah"))
    issued = today - timedelta(days=draws.between(30, 1_500))
    status = draws.one_of(("Aktif",) * 9 + ("Dibekukan",))
    return Row(
        "usaha",
        (
            draws.digits(13),
            profile,
            f"{draws.one_of(words)} {called}",
            kbli,
            title,
            f"{home.line} RT {home.rt}/RW {home.rw}",
            home.kelurahan,
            risk,
            status,
            issued.isoformat(),
        ),
    )


class Tokens:
    """Tokens that were given out, with their ends. They live in memory: a restart forgets them."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends: dict[str, float] = {}

    def give(self) -> str:
        now = time.monotonic()
        self._ends = {token: end for token, end in self._ends.items() if end > now}
        token = secrets.token_urlsafe(24)
        self._ends[token] = now + self.seconds
        return token

    def holds(self, token: str) -> bool:
        return self._ends.get(token, 0.0) > time.monotonic()


class LicenceService:
    def __init__(self, storage: Path, tokens: Tokens) -> None:
        self._path = storage / FILE
        self._tokens = tokens
        known = credentials(storage)
        self._client = f"{known['DPMPTSP_CLIENT_ID']}:{known['DPMPTSP_CLIENT_SECRET']}"

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        client = _basic(request) or f"{form.get('client_id', '')}:{form.get('client_secret', '')}"
        if form.get("grant_type") != "client_credentials":
            return _refuse(request, 400, "unsupported_grant_type")
        if not hmac.compare_digest(client.encode(), self._client.encode()):
            return _refuse(request, 401, "invalid_client")
        return web.json_response(
            {
                "access_token": self._tokens.give(),
                "token_type": "Bearer",
                "expires_in": int(self._tokens.seconds),
                "simulated": True,
            },
            headers={"Cache-Control": "no-store"},
        )

    async def find(self, request: web.Request) -> web.Response:
        if not self._may(request):
            return _refuse(request, 401, "invalid_token")
        nik = str((await request.json()).get("nik", ""))
        profiles = self._profiles(nik) if nik else []
        return web.json_response({"kode": 200, "jumlah": len(profiles), "pelaku_usaha": profiles, "simulated": True})

    async def find_business(self, request: web.Request) -> web.Response:
        """One business by its NIB, with the name of whose it is."""
        if not self._may(request):
            return _refuse(request, 401, "invalid_token")
        nib = str((await request.json()).get("nib", ""))
        with read_storage(self._path) as storage:
            found = storage.execute(
                """SELECT usaha.*, pelaku_usaha.nama AS nama_pelaku, pelaku_usaha.diperbarui
                FROM usaha JOIN pelaku_usaha USING (id_profil) WHERE nib = ?""",
                (nib,),
            ).fetchall()
        businesses = [{key: row[key] for key in row.keys() if key != "id_profil"} for row in found]  # noqa: SIM118 - a Row
        return web.json_response({"kode": 200, "jumlah": len(businesses), "usaha": businesses, "simulated": True})

    def _may(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and self._tokens.holds(token)

    def _profiles(self, nik: str) -> list[dict[str, Any]]:
        with read_storage(self._path) as storage:
            found = storage.execute("SELECT * FROM pelaku_usaha WHERE nik = ? ORDER BY id_profil", (nik,)).fetchall()
            return [
                {
                    **dict(profile),
                    "usaha": [
                        {key: business[key] for key in business.keys() if key != "id_profil"}  # noqa: SIM118 - a Row
                        for business in storage.execute(
                            "SELECT * FROM usaha WHERE id_profil = ? ORDER BY nib", (profile["id_profil"],)
                        )
                    ],
                }
                for profile in found
            ]


def _basic(request: web.Request) -> str | None:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return None
    try:
        return unquote(base64.b64decode(encoded, validate=True).decode())  # RFC 6749, 2.3.1
    except (binascii.Error, UnicodeDecodeError):
        return ":"


def _refuse(request: web.Request, status: int, error: str) -> web.Response:
    request.app[Control.KEY].refused += 1
    return web.json_response(
        {"error": error, "simulated": True}, status=status, headers={"WWW-Authenticate": f'Bearer error="{error}"'}
    )


def application(storage: Path, *, token_seconds: float = TOKEN_SECONDS) -> web.Application:
    service = LicenceService(storage, Tokens(token_seconds))
    return simulated_application(
        FACE,
        [
            web.post("/oauth2/token", service.token),
            web.post("/v1/pelaku-usaha/cari", service.find),
            web.post("/v1/usaha/cari", service.find_business),
        ],
    )


if __name__ == "__main__":
    run(application, doc=__doc__)
