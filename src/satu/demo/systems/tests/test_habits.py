"""How each system speaks, over real HTTP."""

import asyncio
import base64
import csv
import os
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from aiohttp import encode_basic_auth, web
from aiohttp.test_utils import TestClient, TestServer

from satu.demo.systems import bpjs, dapodik, dtsen, nakes, oss, pbb
from satu.demo.systems.credentials import credentials
from satu.demo.systems.knobs import Knobs

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def folder(filled, tmp_path):
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return tmp_path


def visit(app: web.Application, conversation: Callable[[Client], Awaitable[Any]]) -> Any:
    async def talk() -> Any:
        async with TestClient(TestServer(app)) as client:
            return await conversation(client)

    return asyncio.run(talk())


async def _token(client: Client, known: dict[str, str]) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": known["DPMPTSP_CLIENT_ID"],
        "client_secret": known["DPMPTSP_CLIENT_SECRET"],
    }
    return str((await (await client.post("/oauth2/token", data=form)).json())["access_token"])


async def _ask_oss(client: Client, token: str, nik: str) -> tuple[int, Any]:
    reply = await client.post(
        "/v1/pelaku-usaha/cari", json={"nik": nik}, headers={"Authorization": f"Bearer {token}"}
    )
    return reply.status, await reply.json()


def test_licences_are_given_to_a_token_holder_only(folder, rows):
    ((nik, nib),) = rows(
        "oss", "SELECT nik, nib FROM pelaku_usaha JOIN usaha USING (id_profil) WHERE nik <> '' LIMIT 1"
    )

    async def talk(client: Client) -> None:
        assert (await _ask_oss(client, "guessed", nik))[0] == 401
        status, reply = await _ask_oss(client, await _token(client, credentials(folder)), nik)
        assert status == 200
        assert nib in {business["nib"] for profile in reply["pelaku_usaha"] for business in profile["usaha"]}
        assert reply["simulated"] is True
        assert (await (await client.get("/_simulated/")).json())["refused"] == 1

    visit(oss.application(folder), talk)


def test_a_wrong_client_secret_gets_no_token_in_the_form_or_in_the_header(folder):
    known = credentials(folder)

    async def talk(client: Client) -> None:
        grant = {"grant_type": "client_credentials"}
        wrong = {"Authorization": encode_basic_auth(known["DPMPTSP_CLIENT_ID"], "wrong")}
        secret = known["DPMPTSP_CLIENT_SECRET"]
        right = {"Authorization": encode_basic_auth(known["DPMPTSP_CLIENT_ID"], secret)}
        assert (await client.post("/oauth2/token", data=grant, headers=wrong)).status == 401
        assert (await client.post("/oauth2/token", data=grant)).status == 401
        assert (await client.post("/oauth2/token", data=grant, headers={"Authorization": "Basic ?"})).status == 401
        assert (await client.post("/oauth2/token", data={"grant_type": "password"}, headers=right)).status == 400
        assert (await client.post("/oauth2/token", data=grant, headers=right)).status == 200

    visit(oss.application(folder), talk)


def test_a_token_of_the_licence_service_expires(folder):
    async def talk(client: Client) -> None:
        token = await _token(client, credentials(folder))
        assert (await _ask_oss(client, token, "3671010101900001"))[0] == 200
        await asyncio.sleep(0.35)
        assert (await _ask_oss(client, token, "3671010101900001"))[0] == 401

    visit(oss.application(folder, token_seconds=0.3), talk)


def _signed(folder: Any, wrong: dict[str, str] | None = None, *, at: float | None = None) -> dict[str, str]:
    known = credentials(folder)
    timestamp = str(int(time.time() if at is None else at))
    right = {
        "X-cons-id": known["BPJS_CONS_ID"],
        "X-timestamp": timestamp,
        "X-signature": bpjs.signature(known["BPJS_CONS_ID"], timestamp, known["BPJS_SECRET_KEY"]),
        "user_key": known["BPJS_USER_KEY"],
    }
    return right | (wrong or {})


def test_the_insurance_signature_is_that_of_the_published_scheme():
    # Worked by hand with `printf 'cons&1700000000' | openssl dgst -sha256 -hmac secret -binary | base64`.
    assert bpjs.signature("cons", "1700000000", "secret") == "MV8IqW9U//BUIvogbb+68An/nnzVCoFwftkkj/OKMS8="


