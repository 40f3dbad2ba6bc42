"""When a letter is there: inbox, e-mail over real SMTP, SMS over real HTTP, and news from the gateway."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from django.db import connection
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django.models import ProcrastinateJob

from satu.demo.systems import sms as gateway
from satu.demo.systems.credentials import credentials
from satu.identity import actions as identity
from satu.identity import queries as people
from satu.identity.types import SYSTEM, Actor
from satu.messaging import actions, queries
from satu.messaging.models import Delivery
from satu.services.tasks import rescue_jobs
from satu.services.types import CaseView
from tests.journeys import applying, residents
from tests.journeys.conftest import Town
from tests.journeys.workers import Worker, wait_until

EMAIL, PHONE, OFF = "siti@warga.example", "+6281000000001", "+6281000000000"
Work = Callable[..., None]
pytestmark = pytest.mark.usefixtures("register")


@pytest.fixture
def siti(town: Town, live_server: Any, settings: Any) -> Actor:
    """Siti, who can be reached on both channels; and Satu where the gateway can tell it something."""
    settings.SATU_PUBLIC_URL = live_server.url
    who = residents.resident()
    assert who.nik is not None
    account = identity.open_resident_account(nik=who.nik, name=who.name, password="x")
    reach(account.pk, "email", EMAIL)
    reach(account.pk, "sms", PHONE)
    return account.actor


def reach(account_id: int, channel: Any, address: str) -> None:
    identity.keep_verified_contact_point(account_id=account_id, channel=channel, address=address, by=SYSTEM)


def letter(who: Actor, work: Work) -> CaseView:
    case = applying.begin(service="domisili", by=who)
    sent = applying.send(case_id=case.id, answers={"purpose": "membuka rekening bank"}, by=who)
    work("cases")
    return sent


def about(town: Town, code: str, case: CaseView) -> list[dict[str, Any]]:
    """What a provider was given about a case, known by our own keys: case numbers begin anew with each test."""
    column = {"sms": "kunci", "mail": "id"}[code]
    ours = [
        str(pk) for pk in Delivery.objects.filter(notice__reference=f"case:{case.id}").values_list("pk", flat=True)
    ]
    return [one for one in town.get(code, "/_simulated/sent") if any(key in one[column] for key in ours)]


def delivery(channel: str) -> Delivery:
    return Delivery.objects.get(channel=channel)


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("channel", "state"))


def test_a_letter_comes_to_inbox_mailbox_and_phone(siti: Actor, town: Town, work: Work) -> None:
    case = letter(siti, work)
    (notice,) = queries.inbox_of(siti)
    assert notice.subject == f"Surat Anda sudah terbit: {case.number}"
    assert notice.link == f"/permohonan/{case.id}/"
    assert states() == {"email": "queued", "sms": "queued"}

    work("messages")
    (mail,) = about(town, "mail", case)
    (sms,) = about(town, "sms", case)
    assert (mail["kepada"], sms["tujuan"]) == (EMAIL, PHONE)
    assert "/pemberitahuan/" in mail["isi"]
    assert "http" not in sms["teks"]
    assert siti.nik is not None
    for told in (mail["isi"], mail["perihal"], sms["teks"]):
        assert siti.nik.value not in told
        assert siti.name not in told
        assert "Melati" not in told
    assert states()["email"] == "sent"
    wait_until(lambda: states()["sms"] == "delivered")
    officer = Actor(reference="account:0", kind="officer", name="Dewi", agency="kelurahan")
    (told_of,) = queries.deliveries(f"case:{case.id}", by=officer)
    assert [(one.channel, one.state) for one in told_of.deliveries] == [("email", "sent"), ("sms", "delivered")]
    for code in ("sms", "mail"):
        face = httpx.get(town._supervisor.urls[code]).text
        assert case.number in face
        assert "SIMULASI" in face


def test_she_is_written_to_in_her_language(siti: Actor, town: Town, work: Work) -> None:
    identity.set_language(language="en", by=siti)
    case = letter(siti, work)
    work("messages")
    (mail,) = about(town, "mail", case)
    assert mail["perihal"] == f"Your letter is ready: {case.number}"
    assert "No more e-mails:" in mail["isi"]
    assert about(town, "sms", case)[0]["teks"].startswith("Your letter")


def test_while_the_providers_are_down_it_has_failed_and_then_it_arrives(siti: Actor, town: Town, work: Work) -> None:
    for code in ("sms", "mail"):
        town.turn(code, down=True)
    case = letter(siti, work)
    work("messages")
    assert states() == {"email": "failed", "sms": "failed"}
    shown = queries.inbox_of(siti)[0].deliveries
    assert {one.reason for one in shown} == {"unreachable"}
    assert all(one.next_attempt_at and one.sent_at is None for one in shown)
    assert len(queries.failed()) == 2
    assert about(town, "sms", case) == []

    town.mend()
    wait_until(lambda: _ripe() == 2)
    work("messages")
    assert states()["email"] == "sent"
    wait_until(lambda: states()["sms"] == "delivered")
    assert queries.failed() == []
    assert len(about(town, "sms", case)) == len(about(town, "mail", case)) == 1
    assert delivery("sms").attempts == 2


def _ripe() -> int:
    """How many tries of ours are due. (The jobs of other tests stay in the queue; their messages are gone.)"""
    locks = [f"delivery:{pk}" for pk in Delivery.objects.values_list("pk", flat=True)]
    due = {"status": "todo", "scheduled_at__lte": timezone.now()}
    return ProcrastinateJob.objects.filter(lock__in=locks, **due).count()


@pytest.mark.parametrize(("code", "channel"), [("sms", "sms"), ("mail", "email")])
def test_a_provider_with_a_fault_is_tried_again(siti: Actor, town: Town, work: Work, code: str, channel: str) -> None:
    town.turn(code, errors=1)
    letter(siti, work)
    work("messages")
    assert delivery(channel).reason == "provider-error"
    assert delivery(channel).next_attempt_at is not None


def test_an_operator_need_not_wait_for_the_next_try(siti: Actor, town: Town, work: Work) -> None:
    town.turn("sms", down=True)
    case = letter(siti, work)
    work("messages")
    town.mend()
    actions.retry_delivery(delivery_id=delivery("sms").pk, by=SYSTEM)
    work("messages")
    wait_until(lambda: states()["sms"] == "delivered")
    wait_until(lambda: _ripe() == 1)
    work("messages")  # the try that was planned
    assert len(about(town, "sms", case)) == 1


def test_a_job_that_comes_twice_sends_once(siti: Actor, town: Town, work: Work) -> None:
    from procrastinate.contrib.django import app

    case = letter(siti, work)
    for row in Delivery.objects.all():
        app.configure_task("messaging.send").defer(delivery_id=str(row.pk))
    work("messages")
    wait_until(lambda: states()["sms"] == "delivered")
    (mail,) = about(town, "mail", case)
    assert mail["kali"] == 1
    assert len(about(town, "sms", case)) == 1
    assert delivery("sms").attempts == 1


def test_one_worker_that_does_everything_at_once_sends_everything(siti: Actor, town: Town, work: Work) -> None:
    case = applying.begin(service="domisili", by=siti)
    applying.send(case_id=case.id, answers={"purpose": "membuka rekening bank"}, by=siti)
    work("cases", "messages")
    assert states()["email"] == "sent"
    wait_until(lambda: states()["sms"] == "delivered")


def test_a_worker_that_dies_between_sending_and_recording_sends_once(siti: Actor, town: Town, work: Work) -> None:
    nowhere = "http://127.0.0.1:9"  # no news reaches us: what is left is the key
    actions.subscribe(channel="email", wanted=False, by=siti)
    case = letter(siti, work)
    town.turn("sms", latency=1_500)
    calls = town.get("sms", "/_simulated/")["calls"]
    worker = Worker("--queues", "messages", SATU_PUBLIC_URL=nowhere)
    wait_until(lambda: town.get("sms", "/_simulated/")["calls"] > calls)
    worker.kill()  # the gateway has the request; we shall never have its answer
    wait_until(lambda: len(about(town, "sms", case)) == 1)
    assert states()["sms"] == "queued"
    town.mend()
    with connection.cursor() as cursor:  # half a minute goes by
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    with suppress(exceptions.AlreadyEnqueued):  # by its clock
        rescue_jobs.defer(timestamp=0)
    Worker("--once", "--queues", "cases", "messages", SATU_PUBLIC_URL=nowhere).finish()
    assert states()["sms"] == "sent"
    assert town.get("sms", "/_simulated/")["calls"] == calls + 2
    assert len(about(town, "sms", case)) == 1


def test_a_phone_that_is_off_is_told_and_not_called_arrived(siti: Actor, town: Town, work: Work) -> None:
    reach(people.account_id_of(siti) or 0, "sms", OFF)
    letter(siti, work)
    work("messages")
    wait_until(lambda: states()["sms"] == "failed")
    assert (delivery("sms").reason, delivery("sms").next_attempt_at) == ("undeliverable", None)
    assert [one.channel for one in queries.failed()] == ["sms"]


def test_a_mailbox_that_is_not_there_is_not_tried_again(siti: Actor, town: Town, work: Work) -> None:
    reach(people.account_id_of(siti) or 0, "email", "tidak-ada@warga.example")
    letter(siti, work)
    work("messages")
    assert (delivery("email").reason, delivery("email").next_attempt_at) == ("address-refused", None)


def test_news_that_the_gateway_did_not_sign_is_refused(siti: Actor, town: Town, work: Work, live_server: Any) -> None:
    reach(people.account_id_of(siti) or 0, "sms", OFF)
    letter(siti, work)
    work("messages")
    wait_until(lambda: states()["sms"] == "failed")
    body = json.dumps({"id": "sms-1", "reference": delivery("sms").key, "status": "delivered"}).encode()
    known, stamp = credentials(town.folder), str(int(time.time()))
    for secret in ("", "guessed", known["SMS_SECRET"]):
        headers = {"X-Timestamp": stamp, "X-Signature": gateway.signature(secret, stamp, body)}
        assert httpx.post(f"{live_server.url}/kabar/sms/", content=body, headers=headers).status_code == 403
    assert states()["sms"] == "failed"
    right = {
        "X-Timestamp": stamp,
        "X-Signature": gateway.signature(known["SMS_STATUS_SECRET"], stamp, body),
    }
    assert httpx.post(f"{live_server.url}/kabar/sms/", content=body, headers=right).status_code == 204
    assert states()["sms"] == "delivered"


def test_the_gateway_refuses_a_request_that_is_not_signed(town: Town) -> None:
    url = town._supervisor.urls["sms"]
    reply = httpx.post(f"{url}/v1/messages", json={"to": PHONE, "text": "x"}, headers={"Idempotency-Key": "1"})
    assert reply.status_code == 401


def test_an_address_is_verified_by_the_code_that_came_there(siti: Actor, town: Town, work: Work) -> None:
    point = actions.add_contact_point(channel="email", address="baru@warga.example", by=siti)
    work("messages")
    (mail,) = [one for one in town.get("mail", "/_simulated/sent") if one["kepada"] == "baru@warga.example"]
    code = mail["perihal"].rsplit(" ", 1)[1]
    identity.verify_contact_point(contact_point_id=point.id, code=code, by=siti)
    case = letter(siti, work)
    work("messages")
    assert about(town, "mail", case)[0]["kepada"] == "baru@warga.example"
    assert len(queries.inbox_of(siti)) == 1
