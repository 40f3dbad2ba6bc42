"""A request that is sent again under its key is carried out once, whatever happens in between."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from satu.api import once
from satu.api.models import KeyedRequest
from satu.services.queries import case_for

NOTE = {"fact": "person.address", "note": "Seharusnya Jalan Melati Nomor Tujuh."}


@pytest.fixture
def draft(siti) -> str:
    return str(siti.post("/cases", {"service": "domisili"}).json()["id"])


def inquiries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM hub_inquiry")
        return int(cursor.fetchone()[0])


def look_up(rina) -> dict[str, str]:
    (hit,) = rina.post("/people/search", {"text": "siti aminah", "reason": "counter-service"}).json()["items"]
    return {"person": hit["person"], "reason": "counter-service"}


def test_the_same_again_is_the_same_answer_and_done_once(rina):
    asked = look_up(rina)
    first, second = (rina.post("/inquiries", asked, key="a") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first["Location"] == second["Location"]
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert inquiries() == 1
    rina.post("/inquiries", asked)
    assert inquiries() == 2


def test_another_request_under_the_same_key_is_refused(rina):
    asked = look_up(rina)
    rina.post("/inquiries", asked, key="a")
    other = rina.post("/inquiries", asked | {"note": "Loket 2."}, key="a")
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    assert rina.post("/inquiries", asked | {"note": "Loket 2."}, key="b").status_code == 201


def test_a_key_is_its_accounts_own(siti, budi):
    first = siti.post("/cases", {"service": "domisili"}, key="a").json()
    second = budi.post("/cases", {"service": "domisili"}, key="a")
    assert "Idempotency-Replayed" not in second
    assert second.json().get("id") != first["id"]


def test_while_it_is_being_carried_out_the_same_is_a_conflict(siti, draft):
    siti.post(f"/cases/{draft}/wrong-facts", NOTE, key="a")
    KeyedRequest.objects.update(status=None, headers={}, body=b"")
    busy = siti.post(f"/cases/{draft}/wrong-facts", NOTE, key="a")
    assert (busy.status_code, busy.json()["code"]) == (409, "in-progress")
    assert busy["Retry-After"]
    # Whoever carried it out has died: after its time the next one does it.
    KeyedRequest.objects.update(begun_at=timezone.now() - once.LEASE - timedelta(seconds=1))
    assert siti.post(f"/cases/{draft}/wrong-facts", NOTE, key="a").status_code == 201


def test_a_refusal_keeps_nothing_and_frees_the_key(siti, draft):
    refused = siti.post(f"/cases/{draft}/wrong-facts", NOTE | {"note": " "}, key="a")
    assert refused.status_code == 422
    assert not KeyedRequest.objects.exists()
    assert siti.post(f"/cases/{draft}/wrong-facts", NOTE, key="a").status_code == 201


def test_what_was_done_and_that_it_was_done_are_one_transaction(siti, draft, monkeypatch):
    """It dies between the two, as a process can: nothing has happened, and the next try does it."""
    monkeypatch.setattr(once, "_keep", lambda *_: 1 / 0)
    died = siti.post(f"/cases/{draft}/wrong-facts", NOTE, key="a")
    assert died.status_code == 500
    assert case_for(UUID(draft), by=siti.account.actor).corrections == ()
    monkeypatch.undo()
    assert siti.post(f"/cases/{draft}/wrong-facts", NOTE, key="a").status_code == 201
    assert len(case_for(UUID(draft), by=siti.account.actor).corrections) == 1


def test_who_lost_the_claim_cannot_commit(siti, draft, monkeypatch):
    """He took longer than his time, and somebody else has begun: what he did is undone."""
    keep = once._keep

    def too_late(claim, answer):
        KeyedRequest.objects.update(lease=uuid4())
        return keep(claim, answer)

    monkeypatch.setattr(once, "_keep", too_late)
    slow = siti.post(f"/cases/{draft}/wrong-facts", NOTE, key="a")
    assert slow.status_code == 409
    assert case_for(UUID(draft), by=siti.account.actor).corrections == ()


def test_an_action_that_asks_other_systems_finds_its_work_done(siti, monkeypatch):
    """It dies after it has sent and before the answer is kept: the second run finds the request sent."""
    draft = siti.post("/cases", {"service": "domisili"}).json()["id"]
    answers = {"answers": {"purpose": "membuka rekening"}}
    monkeypatch.setattr(once, "_keep", lambda *_: 1 / 0)
    assert siti.post(f"/cases/{draft}/send", answers, key="a").status_code == 500
    monkeypatch.undo()
    KeyedRequest.objects.update(begun_at=timezone.now() - once.LEASE - timedelta(seconds=1))
    again = siti.post(f"/cases/{draft}/send", answers, key="a")
    assert again.status_code == 200
    kinds = [step["kind"] for step in again.json()["timeline"]]
    assert kinds.count("submitted") == 1


def test_a_message_with_the_same_key_is_one_message_even_when_its_answer_was_lost(siti):
    draft = siti.post("/cases", {"service": "sktm"}).json()["id"]
    siti.post(f"/cases/{draft}/send", {"answers": {"purpose": "beasiswa"}})
    for _ in range(2):
        siti.post(f"/cases/{draft}/messages", data={"text": "Apakah sudah lengkap?"}, key="a")
        KeyedRequest.objects.all().delete()
    assert len(siti.get(f"/cases/{draft}/messages").json()["messages"]) == 1


@pytest.mark.parametrize("key", ["with space", "x" * 101, "é"])
def test_what_is_no_key_is_refused(siti, key):
    answer = siti.post("/cases", {"service": "domisili"}, key=key)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"detail": answer.json()["detail"], "parameter": "Idempotency-Key"}]


def test_keys_are_forgotten_after_a_day(siti):
    siti.post("/cases", {"service": "domisili"}, key="a")
    assert once.prune() == 0
    with time_machine.travel(timezone.now() + once.KEPT + timedelta(minutes=1), tick=False):
        assert once.prune() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_do_it_once(rina):
    asked, answers = look_up(rina), []

    def send():
        try:
            answers.append(rina.post("/inquiries", asked, key="a").status_code)
        finally:
            connection.close()

    both = [threading.Thread(target=send) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) in ([201, 201], [201, 409])
    assert inquiries() == 1
