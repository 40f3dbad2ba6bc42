"""A program of a resident, and one of an officer, from the token to the signed letter."""

import pytest

from satu.api.tests.conftest import Program, officer
from satu.hub.ledger.queries import accesses_about
from satu.hub.tests.register import SITI_NIK
from satu.hub.types import Subject
from satu.kernel.identifiers import Nik
from satu.services import actions

SITI = Subject.person(Nik(SITI_NIK))
PURPOSE = {"answers": {"purpose": "membuka rekening bank"}}


def begun(siti, service="domisili"):
    answer = siti.post("/cases", {"service": service})
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == f"/api/v1/cases/{answer.json()['id']}"
    return answer.json()


def test_from_a_tap_to_a_signed_letter(siti):
    draft = begun(siti)
    assert {"fact", "shown", "source"} <= draft["facts"][0].keys()
    assert [question["key"] for question in draft["questions"]] == ["purpose"]
    sent = siti.post(f"/cases/{draft['id']}/send", PURPOSE)
    assert sent.status_code == 200, sent.content
    actions.advance_case(case_id=draft["id"])
    case = siti.get(f"/cases/{draft['id']}").json()
    assert case["state"] == "issued"
    (document,) = siti.get("/documents").json()["items"]
    pdf = siti.get(f"/documents/{document['id']}/pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert siti.get(f"/documents/{document['id']}/check").json()["qr_svg"].startswith("<svg")
    share = siti.post(f"/documents/{document['id']}/shares", {"shows": "content", "hours": 1}).json()
    secret = {"secret": share["address"].rpartition("/")[2]}
    opened = siti.client.post("/api/v1/shares/open", secret, content_type="application/json").json()
    ticket = secret | {"ticket": opened["ticket"]}
    file = siti.client.post("/api/v1/shares/file", ticket, content_type="application/json")
    assert file.content == pdf.content
    (seen,) = siti.get(f"/documents/{document['id']}/shares").json()
    assert {one["what"] for one in seen["openings"]} == {"opened", "file"}
    nobody = siti.client.get(f"/api/v1/verification/{document['code']}")
    assert nobody.json()["holder"] == "S••• A•••••"
    assert siti.get(f"/cases/{draft['id']}/timeline").json()
    assert "<" in siti.get(f"/cases/{draft['id']}/process").json()["bpmn"]


def test_what_is_not_answered_is_said_in_her_language(siti):
    draft = begun(siti)
    for language, title in (("id", "Ada isian yang perlu dilihat lagi"), ("en-GB,en;q=0.8", "Something in the")):
        answer = siti.post(f"/cases/{draft['id']}/send", {"answers": {}}, language=language)
        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "invalid-answers"
        assert answer.json()["title"].startswith(title), answer.json()
        assert answer.json()["errors"][0]["pointer"] == "#/answers/purpose"


def test_what_the_city_holds_and_who_looked(siti, rina):
    held = siti.get("/my-data").json()
    (register,) = [one for one in held["panels"] if one["system"] == "siak"]
    assert "Siti Aminah" in {fact["shown"] for fact in register["facts"]}
    looks = siti.get("/accesses").json()["items"]
    assert looks[0]["actor_kind"] == "resident"
    proof = siti.get(f"/accesses/{looks[0]['entry_id']}/proof")
    assert proof.status_code == 404  # nothing is sealed in this test


def test_an_officer_finds_somebody_says_why_and_is_seen(siti, rina):
    (hit,) = rina.post("/people/search", {"text": "siti aminah", "reason": "counter-service"}).json()["items"]
    assert hit["nik"].startswith("••••")
    assert SITI_NIK not in str(hit)
    opened = rina.post("/inquiries", {"person": hit["person"], "reason": "counter-service"})
    assert opened.status_code == 201, opened.content
    inquiry = rina.get(f"/inquiries/{opened.json()['id']}").json()
    system = next(one for one in inquiry["systems"] if one["system"] == "siak")
    panel = rina.get(f"/inquiries/{inquiry['id']}/systems/{system['system']}").json()
    assert "Siti Aminah" in {fact["shown"] for fact in panel["facts"]}
    kinds = [(one.kind, one.who) for one in accesses_about(SITI, limit=2)]
    assert kinds == [("pull", "Rina Marlina"), ("search", "Rina Marlina")]
    other = Program(officer("tuti"))
    assert other.get(f"/inquiries/{inquiry['id']}").status_code == 404
    stolen = other.post("/inquiries", {"person": hit["person"], "reason": "counter-service"})
    assert stolen.status_code == 422


def test_an_officer_decides_and_writes(siti, rina):
    draft = begun(siti, "sktm")
    siti.post(f"/cases/{draft['id']}/send", {"answers": {"purpose": "beasiswa"}})
    (task,) = rina.get("/tasks").json()["items"]
    whole = rina.get(f"/tasks/{task['id']}").json()
    assert whole["facts"]
    assert whole["decisions"]
    written = rina.post(f"/tasks/{task['id']}/messages", data={"text": "Mohon kartu keluarga."}, key="m1")
    assert written.status_code == 201, written.content
    heard = siti.get(f"/cases/{draft['id']}/messages").json()["messages"]
    assert [one["text"] for one in heard] == ["Mohon kartu keluarga."]
    refused = rina.post(f"/tasks/{task['id']}/decision", {"decision": "refuse", "reason": "x"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/reason"
    done = rina.post(f"/tasks/{task['id']}/decision", {"decision": "correction", "reason": "Untuk siapa surat ini?"})
    assert done.status_code == 204, done.content
    assert siti.get(f"/cases/{draft['id']}").json()["returned_because"] == "Untuk siapa surat ini?"


def test_lists_come_in_pages(siti):
    for service in ("domisili", "sktm", "domisili"):
        draft = begun(siti, service)
        siti.post(f"/cases/{draft['id']}/send", {"answers": {"purpose": "beasiswa"}})
    first = siti.get("/cases?limit=2")
    assert len(first.json()["items"]) == 2
    assert first["Link"] == f'<http://testserver/api/v1/cases?limit=2&cursor={first.json()["next"]}>; rel="next"'
    last = siti.get(f"/cases?limit=2&cursor={first.json()['next']}")
    assert "Link" not in last
    assert last.json()["next"] is None
    seen = [one["id"] for one in first.json()["items"] + last.json()["items"]]
    assert len(set(seen)) == len(seen) == 3
    assert siti.get("/cases?limit=101").status_code == 422


@pytest.mark.parametrize(
    "path",
    ["/me", "/offers", "/bills", "/notices", "/channels", "/services/domisili/people", "/cases?cursor=" + "0" * 32],
)
def test_what_is_hers_can_be_read(siti, path):
    answer = siti.get(path)
    assert answer.status_code == 200, answer.content
    assert SITI_NIK not in answer.content.decode()


@pytest.mark.parametrize("path", ["/me", "/reasons", "/tasks/waiting", "/systems", "/saved?since=2026-01-01"])
def test_what_is_an_officers_can_be_read(rina, path):
    answer = rina.get(path)
    assert answer.status_code == 200, answer.content
