"""Sending, when it goes wrong: with the real providers it is in tests/journeys/test_notices.py."""

import json
import socket
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from typer.testing import CliRunner

from satu.identity import actions as identity
from satu.identity import queries as people
from satu.identity.types import SYSTEM
from satu.kernel.errors import Conflict, Missing
from satu.messaging import actions, queries
from satu.messaging.commands import app
from satu.messaging.models import Delivery
from satu.messaging.ports.sms import CLOCK_SKEW_SECONDS, Status, signature

SECRET = "a-secret-of-the-gateway"


@pytest.fixture
def nobody_there(monkeypatch):
    """Providers whose addresses nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    for name, value in {
        "MAIL_HOST": "127.0.0.1",
        "MAIL_PORT": port,
        "MAIL_SECURITY": "none",
        "SMS_URL": f"http://127.0.0.1:{port}",
        "SMS_KEY_ID": "satu",
        "SMS_SECRET": "x",
        "SMS_STATUS_SECRET": SECRET,
    }.items():
        monkeypatch.setenv(f"SATU_{name}", value)


def of(channel="sms"):
    return Delivery.objects.get(channel=channel)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_what_did_not_go_out_has_failed_and_is_planned_again(tell, nobody_there, channel):
    tell()
    delivery = of(channel)
    actions.send_delivery(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, delivery.attempts) == ("failed", "unreachable", 1)
    assert delivery.sent_at is None
    again = ProcrastinateJob.objects.filter(lock=f"delivery:{delivery.pk}").order_by("id").last()
    assert again.scheduled_at == delivery.next_attempt_at
    wait = delivery.next_attempt_at - delivery.failed_at
    actions.send_delivery(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert delivery.next_attempt_at - delivery.failed_at == 2 * wait


def test_after_a_day_it_is_not_tried_by_itself_any_more_and_an_operator_can(tell, nobody_there):
    tell()
    Delivery.objects.update(queued_at=timezone.now() - timedelta(days=1))
    actions.send_delivery(delivery_id=of().pk)
    assert of().next_attempt_at is None
    listed = CliRunner().invoke(app, ["failed"])
    assert str(of().pk) in listed.output
    assert "no try planned" in listed.output
    assert "6281000000001" not in listed.output
    assert CliRunner().invoke(app, ["retry", str(of().pk)]).exit_code == 0
    assert (of().state, of().round) == ("queued", 1)
    job = ProcrastinateJob.objects.filter(lock=f"delivery:{of().pk}").order_by("id").last()
    assert job.scheduled_at is None
    assert job.priority > 0


def test_sending_that_is_not_set_up_says_so(tell):
    tell()
    actions.send_delivery(delivery_id=of().pk)
    assert of().reason == "not-set-up"


def test_what_is_not_wanted_any_more_is_dropped(tell, siti, nobody_there):
    tell()
    actions.subscribe(channel="sms", wanted=False, by=siti)
    (email,) = [point for point in people.contact_points_of(siti) if point.channel == "email"]
    identity.remove_contact_point(contact_point_id=email.id, by=siti)
    for channel, reason in (("sms", "unsubscribed"), ("email", "no-address")):
        actions.send_delivery(delivery_id=of(channel).pk)
        assert (of(channel).state, of(channel).reason, of(channel).attempts) == ("dropped", reason, 0)


def test_an_old_code_is_not_sent(siti, nobody_there):
    point = actions.add_contact_point(channel="sms", address="0810 0000 0002", by=siti)
    identity.verify_contact_point(contact_point_id=point.id, code=people.verification_code(point.id) or "", by=siti)
    actions.send_delivery(delivery_id=Delivery.objects.get(kind="contact-code").pk)
    assert Delivery.objects.get(kind="contact-code").reason == "code-too-old"


def test_neither_code_nor_address_stands_in_what_waits(siti):
    point = actions.add_contact_point(channel="sms", address="0810 0000 0002", by=siti)
    code = people.verification_code(point.id) or "-"
    row = str(list(Delivery.objects.values())) + str(list(ProcrastinateJob.objects.values("args", "lock")))
    assert code not in row
    assert "+6281000000002" not in row


def test_news_that_comes_before_our_own_record_counts(tell):
    tell()
    news = Status(key=of().key, state="delivered", provider_reference="sms-1")
    actions.record_status(status=news)
    assert (of().state, of().attempts) == ("delivered", 1)
    actions.send_delivery(delivery_id=of().pk)
    actions.record_status(status=Status(key=of().key, state="failed", provider_reference="sms-1"))
    assert of().state == "delivered"


def test_what_the_provider_could_not_deliver_is_sent_anew_only_when_asked(tell):
    tell()
    actions.record_status(status=Status(key=of().key, state="failed", provider_reference="sms-1"))
    assert (of().state, of().reason, of().next_attempt_at) == ("failed", "undeliverable", None)
    actions.send_delivery(delivery_id=of().pk)
    assert of().reason == "undeliverable"
    first = of().key
    assert CliRunner().invoke(app, ["retry", "--all"]).exit_code == 0
    assert of().key != first
    actions.record_status(status=Status(key=first, state="delivered", provider_reference="sms-1"))
    assert of().state == "queued"


def test_what_has_not_failed_is_not_sent_again(tell):
    tell()
    actions.record_status(status=Status(key=of().key, state="delivered", provider_reference="sms-1"))
    with pytest.raises(Conflict):
        actions.retry_delivery(delivery_id=of().pk, by=SYSTEM)
    refused = CliRunner().invoke(app, ["retry", str(of().pk)])
    assert refused.exit_code == 1


def test_news_of_a_message_that_is_not_ours_is_not_found(db):
    for key in ("", "nonsense", "00000000-0000-0000-0000-000000000000.1"):
        with pytest.raises(Missing):
            actions.record_status(status=Status(key=key, state="delivered", provider_reference=""))


def news(client, body, *, secret=SECRET, at=None, sign=True):
    stamp = str(int(at if at is not None else time.time()))
    headers = {"X-Timestamp": stamp, "X-Signature": signature(secret, stamp, body)} if sign else {}
    return client.post("/kabar/sms/", body, content_type="application/json", headers=headers)


def test_signed_news_arrives_and_forged_news_changes_nothing(client, tell, nobody_there):
    tell()
    body = json.dumps({"id": "sms-1", "reference": of().key, "status": "delivered"}).encode()
    old = time.time() - CLOCK_SKEW_SECONDS - 5
    assert news(client, body, sign=False).status_code == 403
    assert news(client, body, secret="another").status_code == 403
    assert news(client, body, at=old).status_code == 403
    assert client.get("/kabar/sms/").status_code == 405
    stamp = str(int(time.time()))
    answer = client.post(
        "/kabar/sms/",
        body.replace(b"delivered", b"failed"),
        content_type="application/json",
        headers={"X-Timestamp": stamp, "X-Signature": signature(SECRET, stamp, body)},
    )
    assert answer.status_code == 403
    assert of().state == "queued"
    assert news(client, body).status_code == 204
    assert of().state == "delivered"
    assert queries.failed() == []


def test_signed_nonsense_is_refused(client, tell, nobody_there):
    for body in (b"", b"[]", b"{}", b'{"status": "delivered"}', b"\xff"):
        assert news(client, body).status_code == 403
    body = json.dumps({"id": "1", "reference": "nobody's", "status": "delivered"}).encode()
    assert news(client, body).status_code == 404


def test_without_the_providers_key_no_news_is_believed(client, tell):
    tell()
    body = json.dumps({"id": "sms-1", "reference": of().key, "status": "delivered"}).encode()
    assert news(client, body, secret="").status_code == 403
