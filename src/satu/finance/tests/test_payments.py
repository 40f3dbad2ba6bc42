"""Money arrives: as it should, forged, twice, late, lost, with another amount, in the wrong order."""

import json
import sqlite3
import threading
import time
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from satu.finance import actions, tasks
from satu.finance.models import Event, Payment
from satu.finance.ports.port import ProviderUnavailable
from satu.finance.ports.signature import signature
from satu.finance.queries import reconciliation
from satu.finance.tests.conftest import state_of
from satu.identity.types import SYSTEM
from satu.kernel.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db
OutboxEvent = apps.get_model("kernel", "OutboxEvent")
ADDRESS = "/pembayaran/kabar/"


def reference(bill) -> str:
    return str(bill.code.simulator.rsplit("/", 1)[1])


@pytest.fixture
def call(client, bank):
    """Call the city as the provider does. ``secret`` and ``age`` are a forger's."""

    def send(bill=None, *, secret=None, age=0, amount=1_250_000, news_id=None, body=None, **other):
        content = body or json.dumps(
            {
                "id": news_id or f"evt_{uuid4().hex}",
                "type": "charge.paid",
                "charge": {"id": reference(bill) if bill else "chg_unknown", "transaction": {"amount": amount}},
            }
        )
        stamp = str(int(time.time()) - age)
        sign = signature(secret or bank.known["QRIS_CALLBACK_SECRET"], stamp, content.encode())
        headers = {"X-Timestamp": stamp, "X-Signature": sign, **other}
        return client.post(ADDRESS, content, content_type="application/json", headers=headers)

    return send


def waiting_checks() -> int:
    return ProcrastinateJob.objects.filter(task_name="finance.check_bill", status="todo").count()


def announced(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def test_a_payment_is_recorded_and_announced_once(billed, bank, call):
    bill = billed()
    bank.pay(bill)
    assert call(bill).status_code == 200
    assert waiting_checks() == 1
    paid = actions.check_bill(bill_id=bill.id)
    assert paid.state == "paid"
    assert paid.payment.amount == bill.amount
    assert paid.payment.transaction == bank.status(bill)["transaction"]["id"]
    assert OutboxEvent.objects.get(name="finance.bill_paid").payload == {
        "bill": str(bill.id),
        "case_reference": "REK-2026-000001",
    }


def test_what_a_callback_claims_is_not_believed(billed, call):
    bill = billed()
    assert call(bill).status_code == 200
    assert actions.check_bill(bill_id=bill.id).state == "open"
    assert Payment.objects.count() == 0


def test_a_callback_with_a_wrong_amount_is_kept_and_the_providers_word_counts(billed, bank, call):
    bill = billed()
    bank.pay(bill)
    call(bill, amount=1)
    assert Event.objects.get(kind="callback").detail["claimed_amount"] == 1
    assert actions.check_bill(bill_id=bill.id).payment.amount == bill.amount


def test_another_amount_than_the_bills_does_not_pay_it(billed, bank, call):
    bill = billed()
    bank.pay(bill, amount="250000")
    checked = actions.check_bill(bill_id=bill.id)
    assert checked.state == "open"
    assert [stray.standing for stray in checked.strays] == ["other-amount"]
    assert announced("finance.bill_paid") == 0


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "guessed"},
        {"age": 301},
        {"age": -330},
        {"X-Signature": ""},
        {"X-Signature": "é"},
        {"X-Timestamp": "soon"},
        {"X-Timestamp": ""},
    ],
    ids=str,
)
def test_a_forged_or_replayed_callback_changes_nothing(billed, call, forged):
    bill = billed()
    events = Event.objects.count()
    assert call(bill, **forged).status_code == 401
    assert (Event.objects.count(), waiting_checks()) == (events, 0)


@pytest.mark.parametrize("body", ["[]", "{}", "nonsense", '{"id": 1, "charge": null}', '{"id": 1, "charge": {}}'])
def test_a_signed_callback_without_sense_is_refused(call, body):
    assert call(body=body).status_code == 422


def test_an_enormous_callback_is_not_read(call):
    assert call(body="x" * 40_000).status_code == 413


def test_a_callback_about_a_charge_that_is_not_ours_is_kept_and_refused(call):
    assert call(news_id="evt_1").status_code == 404
    assert call(news_id="evt_1").status_code == 404
    event = Event.objects.get()
    assert (event.bill, event.detail["charge"], waiting_checks()) == (None, "chg_unknown", 0)


