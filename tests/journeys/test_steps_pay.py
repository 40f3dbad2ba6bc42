"""A request that waits for its fee: billed once, paid, lapsed, asked for anew, taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from satu.finance import actions as finance
from satu.finance import events
from satu.finance.models import Bill
from satu.finance.ports.port import ProviderUnavailable
from satu.finance.queries import bills_of_case
from satu.finance.types import BillView
from satu.identity.actions import open_resident_account
from satu.identity.types import SYSTEM, Actor
from satu.kernel.errors import Conflict, Missing
from satu.kernel.outbox import announce, deliver
from satu.messaging.queries import inbox_of
from satu.portal.tests.reading import Reader
from satu.services import actions, queries
from satu.services.models import Case, Task
from satu.services.types import CaseView
from tests.journeys import residents
from tests.journeys.changed_city import Change, task
from tests.journeys.conftest import Town
from tests.journeys.test_sktm import DEDI, RINA, SENTENCE, submitted
from tests.journeys.test_steps import END, decide

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[..., None]
PAYS = "  - rule: eligibility\n  - pay: fee\n"
BOOKED = 'payment: {kind: levy, account: "4.1.02.01.01.0001", edition: uji, confirmed: false, within_days: 7}\n'
FREE, COSTS = "rupiah: 0,", "rupiah: 250000,"


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def billed(siti: Actor, work: Work, change: Change) -> CaseView:
    change(steps=PAYS + END, more=BOOKED, old=FREE, new=COSTS)
    case = submitted(siti)
    work()
    return queries.case_for(case.id, by=siti)


def the_bill(case: CaseView) -> BillView:
    return bills_of_case(case.number)[-1]


def pay(bill: BillView, town: object) -> None:
    """Scan the code and press Pay at the simulated bank, and look how it stands; the callback is tested elsewhere."""
    import httpx

    code = finance.make_code(bill_id=bill.id).code
    assert code is not None
    httpx.post(f"{code.simulator}/pay", timeout=10)
    finance.check_bill(bill_id=bill.id)
    deliver()


def lapse(bill: BillView) -> None:
    with time_machine.travel(bill.due + timedelta(minutes=1)):
        finance.check_bill(bill_id=bill.id)
        deliver()


def test_a_fee_is_billed_once_and_the_request_goes_on_when_it_is_paid(
    siti: Actor, billed: CaseView, work: Work, town: object
) -> None:
    work()
    actions.advance_case(case_id=billed.id)
    (bill,) = bills_of_case(billed.number)
    assert (int(bill.amount), bill.account.code, bill.state) == (250_000, "4.1.02.01.01.0001", "open")
    assert timezone.localdate(bill.due) == timezone.localdate() + timedelta(days=7)
    assert billed.payment is not None
    assert (billed.payment.bill_id, billed.payment.lapsed, billed.is_moving) == (bill.id, False, False)
    assert str(billed.state_label) == str(queries.cases_of(siti)[0].state_label) == "Menunggu pembayaran Anda"
    assert [(step.kind, step.state) for step in billed.timeline][-2:] == [("paid", "now"), ("issued", "next")]

    pay(bill, town)
    deliver()
    work()
    done = queries.case_for(billed.id, by=siti)
    assert (done.state, done.payment) == ("issued", None)
    assert [step.kind for step in done.timeline] == [
        *["begun", "submitted", "decided", "billed", "paid", "issued", "told"]
    ]


def test_news_of_a_payment_that_comes_twice_changes_nothing(
    siti: Actor, billed: CaseView, work: Work, town: object
) -> None:
    from django.db import transaction

    bill = the_bill(billed)
    pay(bill, town)
    for _again in range(2):
        with transaction.atomic():
            announce(events.BILL_PAID, {"bill": str(bill.id), "case_reference": billed.number})
        deliver()
        work()
    kinds = [event.kind for event in Case.objects.get().events.all()]
    assert (kinds.count("paid"), kinds.count("issued")) == (1, 1)


def test_nothing_to_pay_and_it_goes_on(siti: Actor, work: Work, change: Change) -> None:
    change(steps=PAYS + END, more=BOOKED)
    case = submitted(siti)
    work()
    assert queries.case_for(case.id, by=siti).state == "issued"
    assert not Bill.objects.exists()


def test_a_bill_that_lapsed_is_told_and_a_new_one_can_be_asked_for(
    siti: Actor, billed: CaseView, work: Work, town: object
) -> None:
    lapse(the_bill(billed))
    deliver()
    work()
    waiting = queries.case_for(billed.id, by=siti)
    assert waiting.payment is not None
    assert waiting.payment.lapsed
    assert len(bills_of_case(billed.number)) == 1  # nobody is billed anew unasked
    assert [step.kind for step in waiting.timeline].count("lapsed") == 1
    for _twice in range(2):
        again = actions.ask_for_new_bill(case_id=billed.id, by=siti)
    assert again.payment is not None
    assert not again.payment.lapsed
    assert len(bills_of_case(billed.number)) == 2
    pay(the_bill(billed), town)
    work()
    assert queries.case_for(billed.id, by=siti).state == "issued"


def test_a_bill_that_a_treasurer_cancelled_can_be_asked_for_anew_and_only_by_her(
    siti: Actor, billed: CaseView
) -> None:
    finance.cancel_bill(bill_id=the_bill(billed).id, reason="salah tagih", by=SYSTEM)
    with pytest.raises(Missing):
        actions.ask_for_new_bill(case_id=billed.id, by=residents.resident(name="Dewi Lestari"))
    new = actions.ask_for_new_bill(case_id=billed.id, by=siti)
    assert new.payment is not None
    assert not new.payment.lapsed


def test_a_request_that_is_taken_back_can_no_longer_be_paid(siti: Actor, billed: CaseView, work: Work) -> None:
    actions.withdraw_case(case_id=billed.id, by=siti)
    assert the_bill(billed).state == "cancelled"
    with pytest.raises(Conflict):
        actions.ask_for_new_bill(case_id=billed.id, by=siti)
    work()
    assert queries.case_for(billed.id, by=siti).state == "withdrawn"


def test_what_was_paid_stays_paid_when_the_request_is_sent_back(
    siti: Actor,
    work: Work,
    change: Change,
    town: object,
) -> None:
    change(steps=PAYS + task("assess") + END, more=BOOKED, old=FREE, new=COSTS)
    case = submitted(siti)
    work()
    pay(the_bill(queries.case_for(case.id, by=siti)), town)
    work()
    decide("assess", "correction", reason=SENTENCE)
    actions.resubmit_case(case_id=case.id, answers={"purpose": "biaya sekolah"}, by=siti)
    work()
    decide("assess", "approve")
    work()
    assert queries.case_for(case.id, by=siti).state == "issued"
    assert Bill.objects.count() == 1


def test_the_page_leads_to_the_bill_and_to_a_new_one(siti: Actor, billed: CaseView) -> None:
    assert siti.nik is not None
    client = Client()
    client.force_login(open_resident_account(nik=siti.nik, name=siti.name, password="x"))
    reader = Reader(client)
    page = reader.client.get(f"/permohonan/{billed.id}/").content.decode()
    assert f"/bayar/{the_bill(billed).id}/" in page
    assert "Menunggu pembayaran Anda" in page
    lapse(the_bill(billed))
    page = reader.client.get(f"/permohonan/{billed.id}/").content.decode()
    assert "Minta tagihan baru" in page
    answer = reader.client.post(f"/permohonan/{billed.id}/tagihan-baru/")
    assert answer["Location"] == f"/bayar/{the_bill(billed).id}/"
    assert len(bills_of_case(billed.number)) == 2


# ------------------------------------------------------------------------ what was paid, and leads to no letter

SEEN_AFTERWARDS = PAYS + task("assess") + END


@pytest.fixture
def paid(siti: Actor, work: Work, change: Change, town: object) -> CaseView:
    """Paid, and with an officer."""
    change(steps=SEEN_AFTERWARDS, more=BOOKED, old=FREE, new=COSTS)
    case = submitted(siti)
    work()
    pay(the_bill(queries.case_for(case.id, by=siti)), town)
    work()
    return queries.case_for(case.id, by=siti)


def test_taken_back_after_it_was_paid_the_money_goes_back_once_and_whole(
    siti: Actor, paid: CaseView, work: Work, town: Town
) -> None:
    assert siti.nik is not None
    account = open_resident_account(nik=siti.nik, name=siti.name, password="x")
    client = Client()
    client.force_login(account)
    assert paid.gives_back == 250_000
    assert "250.000" in client.get(f"/permohonan/{paid.id}/").content.decode().partition("Batalkan permohonan ini")[2]
    assert client.post(f"/permohonan/{paid.id}/batal/").status_code == 302
    actions.withdraw_case(case_id=paid.id, by=siti)
    (payment,) = the_bill(paid).payments
    assert (the_bill(paid).state, payment.refund) == ("paid", "asked")
    for _twice in range(2):
        work("payments", "cases")
        deliver()
    work("payments", "cases")
    assert the_bill(paid).state == "refunded"
    taken_back = queries.case_for(paid.id, by=siti)
    assert (taken_back.state, taken_back.gives_back) == ("withdrawn", 0)
    kinds = [step.kind for step in taken_back.timeline]
    assert kinds[-3:] == ["withdrawn", "refund_asked", "refunded"]
    assert [str(one.subject) for one in inbox_of(account.actor)].count(
        f"Pembayaran Anda sudah dikembalikan: {paid.number}"
    ) == 1


def test_with_the_bank_away_the_money_goes_back_when_it_answers_again(
    siti: Actor, paid: CaseView, work: Work, town: Town
) -> None:
    town.turn("qris", down=True)
    actions.withdraw_case(case_id=paid.id, by=siti)
    with pytest.raises(ProviderUnavailable):
        finance.finish_refund(payment_id=the_bill(paid).payments[0].id)
    assert the_bill(paid).state == "paid"
    town.turn("qris", down=False)
    finance.finish_refund(payment_id=the_bill(paid).payments[0].id)
    assert the_bill(paid).state == "refunded"


def test_refused_after_payment_and_taken_up_again_it_is_not_billed_twice(
    siti: Actor, paid: CaseView, work: Work
) -> None:
    decide("assess", "refuse", reason=SENTENCE)
    work()
    assert the_bill(paid).state == "paid"
    actions.object_to_refusal(case_id=paid.id, text="Suami saya sudah tidak bekerja.", by=siti)
    (item,) = queries.queue_of(DEDI).items
    actions.decide_task(task_id=item.id, decision="approve", reason="Keadaan memang sudah berubah.", by=DEDI)
    work()
    decide("assess", "approve", DEDI)
    work()
    done = queries.case_for(paid.id, by=siti)
    assert done.state == "issued"
    assert Bill.objects.count() == 1
    assert [step.kind for step in done.timeline].count("paid") == 1


def test_refused_given_back_and_taken_up_again_it_is_billed_anew(
    siti: Actor, paid: CaseView, work: Work, town: Town
) -> None:
    first = Task.objects.get(name="assess").pk
    decide("assess", "refuse", reason=SENTENCE)
    work()
    finance.refund(payment_id=the_bill(paid).payments[0].id, reason="atas permintaan pemohon", by=SYSTEM)
    work("payments")
    actions.reopen_case(task_id=first, reason="Saya keliru membaca data Dinsos.", by=RINA)
    for _twice in range(2):
        work()
        actions.advance_case(case_id=paid.id)
    waiting = queries.case_for(paid.id, by=siti)
    assert waiting.payment is not None
    assert [one.state for one in bills_of_case(paid.number)] == ["refunded", "open"]
    pay(the_bill(paid), town)
    work()
    decide("assess", "approve", DEDI)
    work()
    assert queries.case_for(paid.id, by=siti).state == "issued"
