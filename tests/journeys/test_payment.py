"""A bill is paid: from its address to the receipt, and every way in which the news of it can go wrong."""

import itertools
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app

from satu.finance import actions, qris
from satu.finance.models import Event
from satu.finance.queries import bill_for, reconciliation
from satu.finance.types import BillView, RevenueAccount
from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.types import SYSTEM, Actor
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.kernel.money import Rupiah
from satu.kernel.outbox import deliver, listen
from satu.portal.tests.reading import Reader
from tests.journeys.conftest import Town
from tests.journeys.together import together

SITI, BUDI = Nik("3671014506910003"), Nik("3671010506910004")
pytestmark = pytest.mark.usefixtures("town", "public")
Bill = Callable[..., BillView]
_told: list[str] = []


@listen("finance.bill_paid")
def a_service_that_waits_for_its_fee(payload: Any) -> None:
    _told.append(payload["bill"])


@pytest.fixture
def public(transactional_db: None, live_server: Any, settings: Any, town: Town) -> Iterator[None]:
    """The provider can reach the city."""
    settings.SATU_PUBLIC_URL = live_server.url
    _told.clear()
    yield
    news(town, copies=1, delay_ms=0)


@pytest.fixture
def siti() -> Reader:
    return signed_in(SITI, "Siti Aminah")


def signed_in(nik: Nik, name: str) -> Reader:
    client = Client()
    client.force_login(open_resident_account(nik=nik, name=name, password="x"))
    return Reader(client)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let a worker do the jobs of payments that wait, and end."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)

    def run() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as with_a_worker:
            with_a_worker.run_worker(wait=False, queues=["payments"], install_signal_handlers=False)

    return run


@pytest.fixture
def billed() -> Bill:
    keys = itertools.count(1)

    def bill(minutes: float = 30) -> BillView:
        return actions.bill(
            payer=SITI,
            case_reference="REK-2026-000001",
            amount=Rupiah(1_250_000),
            description=Label("Izin reklame", "Billboard permit"),
            account=RevenueAccount("4.1.01.09.01.0001", "uji"),
            due=timezone.now() + timedelta(minutes=minutes),
            idempotency_key=f"journey:{next(keys)}",
            by=SYSTEM,
        )

    return bill


def page_of(bill: BillView) -> str:
    return f"/bayar/{bill.id}/"


def seen(bill: BillView) -> BillView:
    return bill_for(bill.id, by=Actor("account:1", "resident", "Siti Aminah", nik=SITI))


def pay(bill: BillView, **form: str) -> None:
    """Scan the code and press Pay, at the simulated bank."""
    code = seen(bill).code
    assert code is not None
    answer = httpx.post(f"{code.simulator}/pay", data=form, timeout=10)
    assert answer.status_code == 303, answer.text


def news(town: Town, **knobs: int) -> None:
    url = town._supervisor.urls["qris"]
    httpx.post(f"{url}/_simulated/news", json=knobs, timeout=10).raise_for_status()


def wait_for_news(count: int) -> None:
    end = time.monotonic() + 20
    while Event.objects.filter(kind="callback").count() < count:
        assert time.monotonic() < end, "the provider did not call"
        time.sleep(0.05)


def test_from_the_address_of_a_bill_to_its_receipt(siti: Reader, billed: Bill, work: Callable[[], None]) -> None:
    bill = billed()
    assert "Kode sedang dibuat" in siti.open(page_of(bill)).text
    work()
    page = siti.open(page_of(bill))
    assert "Izin reklame" in page.text
    assert "Rp1.250.000,00" in page.text
    assert "satu juta dua ratus lima puluh ribu rupiah" in page.text
    assert "29 menit lagi" in page.text
    (waiting,) = re.findall(r'data-hx-get="([^"]+)" data-hx-trigger="every 2s"', page.html)
    assert siti.client.get(waiting).status_code == 204
    code = seen(bill).code
    assert code is not None
    assert code.simulator in page.links
    assert qris.read(code.payload).amount == Rupiah(1_250_000)
    pay(bill)
    wait_for_news(1)
    work()
    assert siti.client.get(waiting).status_code == 200
    receipt = siti.open(page_of(bill))
    for shown in ("Lunas", "Siti Aminah", "Rp1.250.000,00", "Terbilang", "4.1.01.09.01.0001", bill.number):
        assert shown in receipt.text
    assert "data-hx-get" not in receipt.html
    assert deliver() == 1
    assert _told == [str(bill.id)]
    assert reconciliation(timezone.localdate()).count("missing-here") == 0


def test_the_receipt_is_in_english_for_whom_wants_it(siti: Reader, billed: Bill, work: Callable[[], None]) -> None:
    bill = billed()
    work()
    pay(bill)
    actions.check_bill(bill_id=bill.id)
    siti.client.cookies["language"] = "en"
    receipt = siti.open(page_of(bill))
    assert "Billboard permit" in receipt.text
    assert "one million, two hundred and fifty thousand rupiah" in receipt.text


def test_nobody_else_sees_a_bill_or_can_have_it_checked(billed: Bill, work: Callable[[], None]) -> None:
    bill = billed()
    work()
    budi = signed_in(BUDI, "Budi Santoso")
    officer = Client()
    officer.force_login(
        open_officer_account(login="l", name="Rina", password="x", agency="kelurahan", duties=["treasurer"])
    )
    for path in (page_of(bill), f"{page_of(bill)}perkembangan/"):
        assert budi.open(path).status == 404
        assert officer.get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert budi.client.post(f"{page_of(bill)}periksa/").status_code == 404


