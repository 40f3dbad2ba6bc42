"""Bills and their codes: what may be asked for, what the database keeps, and what no mistake can change."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from satu.finance import actions, qris
from satu.finance.models import Bill, Charge, Event, Payment
from satu.finance.ports.port import ProviderUnavailable
from satu.finance.queries import bill_for, bills_of_case
from satu.finance.tests.conftest import SITI, state_of, wanted
from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.kernel.money import Rupiah

pytestmark = pytest.mark.django_db
RESIDENT = Actor("account:1", "resident", "Siti Aminah", nik=SITI)
NEIGHBOUR = Actor("account:2", "resident", "Budi", nik=Nik("3671010506910004"))
CLERK = Actor("account:3", "officer", "Rina", agency="kelurahan", duties=frozenset({"front-office"}))
TREASURER = Actor("account:4", "officer", "Yanti", agency="bapenda", duties=frozenset({"treasurer"}))


def test_the_same_key_gives_the_same_bill():
    one = actions.bill(**wanted("k", due=(due := timezone.now() + timedelta(hours=1))))
    assert actions.bill(**wanted("k", due=due)) == one
    assert (Bill.objects.count(), Event.objects.filter(kind="billed").count()) == (1, 1)


def test_the_same_key_with_another_amount_is_refused():
    actions.bill(**wanted("k", due=(due := timezone.now() + timedelta(hours=1))))
    with pytest.raises(Conflict):
        actions.bill(**wanted("k", due=due, amount=Rupiah(1)))


@pytest.mark.django_db(transaction=True)
def test_billing_twice_at_once_bills_once():
    due = timezone.now() + timedelta(hours=1)
    made: list[object] = []
    gate = threading.Barrier(2)

    def ask() -> None:
        gate.wait()
        made.append(actions.bill(**wanted("k", due=due)).id)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len(set(made)) == Bill.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"amount": Rupiah(0)}, {"amount": Rupiah(-5)}, {"due": timezone.now()}])
def test_a_bill_for_nothing_or_for_yesterday_is_refused(wrong):
    with pytest.raises(InvalidInput):
        actions.bill(**wanted("k", **wrong))


@pytest.mark.parametrize("somebody", [RESIDENT, CLERK])
def test_only_a_treasurer_and_services_bill_cancel_and_refund(somebody):
    with pytest.raises(NotAllowed):
        actions.bill(**wanted("k", by=somebody))
    bill = actions.bill(**wanted("k", by=TREASURER))
    with pytest.raises(NotAllowed):
        actions.cancel_bill(bill_id=bill.id, reason="x", by=somebody)
    with pytest.raises(NotAllowed):
        actions.refund(payment_id=bill.id, reason="x", by=somebody)


def test_a_bill_is_seen_by_whom_it_is_for_and_by_treasurers():
    bill = actions.bill(**wanted("k"))
    assert bill_for(bill.id, by=RESIDENT) == bill_for(bill.id, by=TREASURER) == bill
    assert bills_of_case("REK-2026-000001") == [bill]
    for somebody in (NEIGHBOUR, CLERK):
        with pytest.raises(Missing):
            bill_for(bill.id, by=somebody)


def test_the_code_asks_for_exactly_what_the_bill_says(billed, bank):
    bill = billed()
    code = qris.read(bill.code.payload)
    assert (code.amount, code.currency, code.country) == (bill.amount, "360", "ID")
    assert (code.bill_number, code.merchant_id) == (bill.number, bank.known["QRIS_MERCHANT_ID"])
    assert code.single_use


def test_a_code_is_made_once(billed, bank):
    bill = billed()
    assert actions.make_code(bill_id=bill.id) == bill
    assert Charge.objects.count() == Event.objects.filter(kind="code-made").count() == 1


def test_a_code_for_another_merchant_is_shown_to_nobody(bank, monkeypatch):
    monkeypatch.setenv("SATU_QRIS_MERCHANT_ID", "ID1000000000001")
    bill = actions.bill(**wanted("k"))
    with pytest.raises(Exception, match="merchant"):
        actions.make_code(bill_id=bill.id)
    assert Charge.objects.count() == 0
    assert Event.objects.get(kind="code-refused").detail == {"why": "it does not fit the bill in: merchant"}


@pytest.mark.parametrize("trouble", [{"down": True}, {"errors": 1}])
def test_a_provider_that_is_away_does_not_hold_up_billing(bank, trouble):
    bank.turn(**trouble)
    bill = actions.bill(**wanted("k"))
    with pytest.raises(ProviderUnavailable):
        actions.make_code(bill_id=bill.id)
    bank.mend()
    assert actions.make_code(bill_id=bill.id).code


def test_a_bill_whose_time_is_over_expires_after_a_last_look(billed, late_bill):
    in_time = billed()
    assert actions.expire_due_bills() == 1
    assert (state_of(late_bill), state_of(in_time)) == ("expired", "open")


def test_a_payment_just_in_time_is_found_by_the_last_look(billed, bank):
    bill = billed(due=timezone.now() + timedelta(seconds=4))
    bank.pay(bill)
    time.sleep(max(0.0, (bill.due - timezone.now()).total_seconds()) + 0.01)
    actions.expire_due_bills()
    assert state_of(bill) == "paid"


def test_a_bill_is_not_expired_while_nobody_can_say_whether_it_was_paid(late_bill, bank):
    bank.turn(down=True)
    with pytest.raises(ProviderUnavailable):
        actions.expire_due_bills()
    assert state_of(late_bill) == "open"


def test_a_cancelled_bill_has_no_code_that_can_be_paid(billed, bank):
    bill = billed()
    assert actions.cancel_bill(bill_id=bill.id, reason="dicabut", by=TREASURER).state == "cancelled"
    actions.void_code(bill_id=bill.id)
    assert bank.status(bill)["state"] == "void"
    assert actions.cancel_bill(bill_id=bill.id, reason="lagi", by=TREASURER).state == "cancelled"
    assert Event.objects.filter(kind="cancelled").count() == 1


FORBIDDEN = [
    "UPDATE finance_bill SET state = 'paid'",
    "UPDATE finance_bill SET state = 'refunded'",
    "UPDATE finance_bill SET amount = 1",
    "UPDATE finance_bill SET payer_nik = '3671010506910004'",
    "DELETE FROM finance_bill",
    "UPDATE finance_charge SET payload = 'x'",
    "DELETE FROM finance_event",
    "UPDATE finance_event SET by = 'x'",
]
FORBIDDEN_ONCE_PAID = [
    "UPDATE finance_bill SET state = 'open'",
    "UPDATE finance_bill SET state = 'expired'",
    "UPDATE finance_bill SET state = 'refunded'",
    "UPDATE finance_payment SET amount = amount - 1",
    "UPDATE finance_payment SET standing = 'late'",
    "UPDATE finance_payment SET refunded_at = now(), refund_reference = 'x'",
    "DELETE FROM finance_payment",
    """INSERT INTO finance_payment SELECT gen_random_uuid(), 'other', amount, paid_at, recorded_at, standing,
    refund_asked_at, refund_asked_by, refund_reason, refund_reference, refunded_at, bill_id FROM finance_payment""",
]


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_itself_keeps_a_bill(billed, statement):
    billed()
    refused(statement)


@pytest.mark.parametrize("statement", FORBIDDEN_ONCE_PAID)
def test_the_database_itself_keeps_a_payment(billed, bank, statement):
    bill = billed()
    bank.pay(bill)
    assert actions.check_bill(bill_id=bill.id).state == "paid"
    refused(statement)
    assert Payment.objects.count() == 1
