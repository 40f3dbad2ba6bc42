"""Double clicks and races on the pages: every press of a citizen and of officers, several times at the same moment.

The pages are pressed, not the actions: what a second click meets is the whole way from the address to the database.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from satu.documents.models import Document
from satu.hub.tests.register import SITI_NIK, register_sitis_family
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.identifiers import Nik
from satu.messaging.models import Notice
from satu.services.models import Case, CaseEvent, Resubmission, Snapshot, Task, TaskDecision
from tests.journeys.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("town")]
CLICKS = 4
SENTENCE = "Tuliskan untuk anak yang mana surat ini."
Press = Callable[..., list[Any]]


@pytest.fixture
def siti(transactional_db: None) -> Any:
    register_sitis_family()
    return open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x")


@pytest.fixture
def rina(siti: Any) -> Any:
    return open_officer_account(
        login="rina", name="Rina Marlina", password="x", agency="kelurahan", duties=["front-office"]
    )


@pytest.fixture
def dedi(siti: Any) -> Any:
    return open_officer_account(
        login="dedi", name="Dedi Kurnia", password="x", agency="kelurahan", duties=["front-office"]
    )


def window(account: Any) -> Client:
    client = Client()
    client.force_login(account)
    return client


def click(account: Any, path: str, form: dict[str, str] | None = None, *, times: int = CLICKS) -> list[int]:
    """Press the same button in ``times`` windows at the same moment; the statuses that came back."""
    windows = [window(account) for _ in range(times)]
    answers = together(*[lambda one=one: one.post(path, form or {}).status_code for one in windows])
    assert all(isinstance(answer, int) for answer in answers), answers
    return answers


def kinds(case: Case) -> Counter[str]:
    return Counter(CaseEvent.objects.filter(case=case).values_list("kind", flat=True))


def sktm(siti: Any) -> Case:
    window(siti).post("/layanan/sktm/ajukan/", {"about": "self"})
    case = Case.objects.get(state="draft")
    window(siti).post(f"/permohonan/{case.pk}/kirim/", {"purpose": "beasiswa"})
    return Case.objects.get(pk=case.pk)


def test_begin(siti: Any) -> None:
    assert set(click(siti, "/layanan/domisili/ajukan/")) == {302}
    assert kinds(Case.objects.get()) == {"begun": 1}


def test_submit(siti: Any, work: Callable[..., None]) -> None:
    window(siti).post("/layanan/domisili/ajukan/")
    case = Case.objects.get()
    assert set(click(siti, f"/permohonan/{case.pk}/kirim/", {"purpose": "melamar kerja"})) == {302}
    assert Snapshot.objects.count() == 1
    work()
    assert kinds(case) == {"begun": 1, "submitted": 1, "decided": 1, "issued": 1, "told": 1}
    assert (Document.objects.count(), Notice.objects.count()) == (1, 1)


def test_decide(siti: Any, rina: Any, work: Callable[..., None]) -> None:
    case = sktm(siti)
    task = Task.objects.get()
    answers = click(rina, f"/desk/tugas/{task.pk}/putuskan/", {"decision": "approve", "reason": ""})
    assert set(answers) == {302}
    assert TaskDecision.objects.count() == 1
    work()
    assert (kinds(case)["approved"], kinds(case)["issued"], Document.objects.count()) == (1, 1, 1)


def test_resubmit(siti: Any, rina: Any) -> None:
    case = sktm(siti)
    task = Task.objects.get()
    window(rina).post(f"/desk/tugas/{task.pk}/putuskan/", {"decision": "correction", "reason": SENTENCE})
    assert set(click(siti, f"/permohonan/{case.pk}/kirim-lagi/", {"purpose": "beasiswa anak kedua"})) == {302}
    assert (Resubmission.objects.count(), Task.objects.filter(state="open").count()) == (1, 1)
    assert kinds(case)["resubmitted"] == 1


def test_withdraw(siti: Any) -> None:
    case = sktm(siti)
    assert set(click(siti, f"/permohonan/{case.pk}/batal/")) == {302}
    assert kinds(case)["withdrawn"] == 1
    assert Task.objects.get().state == "cancelled"


def test_wrong_fact(siti: Any) -> None:
    window(siti).post("/layanan/domisili/ajukan/")
    case = Case.objects.get()
    note = {"note": "Seharusnya Nomor 7"}
    assert set(click(siti, f"/permohonan/{case.pk}/salah/person.address/", note)) == {302}
    assert kinds(case)["reported_wrong"] == 1


def test_two_officers_decide_otherwise_and_the_slower_one_reads_who_was_faster(
    siti: Any, rina: Any, dedi: Any, work: Callable[..., None]
) -> None:
    case = sktm(siti)
    path = f"/desk/tugas/{Task.objects.get().pk}/putuskan/"
    reason = "Keluarga ini tidak tergolong tidak mampu."
    first, second = together(
        lambda: window(rina).post(path, {"decision": "approve", "reason": ""}),
        lambda: window(dedi).post(path, {"decision": "refuse", "reason": reason}),
    )
    assert sorted([first.status_code, second.status_code]) == [302, 409]
    made = TaskDecision.objects.get()
    slower = first if first.status_code == 409 else second
    assert f"{made.by_name} sudah memutuskan ini." in slower.content.decode()
    work()
    case.refresh_from_db()
    assert case.state == ("issued" if made.decision == "approve" else "refused")
    assert kinds(case)["issued"] + kinds(case)["refused"] == 1


def test_she_takes_it_back_while_the_officer_decides_and_one_of_them_wins(
    siti: Any, rina: Any, work: Callable[..., None]
) -> None:
    for _ in range(3):
        case = sktm(siti)
        task = Task.objects.get(case=case)
        taken_back, decided = together(
            lambda case=case: window(siti).post(f"/permohonan/{case.pk}/batal/").status_code,
            lambda task=task: (
                window(rina).post(f"/desk/tugas/{task.pk}/putuskan/", {"decision": "approve"}).status_code
            ),
        )
        work()
        case.refresh_from_db()
        task.refresh_from_db()
        if case.state == "issued":
            assert (taken_back, decided, task.state) == (409, 302, "decided")
        else:
            # Decided, and taken back before the letter was made: that is hers to do.
            assert (case.state, taken_back) == ("withdrawn", 302)
            assert (decided, task.state) in {(302, "decided"), (409, "cancelled")}
            assert not Document.objects.filter(case_reference=case.number).exists()


def test_she_sends_again_and_takes_it_back_at_once(siti: Any, rina: Any) -> None:
    case = sktm(siti)
    task = Task.objects.get()
    window(rina).post(f"/desk/tugas/{task.pk}/putuskan/", {"decision": "correction", "reason": SENTENCE})
    answers = together(
        lambda: window(siti).post(f"/permohonan/{case.pk}/kirim-lagi/", {"purpose": "beasiswa"}).status_code,
        lambda: window(siti).post(f"/permohonan/{case.pk}/batal/").status_code,
    )
    assert set(answers) <= {302, 409}
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert not Task.objects.filter(state="open").exists()
