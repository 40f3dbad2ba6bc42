"""Izin reklame: for a business of her own, from the design to the permit, the site seen and the tax paid and told."""

import base64
import json
import re
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from satu.documents.queries import document_by_code, pdf_for
from satu.documents.verification import verify_pdf
from satu.finance import actions as finance
from satu.finance.queries import bills_of_case
from satu.finance.types import BillView
from satu.hub.ledger.queries import accesses_about
from satu.hub.models import Telling
from satu.hub.telling import send_overdue
from satu.hub.types import Subject
from satu.identity.actions import open_resident_account
from satu.identity.types import Actor
from satu.kernel import outbox
from satu.kernel.errors import Missing
from satu.permits import actions as permits
from satu.permits.models import Licence
from satu.permits.queries import licences_for
from satu.services import actions, queries
from satu.services.types import CaseView, InvalidAnswers, SystemsDown
from tests.journeys import applying, residents
from tests.journeys.conftest import Town
from tests.journeys.workers import wait_until

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[..., None]
AGUS = Actor(
    reference="account:900", kind="officer", name="Agus Wibowo", agency="dpmptsp", duties=frozenset({"licensing"})
)
YUNI = Actor(
    reference="account:901",
    kind="officer",
    name="Yuni Astuti",
    agency="dpmptsp",
    duties=frozenset({"field-inspector"}),
)
HERE = "-6.178060, 106.630000"
_OWNER = """
SELECT nik, nib, nama_usaha FROM pelaku_usaha JOIN usaha USING (id_profil)
WHERE nik <> '' AND status = '{}' AND nik IN (SELECT nik FROM pelaku_usaha GROUP BY nik HAVING count(*) = 1)
ORDER BY nik, nib LIMIT 1
"""


