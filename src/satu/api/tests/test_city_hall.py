"""City hall, the set-up and an agency's changes, for programs: the pages' figures, for those who have the pages."""

import pytest

from satu.api.tests.conftest import AREA, Program, officer
from satu.insight import actions as insight
from satu.services import actions

FIGURES = ("overview", "services", "days", "areas", "asked", "systems")
SETUP = ("systems", "facts", "services", "services/domisili/versions", "agencies", "calendar", "templates")


@pytest.fixture
def nurul(town):
    return Program(officer("nurul", agency="setda", duties=["city-hall"], areas=[]))


@pytest.fixture
def bayu(town):
    return Program(officer("bayu", agency="diskominfo", duties=["city-admin"], areas=[]))


def test_figures_are_those_of_the_pages_and_for_those_who_have_the_pages(nurul, siti, rina):
    case_id = actions.start_case(service="domisili", by=siti.account.actor)
    actions.send_case(case_id=case_id, answers={"purpose": "membuka rekening"}, by=siti.account.actor)
    actions.advance_case(case_id=case_id)
    insight.fold()
    told = {name: nurul.get(f"/city/{name}") for name in FIGURES}
    assert {name: answer.status_code for name, answer in told.items()} == dict.fromkeys(FIGURES, 200)
    whole = told["overview"].json()["whole"]
    assert (whole["sums"]["documents"], whole["sums"]["touch_free"], whole["service_name"]) == (1, 1, None)
    assert told["services"].json()["items"][0] == whole
    assert sum(day["sums"]["requests"] for day in told["days"].json()["items"]) == 1
    assert sum(area["documents"] for area in told["areas"].json()["items"]) == 1
    assert {rina.get(f"/city/{name}").status_code for name in FIGURES} == {403}
    assert nurul.get("/city/overview?service=nothing").status_code == 404
    (line,) = siti.client.get("/api/v1/open-figures").json()["lines"]
    assert (line["service"], line["requests"], line["median"]) == ("domisili", None, None)


def test_the_set_up_is_read_by_those_who_look_after_it_and_shows_no_secret(bayu, rina, monkeypatch):
    monkeypatch.setenv("SATU_BAPENDA_DATABASE", "mysql://satu:s3cret@pbb.example/pbb")
    told = {path: bayu.get(f"/setup/{path}") for path in SETUP}
    assert {path: answer.status_code for path, answer in told.items()} == dict.fromkeys(SETUP, 200)
    assert not any("s3cret" in answer.content.decode() for answer in told.values())
    pbb = next(one for one in told["systems"].json() if one["code"] == "pbb")
    assert {"name": "SATU_BAPENDA_DATABASE", "is_set": True} in pbb["settings"]
    kelurahan = next(one for one in told["facts"].json() if one["key"] == "person.kelurahan")
    assert "sktm" in kelurahan["services"]
    assert next(one["officers"] for one in told["agencies"].json() if one["code"] == "diskominfo") == 1
    assert {rina.get(f"/setup/{path}").status_code for path in SETUP} == {403}


def test_an_administrator_reads_what_was_changed_about_her_officers(rina):
    dian = Program(officer("dian", duties=["agency-admin"], areas=[]))
    other = Program(officer("maya", agency="dinsos", duties=["agency-admin"], areas=[]))
    rinas, mayas = rina.account.pk, other.account.pk
    assert dian.send("PUT", f"/officers/{rinas}/rights", {"duties": ["front-office"]}).status_code == 200
    newest = dian.get("/officers/changes").json()[0]
    assert (newest["officer_id"], newest["kind"], newest["by_name"]) == (rinas, "rights", "Rina Marlina")
    assert (newest["before"]["areas"], newest["after"]["areas"]) == ([AREA], [])
    assert {one["officer_id"] for one in dian.get(f"/officers/changes?officer={rinas}").json()} == {rinas}
    assert dian.get(f"/officers/changes?officer={mayas}").json() == []
    assert rina.get("/officers/changes").status_code == 403


def test_an_officer_is_given_only_areas_that_there_are(rina):
    dian, rinas = Program(officer("dian", duties=["agency-admin"], areas=[])), rina.account.pk
    nowhere = {"duties": ["front-office"], "areas": [AREA, "36.71.99.1999"]}
    new = {"login": "baru@kota.example", "name": "Petugas Baru", **nowhere}
    for answer in (dian.send("PUT", f"/officers/{rinas}/rights", nowhere), dian.post("/officers", new, key="once")):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/areas")
    assert dian.get(f"/officers/{rinas}").json()["areas"] == [AREA]
