"""*Tagihan saya*: what she has to pay and has paid, and the bill of a request on the request's own page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from satu.finance import actions
from satu.finance.types import BillView, RevenueAccount
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.kernel.money import Rupiah
from satu.services.queries import cases_of

pytestmark = pytest.mark.django_db(transaction=True)


def billed(payer: Nik, *, reference: str = "REK-2026-000001", key: str = "one") -> BillView:
    return actions.bill(
        payer=payer,
        case_reference=reference,
        amount=Rupiah(250_000),
        description=Label("Pajak reklame", "Billboard tax"),
        account=RevenueAccount("4.1.01.09.01.0001", "uji"),
        due=timezone.now() + timedelta(hours=3),
        idempotency_key=key,
        by=SYSTEM,
    )


def test_who_has_no_bill_is_told_so(reader):
    assert "Anda tidak punya tagihan" in reader.open("/tagihan/").text


def test_her_bills_stand_by_what_is_to_be_done_and_nobody_elses_among_them(reader, siti):
    mine = billed(siti.actor.nik)
    taken_back = billed(siti.actor.nik, key="two")
    actions.cancel_bill(bill_id=taken_back.id, reason="keliru", by=SYSTEM)
    other = billed(Nik("3671010506910004"), key="three")
    page = reader.open("/tagihan/")
    assert {f"/bayar/{mine.id}/", f"/bayar/{taken_back.id}/"} <= set(page.links)
    assert f"/bayar/{other.id}/" not in page.links
    assert page.text.index("Perlu dibayar") < page.text.index("Pajak reklame, Rp250.000,00")
    assert page.text.index("Sudah dibayar dan ditutup") < page.text.index("dibatalkan")


def test_who_says_she_has_paid_is_told_that_nothing_has_arrived(reader, siti):
    page = reader.open(f"/bayar/{billed(siti.actor.nik).id}/")
    assert "belum masuk" not in page.text
    assert "pembayaran Anda belum masuk" in page.send("/periksa/").text


def test_the_page_of_a_request_links_its_bill(reader, siti):
    receipt = reader.open("/").send("/layanan/domisili/ajukan/").send("/kirim/", purpose="melamar kerja")
    assert "/bayar/" not in receipt.html
    bill = billed(siti.actor.nik, reference=cases_of(siti.actor)[0].number)
    assert f"/bayar/{bill.id}/" in reader.open(receipt.path).links
