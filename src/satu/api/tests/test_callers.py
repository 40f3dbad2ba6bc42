"""Who may call, and how a wrong call is answered."""

import json

import pytest
from django.test import Client

from satu.api.tests.conftest import Program, officer
from satu.identity import tokens
from satu.services.conversation import files

DOMISILI = json.dumps({"service": "domisili"})


def code(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"].endswith(f"/api/#{answer.json()['code']}")
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer satu_unknown", "Basic c2l0aTp4", "satu_x"])
def test_who_is_not_known_is_asked_for_a_token(siti, sent):
    answer = Client().get("/api/v1/me", headers={"Authorization": sent} if sent else {})
    assert code(answer) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_ended_token_and_an_unknown_one_are_answered_alike(siti):
    tokens.end_token(token_id=siti.token.view.id, by=siti.account.actor)
    ended, unknown = siti.get("/me"), Client().get("/api/v1/me", headers={"Authorization": "Bearer satu_x"})
    assert ended.status_code == unknown.status_code == 401
    assert ended.content == unknown.content


def test_a_suspended_account_is_nobody_at_once(siti):
    assert siti.get("/me").status_code == 200
    siti.account.is_active = False
    siti.account.save()
    assert siti.get("/me").status_code == 401


def test_an_officers_token_follows_her_duties(rina):
    assert rina.get("/me").json()["duties"] == ["front-office"]
    rina.account.duties = ["social-worker"]
    rina.account.save()
    assert rina.get("/me").json()["duties"] == ["social-worker"]


def test_an_officer_without_a_second_step_is_told_so(rina):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.all().delete()
    assert code(rina.get("/me")) == (403, "second-step-missing")


def test_a_token_that_may_only_look_cannot_act(siti):
    looking = Program(siti.account, scope="read")
    assert looking.get("/cases").status_code == 200
    assert code(looking.post("/cases", {"service": "domisili"})) == (403, "scope-too-small")


def test_a_browser_on_our_pages_works_with_its_csrf_token(siti):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(siti.account)
    assert browser.get("/api/v1/me").json()["scope"] == "act"
    sent = {"data": DOMISILI, "content_type": "application/json"}
    assert code(browser.post("/api/v1/cases", **sent)) == (403, "not-allowed")
    browser.get("/masuk/")
    browser.get("/data-saya/")
    token = browser.cookies["csrftoken"].value
    assert browser.post("/api/v1/cases", **sent, headers={"X-CSRFToken": token}).status_code == 201


def test_an_officer_who_has_to_set_up_her_second_step_is_kept_out_of_the_interface_too(town):
    from satu.identity.actions import open_officer_account

    account = open_officer_account(login="x", name="X", password="sandi-x", agency="kelurahan", duties=[])
    browser = Client()
    browser.post("/masuk/", {"login": "x", "password": "sandi-x"})
    assert code(browser.get("/api/v1/me")) == (403, "second-step-missing")
    assert account.pk


def test_a_pace_that_is_too_fast_says_when_to_go_on(siti, monkeypatch):
    monkeypatch.setattr(tokens, "PER_MINUTE", 2)
    answers = [siti.get("/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert code(answers[-1]) == (429, "too-many-requests")
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        ("{", "application/json", (400, "unreadable")),
        ('{"service": "\\u0000"}', "application/json", (400, "unreadable")),
        ('{"service": "\\ud800"}', "application/json", (400, "unreadable")),
        ("[" * 100_000, "application/json", (400, "unreadable")),
        (DOMISILI, "text/plain", (415, "unsupported-media-type")),
        ("service=domisili", "application/x-www-form-urlencoded", (415, "unsupported-media-type")),
        ('{"service": 1}', "application/json", (422, "invalid-input")),
        ('{"service": "domisili", "nik": "1"}', "application/json", (422, "invalid-input")),
        ('{"service": "nothing"}', "application/json", (404, "not-found")),
        ('{"service": "' + "x" * 3_000_000 + '"}', "application/json", (413, "too-large")),
    ],
)
def test_what_cannot_be_used_is_answered_with_a_problem(siti, content, kind, expected):
    assert code(siti.send("POST", "/cases", data=content, content_type=kind)) == expected


def test_a_form_is_wanted_where_files_are_sent(siti):
    draft = siti.post("/cases", {"service": "domisili"}).json()["id"]
    assert code(siti.post(f"/cases/{draft}/messages", {"text": "Halo"})) == (415, "unsupported-media-type")


def test_each_fault_says_where(siti):
    answer = siti.post("/cases", {"about": 1, "nik": "3"}, language="en")
    assert {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]} == {
        "#/service": "This is needed.",
        "#/about": "This has to be text.",
        "#/nik": "There is no such field.",
    }
    (fault,) = siti.get("/cases?limit=many", language="id").json()["errors"]
    assert fault == {"parameter": "limit", "detail": "Ini harus bilangan bulat."}


def test_what_breaks_is_a_problem_and_no_page(siti, monkeypatch, caplog):
    from satu.api.operations import cases

    monkeypatch.setattr(cases.queries, "cases_of", lambda *_, **__: 1 / 0)
    assert code(siti.get("/cases")) == (500, "internal")
    assert "ZeroDivisionError" in caplog.text


def test_nothing_of_it_is_left_in_a_cache(siti):
    answer = siti.get("/me")
    assert answer["Cache-Control"] == "no-store, private"
    assert {"Authorization", "Accept-Language"} <= set(answer["Vary"].split(", "))


def test_a_file_of_the_wrong_kind_is_refused_before_it_is_kept(rina, siti):
    assert files.KINDS
    draft = siti.post("/cases", {"service": "sktm"}).json()["id"]
    siti.post(f"/cases/{draft}/send", {"answers": {"purpose": "beasiswa"}})
    (task,) = rina.get("/tasks").json()["items"]
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = SimpleUploadedFile("foto.jpg", b"<html>", content_type="image/jpeg")
    answer = rina.post(f"/tasks/{task['id']}/files", data={"key": "photo", "file": page})
    assert answer.status_code == 422
    other = Program(officer("tuti", areas=["36.71.05.1003"]))
    assert code(other.get(f"/tasks/{task['id']}")) == (404, "not-found")
