"""One system down and two slow: the pages come in time, say who is silent, and nothing that was owed is forgotten."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from satu.hub import asking
from satu.hub.catalogue import the_catalogue
from satu.hub.ledger.queries import accesses_about
from satu.hub.tests.register import SITI_NIK, register_sitis_family
from satu.hub.types import Subject
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.identifiers import Nik
from satu.portal.tests.reading import Reader
from satu.services import actions
from satu.services.models import Case, CaseEvent, PendingFact
from tests.journeys.conftest import Town

pytestmark = [pytest.mark.django_db(transaction=True)]
SITI = Nik(SITI_NIK)
GRACE = 2.0  # seconds that a loaded machine may need beside the deadline


@pytest.fixture
def siti(transactional_db: None) -> Reader:
    register_sitis_family()
    client = Client()
    client.force_login(open_resident_account(nik=SITI, name="Siti Aminah", password="x"))
    return Reader(client)


@pytest.fixture
def rina(siti: Reader) -> Reader:
    client = Client()
    client.force_login(
        open_officer_account(
            login="rina", name="Rina Marlina", password="x", agency="kelurahan", duties=["front-office"]
        )
    )
    return Reader(client)


@pytest.fixture
def bad_day(town: Town) -> Town:
    """Property tax is down; welfare and health insurance answer after twenty seconds."""
    town.turn("pbb", down=True)
    town.turn("dtsen", latency=20_000)
    town.turn("bpjs", latency=20_000)
    return town


def longest_deadline() -> float:
    return max(system.deadline for system in the_catalogue().systems.values())


def timed(step: Callable[[], Any]) -> float:
    began = time.monotonic()
    step()
    return time.monotonic() - began


def test_everything_about_her_comes_in_time_and_says_who_is_silent(siti: Reader, bad_day: Town) -> None:
    siti.open("/")  # what a process reads once has been read
    assert timed(lambda: siti.open("/data-saya/")) < longest_deadline() + GRACE
    assert siti.status == 200
    assert siti.text.count("Sistem ini sedang tidak menjawab.") == 3
    assert "Jl. Melati No. 5" in siti.text
    newest = accesses_about(Subject.person(SITI), limit=1)[0]
    outcomes = {fact.fact: fact.outcome for fact in newest.facts}
    assert (outcomes["person.name"], outcomes["person.welfare_decile"]) == ("found", "unavailable")


def test_a_request_goes_from_tap_to_letter_and_what_is_owed_comes_later(
    siti: Reader, rina: Reader, bad_day: Town, work: Callable[..., None]
) -> None:
    began = timed(lambda: siti.open("/layanan/sktm/").send("/ajukan/").send("/ajukan/", about="self"))
    assert began < longest_deadline() + GRACE
    assert siti.text.count("sedang tidak menjawab") == 3  # and beside the one that she may state herself
    assert siti.text.count("Anda dapat melanjutkan. Data ini kami ambil begitu sistemnya pulih.") == 2
    assert timed(lambda: siti.send("/kirim/", purpose="beasiswa")) < longest_deadline() + GRACE
    case = Case.objects.get()
    owed = {"person.is_in_lowest_four_deciles", "person.has_property_tax_arrears"}
    assert set(PendingFact.objects.filter(settled_at=None).values_list("fact", flat=True)) == owed

    page = rina.open("/desk/tugas/").open(f"/desk/tugas/{case.tasks.get().pk}/")
    assert page.text.count("belum diketahui: sistemnya tidak menjawab") == 2
    assert "Aturan menyerahkannya kepada Anda" in page.text
    page.send("/putuskan/", decision="approve", reason="")
    work()
    assert "Surat Anda sudah jadi" in siti.open(siti.path).text
    assert actions.reconcile_pending() == 0  # still silent: still owed
    assert PendingFact.objects.filter(settled_at=None).count() == 2

    bad_day.mend()
    asking.stop()  # the hub leaves a silent system in peace for a while; that while goes by
    assert actions.reconcile_pending() == 2
    assert actions.reconcile_pending() == 0
    arrived = CaseEvent.objects.filter(case=case, kind="fact_arrived")
    assert {event.detail["fact"] for event in arrived} == owed
    assert siti.open(siti.path).text.count("sudah kami terima") == 2
    case.refresh_from_db()
    assert case.state == "issued"


def test_the_slow_ones_hold_up_nobody_who_does_not_need_them(siti: Reader, bad_day: Town) -> None:
    """Domisili asks the register and property tax: the two slow systems are not waited for."""
    assert timed(lambda: siti.open("/layanan/domisili/").send("/ajukan/", about="self")) < GRACE + 1
    assert timed(lambda: siti.send("/kirim/", purpose="melamar kerja")) < GRACE + 1
    assert Case.objects.get().state == "submitted"


def test_the_desk_shows_each_panel_by_itself(siti: Reader, rina: Reader, bad_day: Town) -> None:
    from satu.hub.actions import open_inquiry
    from satu.identity.models import Account

    officer = Account.objects.get(login="rina").actor
    inquiry = open_inquiry(reason="counter-service", subject=Subject.person(SITI), note="Loket 2.", by=officer)
    assert timed(lambda: rina.open(f"/desk/orang/{inquiry.reference}/siak/")) < GRACE
    assert "Jl. Melati No. 5" in rina.text
    assert timed(lambda: rina.open(f"/desk/orang/{inquiry.reference}/?lengkap")) < longest_deadline() * 3 + GRACE
    assert rina.status == 200
    assert "Jl. Melati No. 5" in rina.text