def test_a_lost_callback_is_made_up_for_by_a_press_or_by_the_next_round(
    siti: Reader, billed: Bill, work: Callable[[], None], town: Town
) -> None:
    pressed, waited = billed(), billed()
    work()
    news(town, copies=0)
    pay(pressed)
    pay(waited)
    assert "Menunggu pembayaran" in siti.open(page_of(pressed)).text
    assert "Lunas" in siti.send("/periksa/").text
    assert actions.repair(timezone.localdate()) == 1
    assert "Lunas" in siti.open(page_of(waited)).text


def test_a_doubled_callback_gives_one_payment(
    siti: Reader, billed: Bill, work: Callable[[], None], town: Town
) -> None:
    bill = billed()
    work()
    news(town, copies=3)
    pay(bill)
    wait_for_news(1)
    work()
    deliver()
    assert (len(seen(bill).payments), _told) == (1, [str(bill.id)])


def test_a_late_payment_is_said_to_be_hers_and_comes_back(
    siti: Reader, billed: Bill, work: Callable[[], None]
) -> None:
    bill = billed(minutes=0.02)
    work()
    time.sleep(1.3)
    assert "Waktu tagihan ini sudah habis" in siti.open(page_of(bill)).text
    actions.expire_due_bills()
    pay(bill, late="1")
    wait_for_news(1)
    work()
    page = siti.open(page_of(bill))
    assert "sudah kedaluwarsa" in page.text
    assert "akan dikembalikan kepada Anda" in page.text
    (waiting,) = reconciliation(timezone.localdate()).to_refund
    actions.refund(payment_id=waiting.payment.id, reason="terlambat", by=SYSTEM)
    work()
    assert "Rp1.250.000,00 telah dikembalikan kepada Anda" in siti.open(page_of(bill)).text


def test_another_amount_does_not_pay_and_she_is_told(siti: Reader, billed: Bill, work: Callable[[], None]) -> None:
    bill = billed()
    work()
    pay(bill, amount="250000")
    wait_for_news(1)
    work()
    page = siti.open(page_of(bill))
    assert "Rp250.000,00 masuk, tetapi jumlahnya tidak sama" in page.text
    assert "Rp1.250.000,00 masih terutang" in page.text
    assert "Kode QRIS" not in page.html


def test_news_that_comes_after_the_refund_changes_nothing(
    siti: Reader, billed: Bill, work: Callable[[], None], town: Town
) -> None:
    bill = billed()
    work()
    news(town, copies=1, delay_ms=1500)
    pay(bill)
    payment = actions.check_bill(bill_id=bill.id).payment
    assert payment is not None
    actions.refund(payment_id=payment.id, reason="izin ditolak", by=SYSTEM)
    work()
    wait_for_news(1)
    work()
    assert seen(bill).state == "refunded"
    assert "Dikembalikan" in siti.open(page_of(bill)).text


def test_a_silent_provider_holds_up_the_code_and_nothing_else(
    siti: Reader, billed: Bill, work: Callable[[], None], town: Town
) -> None:
    town.turn("qris", down=True)
    bill = billed()
    work()
    page = siti.open(page_of(bill))
    assert "Kode sedang dibuat" in page.text
    town.mend()
    time.sleep(1.1)
    work()
    assert seen(bill).code is not None
    town.turn("qris", down=True)
    assert siti.open(page_of(bill)).send("/periksa/").status == 503
    assert "Penyedia pembayaran sedang tidak menjawab" in siti.text


def test_pressing_many_times_while_the_news_comes_twice_is_one_payment(
    siti: Reader, billed: Bill, work: Callable[[], None], town: Town
) -> None:
    bill = billed()
    work()
    news(town, copies=2)
    pay(bill)
    windows = [signed_in(SITI, "Siti Aminah").client for _ in range(4)]
    pressed = together(*[lambda one=one: one.post(f"{page_of(bill)}periksa/").status_code for one in windows])
    assert set(pressed) == {302}
    wait_for_news(1)
    work()
    deliver()
    assert (len(seen(bill).payments), _told) == (1, [str(bill.id)])
    assert Event.objects.filter(bill_id=bill.id, kind="paid").count() == 1


def test_news_for_a_bill_that_was_cancelled_pays_nothing_and_the_money_comes_back(
    siti: Reader, billed: Bill, work: Callable[[], None], town: Town
) -> None:
    """She paid in the moment in which the bill was taken back: the bank knew nothing of that yet."""
    bill = billed()
    work()
    news(town, copies=2)
    code = seen(bill).code
    assert code is not None
    actions.cancel_bill(bill_id=bill.id, reason="permohonan dicabut", by=SYSTEM)
    assert httpx.post(f"{code.simulator}/pay", timeout=10).status_code == 303
    wait_for_news(1)
    work()
    deliver()
    assert _told == []
    assert [(payment.standing, payment.refund) for payment in seen(bill).payments] == [("cancelled", "none")]
    page = siti.open(page_of(bill))
    assert "akan dikembalikan kepada Anda" in page.text
    assert "uang akan dikembalikan" in siti.open("/tagihan/").text
    (waiting,) = reconciliation(timezone.localdate()).to_refund
    actions.refund(payment_id=waiting.payment.id, reason="tagihan dibatalkan", by=SYSTEM)
    work()
    assert [payment.refund for payment in seen(bill).payments] == ["done"]
    assert "uang sudah dikembalikan" in siti.open("/tagihan/").text