def test_insurance_refuses_a_wrong_signature_an_unknown_key_and_a_clock_that_is_off(folder):
    now = time.time()

    async def status_and_code(client: Client, headers: dict[str, str]) -> tuple[int, str]:
        reply = await client.post("/vclaim-rest/Peserta/nik", json={"nik": "3671010101900001"}, headers=headers)
        return reply.status, (await reply.json())["metaData"]["code"]

    async def talk(client: Client) -> None:
        assert await status_and_code(client, _signed(folder)) == (200, "201")
        for headers in (
            {},
            _signed(folder, {"X-signature": base64.b64encode(os.urandom(32)).decode()}),
            _signed(folder, {"X-cons-id": "1"}),
            _signed(folder, {"user_key": "0"}),
            _signed(folder, {"X-timestamp": "today"}),
            _signed(folder, at=now - bpjs.CLOCK_SKEW_SECONDS - 5),
            _signed(folder, at=now + bpjs.CLOCK_SKEW_SECONDS + 5),
        ):
            assert await status_and_code(client, headers) == (401, "401"), headers

    visit(bpjs.application(folder), talk)


def test_insurance_wraps_members_and_birth_letters_in_its_envelope(folder, rows):
    ((nik, card),) = rows(
        "bpjs", "SELECT nik, noKartu FROM peserta WHERE nik <> '' GROUP BY nik HAVING count(*) = 1 LIMIT 1"
    )
    ((mother, letter),) = rows("bpjs", "SELECT nikIbu, noSurat FROM kelahiran LIMIT 1")

    async def talk(client: Client) -> None:
        headers = _signed(folder)
        reply = await (await client.post("/vclaim-rest/Peserta/nik", json={"nik": nik}, headers=headers)).json()
        assert reply["metaData"] == {"code": "200", "message": "Sukses"}
        assert [member["noKartu"] for member in reply["response"]["peserta"]] == [card]
        births = await (await client.post("/rs/kelahiran/ibu", json={"nikIbu": mother}, headers=headers)).json()
        assert letter in {one["noSurat"] for one in births["response"]["list"]}

    visit(bpjs.application(folder), talk)


def test_welfare_is_slow_and_speaks_in_letters(folder, rows):
    ((nik, decile),) = rows(
        "dtsen", "SELECT NIK, DSL FROM TRX_KPM WHERE NIK <> '' GROUP BY NIK HAVING count(*) = 1 LIMIT 1"
    )

    async def talk(client: Client) -> None:
        for _ in range(3):
            started = time.monotonic()
            reply = await (await client.post("/ws/kpm.do", json={"NIK": nik})).json()
            assert 0.4 <= time.monotonic() - started < 1.2
        assert (reply["STS"], reply["JML"], reply["REC"][0]["DSL"]) == ("00", "1", decile)
        nobody = await (await client.post("/ws/kpm.do", json={"NIK": "3671010101900001"})).json()
        assert (nobody["STS"], nobody["REC"]) == ("14", [])

    visit(dtsen.application(folder), talk)


def test_nobody_is_found_by_an_empty_number(folder):
    async def talk(client: Client) -> None:
        assert (await (await client.post("/ws/kpm.do", json={"NIK": ""})).json())["REC"] == []

    visit(dtsen.application(folder, usual=Knobs()), talk)

    async def ask(client: Client) -> None:
        _status, reply = await _ask_oss(client, await _token(client, credentials(folder)), "")
        assert reply["pelaku_usaha"] == []

    visit(oss.application(folder), ask)


