"""The knobs do what they say, and the face says what they are."""

import time

import pytest
from aiohttp import ClientError
from hypothesis import given
from hypothesis import strategies as st

from satu.demo.systems import bpjs, clamd, dapodik, dtsen, mail, oss, pbb, sms
from satu.demo.systems.knobs import Control, Knobs
from satu.demo.systems.tests.test_habits import Client, folder, visit

__all__ = ["folder"]


@pytest.mark.parametrize("system", [pbb, oss, dtsen, bpjs, dapodik, sms, mail, clamd])
def test_each_system_says_on_its_face_in_both_languages_that_it_is_simulated(folder, system):
    async def talk(client: Client) -> None:
        reply = await client.get("/")
        page = await reply.text()
        assert reply.headers["X-Satu-Simulated"] == "true"
        assert "SIMULASI" in page
        assert "This is not the real system" in page
        assert (await (await client.get("/_simulated/")).json())["simulated"] is True

    visit(system.application(folder), talk)


def test_of_ten_calls_as_many_fail_as_the_knob_says(folder):
    async def talk(client: Client) -> None:
        await client.post("/_simulated/knobs", json={"errors": 0.3})
        replies = [await client.post("/ws/kpm.do", json={"NIK": "1"}) for _ in range(20)]
        assert [reply.status for reply in replies].count(500) == 6
        counted = await (await client.get("/_simulated/")).json()
        assert (counted["calls"], counted["failed"]) == (20, 6)
        assert all(reply.headers["X-Satu-Simulated"] == "true" for reply in replies)

    visit(dtsen.application(folder, usual=Knobs()), talk)


def test_a_system_that_is_down_cuts_the_connection_but_its_knobs_answer(folder):
    async def talk(client: Client) -> None:
        await client.post("/_simulated/knobs", json={"down": True})
        with pytest.raises(ClientError):
            await client.post("/ws/kpm.do", json={"NIK": "1"})
        assert "Sedang mati" in await (await client.get("/")).text()
        assert (await (await client.post("/_simulated/mend")).json())["as_usual"] is True
        assert (await client.post("/ws/kpm.do", json={"NIK": "1"})).status == 200

    visit(dtsen.application(folder, usual=Knobs()), talk)


def test_latency_is_added_to_each_call_and_mending_brings_the_usual_back(folder):
    async def talk(client: Client) -> None:
        await client.post("/_simulated/knobs", json={"latency": 0})
        started = time.monotonic()
        await client.post("/ws/kpm.do", json={"NIK": "1"})
        assert time.monotonic() - started < 0.2
        await client.post("/_simulated/knobs", json={"latency": 300})
        started = time.monotonic()
        await client.post("/ws/kpm.do", json={"NIK": "1"})
        assert time.monotonic() - started >= 0.3
        mended = await (await client.post("/_simulated/mend")).json()
        assert (mended["latency_ms"], mended["latency_spread_ms"]) == (400, 500)

    visit(dtsen.application(folder), talk)


def test_the_form_on_the_face_turns_the_knobs(folder):
    async def talk(client: Client) -> None:
        turned = await client.post("/_simulated/knobs", data={"latency": "5", "errors": "0.5", "down": "true"})
        assert turned.url.path == "/"
        now = await (await client.get("/_simulated/")).json()
        assert (now["latency_ms"], now["errors_permille"], now["down"]) == (5, 500, True)
        await client.post("/_simulated/knobs", data={"latency": "5", "errors": "0.5"})
        assert (await (await client.get("/_simulated/")).json())["down"] is False

    visit(oss.application(folder), talk)


@pytest.mark.parametrize(
    "wanted", [{"latency": -1}, {"latency": "soon"}, {"errors": 1.5}, {"errors": "nan"}, {"errors": []}]
)
def test_a_knob_that_cannot_be_turned_so_far_is_refused_and_nothing_changes(folder, wanted):
    async def talk(client: Client) -> None:
        assert (await client.post("/_simulated/knobs", json=wanted)).status == 422
        assert (await (await client.get("/_simulated/")).json())["as_usual"] is True

    visit(oss.application(folder), talk)


def test_a_page_elsewhere_cannot_turn_the_knobs(folder):
    async def talk(client: Client) -> None:
        for headers in ({"Origin": "https://example.org"}, {"Host": "example.org"}):
            assert (await client.post("/_simulated/knobs", data={"down": "true"}, headers=headers)).status == 403
            assert (await client.post("/_simulated/mend", headers=headers)).status == 403
        assert (await (await client.get("/_simulated/")).json())["down"] is False

    visit(oss.application(folder), talk)


def test_what_a_browser_asks_besides_is_no_call(folder):
    async def talk(client: Client) -> None:
        assert (await client.get("/favicon.ico")).status == 404
        assert (await (await client.get("/_simulated/")).json())["calls"] == 0

    visit(oss.application(folder), talk)


@given(st.integers(0, 1000), st.integers(1, 2000))
def test_exactly_the_share_of_calls_fails(permille, calls):
    control = Control(usual=Knobs(), knobs=Knobs(errors_permille=permille))
    failed = 0
    for control.calls in range(1, calls + 1):
        failed += control.fails_now()
    assert failed == calls * permille // 1000