def _picture() -> bytes:
    """A small PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    rows = b"".join(b"\x00" + b"\x10\x80\x40" * 8 for _ in range(8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


DESIGN = _picture()
PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////"
    "////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)


class Business:
    """A business of the town and whose it is."""

    def __init__(self, town: Town, status: str = "Aktif") -> None:
        (row,) = town.rows("oss", _OWNER.format(status))
        self.nib, self.name = str(row["nib"]), str(row["nama_usaha"])
        self.owner = residents.resident(name="Dewi Lestari", nik=row["nik"])


@pytest.fixture
def shop(town: Town) -> Business:
    return Business(town)


def at(line: str = "Jl. Daan Mogot No. 12, di depan toko") -> str:
    return json.dumps({"kelurahan": "Sukarasa", "rt": "3", "rw": "7", "line": line})


def answers(kind: str = "board_8", duration: str = "m3") -> dict[str, str]:
    return {
        "kind": kind,
        "duration": duration,
        "site": at(),
    }


def begun(shop: Business) -> CaseView:
    return applying.begin(service="reklame", by=shop.owner, business=shop.nib)


def sent(shop: Business, **chosen: str) -> CaseView:
    case = begun(shop)
    actions.attach(case_id=case.id, key="design", name="rancangan.png", content=DESIGN, by=shop.owner)
    return applying.send(case_id=case.id, answers=answers(**chosen), by=shop.owner)


def the_task(by: Actor) -> UUID:
    (item,) = queries.queue_of(by).items
    return item.id


def inspected(decision: str = "approve", reason: str = "") -> None:
    task = the_task(YUNI)
    actions.attach_to_task(task_id=task, key="photo", name="lokasi.jpg", content=PHOTO, by=YUNI)
    found = {"position": HERE, "fits": "yes"}
    actions.decide_task(task_id=task, decision=decision, reason=reason, answers=found, by=YUNI)


def decided(decision: str = "approve", reason: str = "") -> None:
    actions.decide_task(task_id=the_task(AGUS), decision=decision, reason=reason, by=AGUS)


def seen(case: CaseView, shop: Business) -> CaseView:
    return queries.case_for(case.id, by=shop.owner)


def the_bill(case: CaseView) -> BillView:
    return bills_of_case(case.number)[-1]


def pay(bill: BillView, times: int = 1) -> None:
    """Scan the code and press Pay at the simulated bank, and look how it stands."""
    code = finance.make_code(bill_id=bill.id).code
    assert code is not None
    for _ in range(times):
        httpx.post(f"{code.simulator}/pay", timeout=10)
    finance.check_bill(bill_id=bill.id)
    outbox.deliver()


def granted(shop: Business, work: Work, **chosen: str) -> CaseView:
    case = sent(shop, **chosen)
    inspected()
    decided()
    work()
    pay(the_bill(case))
    work()
    outbox.deliver()
    work("tellings")
    return seen(case, shop)


# ------------------------------------------------------------------------------------------------ the common path


def test_from_the_design_to_the_permit_with_three_answers_and_one_file(
    town: Town, shop: Business, work: Work
) -> None:
    case = begun(shop)
    assert [question.key for question in case.questions] == ["kind", "site", "duration"]
    shown = {fact.fact: fact.shown for fact in case.facts}
    assert shown["business.name"] == shop.name
    case = sent(shop)
    assert case.state == "submitted"
    assert queries.queue_of(AGUS).items == ()  # nobody decides before the site was seen
    assert queries.task_for(the_task(YUNI), by=YUNI).then == "officer"
    inspected()
    task = actions.open_task(task_id=the_task(AGUS), by=AGUS)
    assert task.then == "payment"
    (visit,) = task.earlier
    assert {one.key: one.shown for one in visit.answers}["position"] == HERE
    decided()
    work()
    waiting = seen(case, shop)
    assert waiting.payment is not None
    # 8 m² for 90 days at Rp12.500, a quarter of it
    assert waiting.payment.amount == 8 * 90 * 12_500 // 4
    assert not Licence.objects.exists()

    bill = the_bill(case)
    assert bill.account.code == "4.1.01.09.01.0001"
    assert bill.description.id.startswith("Pajak: ")
    pay(bill)
    work()
    outbox.deliver()
    work("tellings")
    done = seen(case, shop)
    assert done.state == "issued"
    assert done.document is not None
    assert verify_pdf(pdf_for(done.document.id, by=shop.owner).content).verdict == "genuine"
    (licence,) = licences_for(AGUS, text=shop.nib)
    assert (licence.business, licence.state) == (shop.nib, "active")
    assert "Sukarasa" in licence.place
    assert licence.valid_until == done.document.valid_until
    assert timedelta(days=88) < licence.valid_until - timezone.localdate() < timedelta(days=93)
    (told,) = town.rows("pbb", "SELECT * FROM OBJEK_REKLAME WHERE NIB = ?", shop.nib)
    assert (told["NO_IZIN"], told["NM_USAHA"], told["PAJAK"]) == (licence.number, shop.name, int(bill.amount))
    assert shop.name in town.page("pbb")
    happened = {step.text for step in done.timeline}
    assert {"Pajak sudah dibayar", "Izin dicatat di register", "Bapenda sudah dikabari"} <= happened


def test_the_amount_rests_on_a_dated_table_and_says_that_nobody_has_confirmed_it(shop: Business) -> None:
    from satu.services.fees import fee_for
    from satu.services.packages import the_package

    values = {"answers.kind": "sign_2", "answers.duration": "m12"}
    fee = fee_for(the_package("reklame"), values, on=timezone.localdate())
    assert (fee.amount, fee.row, fee.confirmed) == (2 * 360 * 2_500 // 4, "sign", False)


# ------------------------------------------------------------------------------------------ the site, on a phone


def test_no_decision_without_a_photo_and_a_position(shop: Business) -> None:
    sent(shop)
    task = the_task(YUNI)
    with pytest.raises(InvalidAnswers) as caught:
        actions.decide_task(task_id=task, decision="approve", reason="", answers={"fits": "yes"}, by=YUNI)
    assert set(caught.value.errors) == {"position", "photo"}
    for position in ("di depan toko", "95.0, 106.6", "-6.17"):
        with pytest.raises(InvalidAnswers):
            actions.decide_task(
                task_id=task, decision="approve", reason="", answers={"fits": "yes", "position": position}, by=YUNI
            )
    inspected()
    assert queries.queue_of(YUNI).items == ()


def test_the_inspector_does_not_decide_and_the_officer_does_not_inspect(shop: Business) -> None:
    sent(shop)
    task = the_task(YUNI)
    with pytest.raises(Missing):
        actions.attach_to_task(task_id=task, key="photo", name="lokasi.jpg", content=PHOTO, by=AGUS)
    with pytest.raises(Missing):
        actions.decide_task(task_id=task, decision="approve", reason="", answers={}, by=AGUS)


# ------------------------------------------------------------------------------------------------------ correction


def test_the_inspector_sends_it_back_for_the_right_place(shop: Business, work: Work) -> None:
    case = sent(shop)
    actions.decide_task(
        task_id=the_task(YUNI), decision="correction", reason="Nomor rumahnya tidak ada, tuliskan patokan.", by=YUNI
    )
    assert seen(case, shop).state == "returned"
    better = answers() | {"site": at("Jl. Daan Mogot No. 14")}
    actions.resubmit_case(case_id=case.id, answers=better, by=shop.owner)
    inspected()
    decided()
    work()
    pay(the_bill(case))
    work()
    assert seen(case, shop).state == "issued"
    assert "No. 14" in Licence.objects.get().place


# -------------------------------------------------------------------------------------------------------- refusal


def test_a_business_that_is_frozen_is_refused_by_rule(town: Town, work: Work) -> None:
    shop = Business(town, "Dibekukan")
    case = sent(shop)
    work()
    refused = seen(case, shop)
    assert refused.state == "refused"
    assert refused.decision is not None
    assert (refused.decision.row, refused.decision.automatic) == ("business-not-active", True)


def test_a_site_that_does_not_fit_is_refused_and_nothing_is_billed(shop: Business, work: Work) -> None:
    case = sent(shop)
    inspected("refuse", "Tiangnya berdiri di atas trotoar.")
    work()
    refused = seen(case, shop)
    assert refused.state == "refused"
    assert list(bills_of_case(case.number)) == []
    assert not Licence.objects.exists()


# ------------------------------------------------------------------------------------------------- acting for another


def test_nobody_asks_for_a_business_of_somebody_else(shop: Business) -> None:
    stranger = residents.resident(name="Siti Aminah")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which of the refusals it is, is the register's business
        applying.begin(service="reklame", by=stranger, business=shop.nib)
    assert type(caught.value).__name__ in {"Missing", "NotAllowed", "InvalidInput"}


def test_the_business_reads_in_its_ledger_who_looked(shop: Business, work: Work) -> None:
    granted(shop, work)
    looks = accesses_about(Subject("business", shop.nib), limit=20)
    assert {look.kind for look in looks} >= {"pull", "told"}


# --------------------------------------------------------------------------------------------------------- payment


def test_paid_twice_is_one_permit_and_the_rest_waits_to_go_back(shop: Business, work: Work) -> None:
    case = sent(shop)
    inspected()
    decided()
    work()
    bill = the_bill(case)
    pay(bill, times=2)
    work()
    outbox.deliver()
    work()
    assert seen(case, shop).state == "issued"
    assert Licence.objects.count() == 1


def test_not_paid_in_time_and_paid_on_a_new_bill(shop: Business, work: Work) -> None:
    import time_machine

    case = sent(shop)
    inspected()
    decided()
    work()
    bill = the_bill(case)
    with time_machine.travel(bill.due + timedelta(minutes=1)):
        finance.check_bill(bill_id=bill.id)
        outbox.deliver()
        waiting = seen(case, shop)
        assert waiting.payment is not None
        assert waiting.payment.lapsed
        assert not Licence.objects.exists()
        actions.ask_for_new_bill(case_id=case.id, by=shop.owner)
    assert the_bill(case).id != bill.id
    pay(the_bill(case))
    work()
    assert seen(case, shop).state == "issued"


# ---------------------------------------------------------------------------------------------------------- outage


def test_the_register_of_businesses_is_away_and_the_draft_waits(town: Town, shop: Business, work: Work) -> None:
    case = begun(shop)
    actions.attach(case_id=case.id, key="design", name="rancangan.png", content=DESIGN, by=shop.owner)
    town.turn("oss", down=True)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - that it cannot be looked up is said in two ways
        applying.send(case_id=case.id, answers=answers(), by=shop.owner)
    assert isinstance(caught.value, SystemsDown) or type(caught.value).__name__ == "ActingUnchecked"
    town.turn("oss", down=False)

    def again() -> bool:
        try:
            return applying.send(case_id=case.id, answers=answers(), by=shop.owner).state == "submitted"
        except Exception:  # noqa: BLE001 - the breaker is still open
            return False

    wait_until(again)


def test_the_tax_office_is_away_and_hears_of_it_later(town: Town, shop: Business, work: Work) -> None:
    town.turn("pbb", down=True)
    done = granted(shop, work)
    assert done.state == "issued"  # nobody waits for the tax office
    waiting = Telling.objects.get(news="advertisement-permitted")
    assert waiting.state == "waiting"
    town.turn("pbb", down=False)

    def heard() -> bool:
        Telling.objects.filter(state="waiting").update(due_at=timezone.now() - timedelta(minutes=2), held_until=None)
        send_overdue()
        return bool(Telling.objects.filter(news="advertisement-permitted", state="told").exists())

    wait_until(heard)
    assert len(town.rows("pbb", "SELECT * FROM OBJEK_REKLAME WHERE NIB = ?", shop.nib)) >= 1


# ------------------------------------------------------------------------------------------------------ revocation


def test_a_permit_that_is_revoked_is_seen_so_at_once(shop: Business, work: Work) -> None:
    done = granted(shop, work)
    assert done.document is not None
    reason = "Reklame dipasang di luar lokasi yang diizinkan."
    permits.revoke_licence(licence_id=Licence.objects.get().pk, reason=reason, by=AGUS)
    public: Any = document_by_code(done.document.code)
    assert (public.standing, str(public.revocation_reason)) == ("revoked", reason)


def test_the_price_is_seen_before_anything_is_sent(shop: Business) -> None:
    """Without JavaScript no part of the page is fetched again: then it is asked once more, with the price."""
    assert shop.owner.nik is not None
    account = open_resident_account(nik=shop.owner.nik, name="Dewi Lestari", password="x")
    case = applying.begin(service="reklame", by=account.actor, business=shop.nib)
    actions.attach(case_id=case.id, key="design", name="rancangan.png", content=DESIGN, by=account.actor)
    window = Client()
    window.force_login(account)
    typed = {"asked": "site:address", "kind": "board_8", "duration": "m3", "site-line": "Jl. Daan Mogot No. 12"}
    typed |= {"site-rt": "3", "site-rw": "7", "site-kelurahan": "Sukarasa"}
    first = window.post(f"/permohonan/{case.id}/kirim/", typed | {"price_seen": ""})
    assert first.status_code == 200
    assert "Belum ada yang dikirim" in first.content.decode()
    assert queries.case_for(case.id, by=account.actor).state == "draft"
    (price,) = re.findall(r'name="price_seen"\s+value="(\d+)"', first.content.decode())
    assert f"{int(price):,}".replace(",", ".") in first.content.decode()
    assert window.post(f"/permohonan/{case.id}/kirim/", typed | {"price_seen": price}).status_code == 302
    assert queries.case_for(case.id, by=account.actor).state != "draft"