def test_schools_drop_a_file_that_appears_whole_and_keep_three_nights(folder, rows):
    for day in range(1, 6):
        dapodik.drop(folder, date(2026, 11, day))
    drop = folder / dapodik.DROP
    assert sorted(path.name for path in drop.iterdir()) == [f"peserta_didik_2026110{day}.csv" for day in (3, 4, 5)]
    with (drop / "peserta_didik_20261105.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file, delimiter=";"))
    ((pupils,),) = rows("dapodik", "SELECT count(*) FROM peserta_didik")
    assert len(read) == pupils
    assert tuple(read[0]) == dapodik.COLUMNS


def test_a_reader_never_sees_half_a_school_file(folder):
    path = dapodik.drop(folder, date(2026, 11, 1))
    whole = path.read_bytes()
    with path.open("rb") as reading:
        reading.read(100)
        dapodik.drop(folder, date(2026, 11, 1))
        assert reading.read() == whole[100:]


def test_a_night_can_be_let_pass_and_comes_late_or_not_at_all(folder):
    async def talk(client: Client) -> None:
        first = await (await client.post("/_simulated/night")).json()
        await client.post("/_simulated/knobs", json={"latency": 200})
        started = time.monotonic()
        second = await (await client.post("/_simulated/night")).json()
        assert time.monotonic() - started >= 0.2
        assert first["file"] < second["file"]
        await client.post("/_simulated/knobs", json={"down": True})
        assert not (folder / dapodik.DROP).exists()
        assert (await (await client.post("/_simulated/night")).json())["file"] is None
        await client.post("/_simulated/mend")
        assert (folder / dapodik.DROP / second["file"]).exists()

    visit(dapodik.application(folder), talk)


def test_cut_lines_in_the_school_file_are_mended_with_the_knob(folder):
    def broken() -> list[int]:
        newest = max((folder / dapodik.DROP).iterdir())
        lines = newest.read_text(encoding="utf-8").splitlines()
        return [line.count(";") for line in lines if line.count(";") != len(dapodik.COLUMNS) - 1]

    async def talk(client: Client) -> None:
        assert not broken()
        await client.post("/_simulated/knobs", json={"errors": 0.25})
        lines = max((folder / dapodik.DROP).iterdir()).read_text(encoding="utf-8").count("\n") - 1
        assert len(broken()) == lines // 4
        await client.post("/_simulated/mend")
        assert not broken()

    visit(dapodik.application(folder), talk)


def _count_bills(folder: Any, patience: float) -> int:
    url = f"{(folder / pbb.FILE).as_uri()}?mode=ro"
    with closing(sqlite3.connect(url, uri=True, timeout=patience)) as connection:
        return int(connection.execute("SELECT count(*) FROM SPPT").fetchone()[0])


def test_the_tax_database_is_locked_while_it_is_down_and_slow_while_it_is_slow(folder):
    async def talk(client: Client) -> None:
        bills = _count_bills(folder, 0)
        await client.post("/_simulated/knobs", json={"down": True})
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await asyncio.to_thread(_count_bills, folder, 0.2)
        await client.post("/_simulated/mend")
        assert _count_bills(folder, 0) == bills
        await client.post("/_simulated/knobs", json={"latency": 400})
        started = time.monotonic()
        assert await asyncio.to_thread(_count_bills, folder, 5) == bills
        assert 0.2 < time.monotonic() - started < 1.5
        await client.post("/_simulated/mend")

    visit(pbb.application(folder), talk)


def _has_bills(folder: Any) -> bool:
    with closing(sqlite3.connect(folder / pbb.FILE, timeout=1)) as connection:
        return bool(connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'SPPT'").fetchone()[0])


def test_the_tax_bills_have_another_name_for_a_share_of_the_time(folder):
    async def talk(client: Client) -> None:
        await client.post("/_simulated/knobs", json={"errors": 0.5})
        failed = 0
        for _ in range(40):
            failed += not _has_bills(folder)
            await asyncio.sleep(0.05)
        assert 10 <= failed <= 30
        await client.post("/_simulated/mend")
        _count_bills(folder, 0)

    visit(pbb.application(folder), talk)


def test_a_tax_process_that_died_in_the_middle_is_repaired_by_the_next(folder):
    with closing(sqlite3.connect(folder / pbb.FILE)) as connection:
        connection.execute("ALTER TABLE SPPT RENAME TO SPPT_LAMA")

    async def talk(client: Client) -> None:
        assert _count_bills(folder, 0) > 0

    visit(pbb.application(folder), talk)


def test_health_workers_are_told_to_whoever_has_the_key_and_speaks_json_api(folder, rows):
    ((nik, number),) = rows("nakes", "SELECT nik, nomor_str FROM nakes WHERE nik <> '' LIMIT 1")
    right = {"X-Api-Key": credentials(folder)["KEMENKES_API_KEY"], "Accept": nakes.MEDIA_TYPE}

    async def ask(client: Client, what: str, headers: dict[str, str], whom: str = nik) -> tuple[int, Any]:
        reply = await client.post(f"/api/v2/{what}/pencarian", json={"filter[nik]": whom}, headers=headers)
        assert reply.headers["Content-Type"].startswith(nakes.MEDIA_TYPE)
        return reply.status, await reply.json()

    async def talk(client: Client) -> None:
        status, reply = await ask(client, "tenaga-kesehatan", right)
        assert status == 200
        assert number in {one["attributes"]["nomor-str"] for one in reply["data"]}
        assert nik not in str(reply)
        assert (await ask(client, "penempatan", right))[1]["data"][0]["attributes"]["kode"].startswith("99")
        assert (await ask(client, "penempatan", right, ""))[1]["data"] == []
        assert (await ask(client, "tenaga-kesehatan", right | {"X-Api-Key": "guessed"}))[0] == 401
        assert (await ask(client, "tenaga-kesehatan", right | {"Accept": "application/json"}))[0] == 406

    visit(nakes.application(folder), talk)