def test_the_same_callback_is_taken_once(billed, call):
    bill = billed()
    assert [call(bill, news_id="evt_1").status_code for _ in range(2)] == [200, 200]
    assert (Event.objects.filter(kind="callback").count(), waiting_checks()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_callback_twice_at_once_pays_once(live_server, settings, billed, bank):
    settings.SATU_PUBLIC_URL = live_server.url
    bill = billed()
    bank.news(copies=2)
    bank.pay(bill)
    _until(lambda: Event.objects.filter(kind="callback").count() == 1)
    both_checked_at_once(bill)
    assert (state_of(bill), Payment.objects.count(), announced("finance.bill_paid")) == ("paid", 1, 1)
    assert (waiting_checks(), Event.objects.filter(kind="paid").count()) == (1, 1)


def both_checked_at_once(bill) -> None:
    gate = threading.Barrier(2)
    states: list[str] = []

    def check() -> None:
        gate.wait()
        try:
            states.append(actions.check_bill(bill_id=bill.id).state)
        finally:
            connection.close()

    threads = [threading.Thread(target=check) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["paid", "paid"]


def _until(true) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_late_payment_is_recorded_waits_on_the_list_and_can_be_refunded(late_bill, bank, call):
    bill = late_bill
    actions.expire_due_bills()
    bank.pay(bill, late="1")
    assert call(bill).status_code == 200
    checked = actions.check_bill(bill_id=bill.id)
    assert (checked.state, [stray.standing for stray in checked.strays]) == ("expired", ["late"])
    found = reconciliation(timezone.localdate())
    assert [(line.payment, line.bill_number) for line in found.to_refund] == [(checked.strays[0], bill.number)]
    actions.refund(payment_id=checked.strays[0].id, reason="terlambat", by=SYSTEM)
    actions.finish_refund(payment_id=checked.strays[0].id)
    assert bank.status(bill)["state"] == "refunded"
    assert (state_of(bill), announced("finance.bill_refunded")) == ("expired", 0)
    assert reconciliation(timezone.localdate()).to_refund == []


def test_a_payment_after_the_due_time_does_not_pay_a_bill_that_nobody_has_closed_yet(late_bill, bank):
    bank.pay(late_bill, late="1")
    checked = actions.check_bill(bill_id=late_bill.id)
    assert (checked.state, [stray.standing for stray in checked.strays]) == ("expired", ["late"])


def test_money_for_a_cancelled_bill_goes_on_the_list(billed, bank):
    bill = billed()
    bank.pay(bill)
    actions.cancel_bill(bill_id=bill.id, reason="dicabut", by=SYSTEM)
    actions.void_code(bill_id=bill.id)  # the provider refuses: it has been paid
    assert [entry.payment.standing for entry in reconciliation(timezone.localdate()).to_refund] == ["cancelled"]


def test_a_refund_is_said_to_be_done_when_it_is(billed, bank):
    bill = billed()
    bank.pay(bill)
    payment = actions.check_bill(bill_id=bill.id).payment
    bank.turn(down=True)
    assert actions.refund(payment_id=payment.id, reason="izin ditolak", by=SYSTEM).refund == "asked"
    with pytest.raises(ProviderUnavailable):
        actions.finish_refund(payment_id=payment.id)
    assert state_of(bill) == "paid"
    bank.turn(down=False)
    for _ in range(2):
        actions.refund(payment_id=payment.id, reason="izin ditolak", by=SYSTEM)
        actions.finish_refund(payment_id=payment.id)
    assert (state_of(bill), announced("finance.bill_refunded")) == ("refunded", 1)
    assert Event.objects.filter(kind="refund-asked").count() == 1


def test_a_refund_needs_a_reason(billed, bank):
    bill = billed()
    bank.pay(bill)
    payment = actions.check_bill(bill_id=bill.id).payment
    with pytest.raises(InvalidInput):
        actions.refund(payment_id=payment.id, reason=" ", by=SYSTEM)


def test_news_of_a_payment_that_comes_after_its_refund_changes_nothing(billed, bank, call):
    bill = billed()
    bank.pay(bill)
    payment = actions.check_bill(bill_id=bill.id).payment
    actions.refund(payment_id=payment.id, reason="izin ditolak", by=SYSTEM)
    actions.finish_refund(payment_id=payment.id)
    assert call(bill).status_code == 200
    assert actions.check_bill(bill_id=bill.id).state == "refunded"
    assert (Payment.objects.count(), announced("finance.bill_paid")) == (1, 1)


def test_a_paid_bill_cannot_be_cancelled(billed, bank):
    bill = billed()
    bank.pay(bill)
    actions.check_bill(bill_id=bill.id)
    with pytest.raises(Conflict):
        actions.cancel_bill(bill_id=bill.id, reason="x", by=SYSTEM)


def test_a_payment_whose_callback_was_lost_is_found_by_the_settlement_list(billed, bank):
    paid, open_still = billed(), billed()
    bank.pay(paid)
    assert actions.repair(timezone.localdate()) == 1
    assert (state_of(paid), state_of(open_still)) == ("paid", "open")
    assert actions.repair(timezone.localdate()) == 0


@pytest.mark.django_db(transaction=True)
def test_the_round_of_each_minute_repairs_expires_and_bears_a_silent_provider(billed, late_bill, bank):
    lost = billed()
    bank.pay(lost)
    bank.turn(down=True)
    tasks.look_after_bills(timestamp=0)
    assert (state_of(lost), state_of(late_bill)) == ("open", "open")
    bank.turn(down=False)
    tasks.look_after_bills(timestamp=0)
    assert (state_of(lost), state_of(late_bill)) == ("paid", "expired")


def test_reconciliation_names_what_is_missing_here_there_and_different(billed, bank, monkeypatch):
    matched, lost, other = billed(), billed(), billed()
    for bill in (matched, lost, other):
        bank.pay(bill)
    for bill in (matched, other):
        actions.check_bill(bill_id=bill.id)
    ghost = Payment.objects.create(
        bill_id=matched.id, transaction="trx_ghost", amount=5, paid_at=timezone.now(), standing="extra"
    )
    _provider_books_other_amount(bank, other)
    found = reconciliation(timezone.localdate())
    verdicts = {line.transaction: (line.verdict, line.bill_number) for line in found.lines}
    expected = {
        bank.status(matched)["transaction"]["id"]: ("matched", matched.number),
        bank.status(lost)["transaction"]["id"]: ("missing-here", lost.number),
        bank.status(other)["transaction"]["id"]: ("other-amount", other.number),
        ghost.transaction: ("missing-there", matched.number),
    }
    assert expected.items() <= verdicts.items()
    assert not found.is_clean


def _provider_books_other_amount(bank, bill) -> None:
    with sqlite3.connect(bank.folder / "qris.sqlite") as books:
        books.execute("UPDATE charge SET paid_amount = 7 WHERE id = ?", (reference(bill),))
    books.close()
