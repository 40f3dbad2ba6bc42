"""After a refusal: an objection that another officer decides, and a case that is taken up again."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.messaging.queries import inbox_of
from satu.portal.tests.reading import Reader
from satu.services import actions, queries
from satu.services.conversation.models import Objection, Reopening
from satu.services.models import Case, Task
from satu.services.types import SystemsDown
from tests.journeys import applying, residents
from tests.journeys.test_sktm import DEDI, RINA, STRANGERS, decide, submitted, the_task

pytestmark = pytest.mark.usefixtures("town", "register")
WHY = "Keluarga ini tidak tergolong tidak mampu."
OBJECTION = "Suami saya sudah tidak bekerja sejak bulan lalu."
ANSWER = "Keadaan memang sudah berubah, diperiksa lagi."


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def case(siti: Actor, work) -> UUID:
    """Refused by Rina."""
    sent = submitted(siti)
    decide("refuse", WHY)
    work()
    assert queries.case_for(sent.id, by=siti).state == "refused"
    return sent.id


def objected(case: UUID, siti: Actor) -> UUID:
    actions.object_to_refusal(case_id=case, text=OBJECTION, by=siti)
    return the_task()


def timeline(case: UUID, siti: Actor) -> list[str]:
    return [step.kind for step in queries.case_for(case, by=siti).timeline]


def test_another_officer_grants_it_and_the_case_comes_again_to_a_letter(siti, case, work):
    account = open_resident_account(nik=siti.nik, name=siti.name, password="x")
    view = queries.objection_for(case, by=siti)
    assert (view.may_object, view.confirmed, view.outcome) == (True, False, "")
    task = objected(case, siti)
    (item,) = queries.queue_of(DEDI).items
    assert str(item.label) == "Putuskan keberatan"
    assert queries.objection_for(case, by=siti).outcome == "open"
    opened = actions.open_task(task_id=task, by=DEDI)
    assert str(opened.label) == "Putuskan keberatan"
    actions.decide_task(task_id=task, decision="approve", reason=ANSWER, by=DEDI)
    again = queries.case_for(case, by=siti)
    assert (again.state, again.closed_at) == ("in_process", None)
    assert {"objected", "reopened"} <= set(timeline(case, siti))
    assert any("diperiksa kembali" in str(notice.subject) for notice in inbox_of(account.actor))
    assert queries.objection_for(case, by=siti).outcome == "granted"
    decide("approve")
    work()
    issued = queries.case_for(case, by=siti)
    assert (issued.state, issued.decision.result) == ("issued", "approve")
    assert issued.document is not None


def test_not_granted_it_stays_refused_with_the_first_reason_and_the_second(siti, case):
    task = objected(case, siti)
    actions.decide_task(task_id=task, decision="refuse", reason="Data Dinsos tidak berubah.", by=DEDI)
    view = queries.case_for(case, by=siti)
    assert (view.state, str(view.decision.reason)) == ("refused", WHY)
    assert queries.objection_for(case, by=siti).reason == "Data Dinsos tidak berubah."
    with pytest.raises(Conflict):
        actions.decide_task(task_id=task, decision="approve", reason=ANSWER, by=DEDI)
    assert actions.object_to_refusal(case_id=case, text="Saya tetap keberatan.", by=siti)  # the same one, once
    assert Objection.objects.count() == 1


def test_who_refused_does_not_decide_on_the_objection(siti, case):
    task = objected(case, siti)
    for decision in ("approve", "refuse"):
        with pytest.raises(NotAllowed, match=r"another officer|petugas lain"):
            actions.decide_task(task_id=task, decision=decision, reason=ANSWER, by=RINA)
    assert Task.objects.get(pk=task).state == "open"


@pytest.mark.parametrize("who", STRANGERS)
def test_no_officer_outside_decides_or_reopens(siti, case, who):
    first = Task.objects.get(name="assess").pk
    task = objected(case, siti)
    stranger = STRANGERS[who]
    for tried in (
        lambda: actions.decide_task(task_id=task, decision="approve", reason=ANSWER, by=stranger),
        lambda: actions.reopen_case(task_id=first, reason=ANSWER, by=stranger),
        lambda: queries.objection_of_task(task, by=stranger),
    ):
        with pytest.raises(Missing):
            tried()


def test_nobody_else_objects_and_only_to_a_refusal(siti, case):
    with pytest.raises(Missing):
        actions.object_to_refusal(case_id=case, text=OBJECTION, by=residents.resident(name="Orang Lain"))
    with pytest.raises(InvalidInput):
        actions.object_to_refusal(case_id=case, text="tidak", by=siti)
    draft = applying.begin(service="domisili", by=siti)
    with pytest.raises(Conflict):
        actions.object_to_refusal(case_id=draft.id, text=OBJECTION, by=siti)


def test_when_the_time_is_over_nobody_objects(siti, case):
    until = queries.objection_for(case, by=siti).until
    over = timezone.now() + (until - timezone.localdate()) + timedelta(days=1)
    with time_machine.travel(over, tick=True):
        assert queries.objection_for(case, by=siti).may_object is False
        with pytest.raises(Conflict):
            actions.object_to_refusal(case_id=case, text=OBJECTION, by=siti)
    with time_machine.travel(over - timedelta(days=1), tick=True):
        actions.object_to_refusal(case_id=case, text=OBJECTION, by=siti)


def test_a_double_click_is_one_objection_and_one_decision(siti, case):
    task = objected(case, siti)
    objected(case, siti)
    for _ in range(2):
        actions.decide_task(task_id=task, decision="approve", reason=ANSWER, by=DEDI)
    assert (Objection.objects.count(), Reopening.objects.count()) == (1, 1)


def test_when_a_needed_system_is_silent_it_is_decided_later(town, siti, case, monkeypatch):
    from satu.services.actions import objecting

    task = objected(case, siti)

    def silent(*_args: object, **_more: object) -> object:
        raise SystemsDown("silent", ())

    monkeypatch.setattr(objecting, "_pulled", silent)
    with pytest.raises(SystemsDown):
        actions.decide_task(task_id=task, decision="approve", reason=ANSWER, by=DEDI)
    assert Task.objects.get(pk=task).state == "open"
    assert queries.case_for(case, by=siti).state == "refused"


def test_an_officer_takes_a_refused_case_up_again_with_a_reason(siti, case, work):
    first = Task.objects.get().pk
    assert queries.objection_of_task(first, by=RINA).may_reopen is True
    with pytest.raises(InvalidInput):
        actions.reopen_case(task_id=first, reason="ya", by=RINA)
    for _ in range(2):
        actions.reopen_case(task_id=first, reason="Saya keliru membaca data Dinsos.", by=RINA)
    assert queries.case_for(case, by=siti).state == "in_process"
    assert Reopening.objects.get().reason == "Saya keliru membaca data Dinsos."
    decide("approve")
    work()
    assert queries.case_for(case, by=siti).state == "issued"
    with pytest.raises(Conflict):
        actions.reopen_case(task_id=first, reason="Dan sekali lagi dari awal.", by=DEDI)


def test_while_an_objection_waits_nobody_goes_round_it(siti, case):
    first = Task.objects.get().pk
    objected(case, siti)
    with pytest.raises(Conflict):
        actions.reopen_case(task_id=first, reason=ANSWER, by=RINA)


def test_a_refusal_by_rule_can_be_objected_to(siti, work):
    dead = residents.resident(name="Almarhum", life_status=residents.MOVED)
    draft = applying.begin(service="domisili", by=dead)
    sent = applying.send(case_id=draft.id, answers={"purpose": "membuka rekening"}, by=dead)
    work()
    assert queries.case_for(sent.id, by=dead).state == "refused"
    assert queries.objection_for(sent.id, by=dead).by_officer is False
    page = browser(open_resident_account(nik=dead.nik, name="Almarhum", password="x"))
    assert "/data-saya/salah/person.life_status/" in page.open(f"/permohonan/{sent.id}/").links
    actions.object_to_refusal(case_id=sent.id, text=OBJECTION, by=dead)
    waiting = page.open(page.path).text
    assert "Petugas memutuskan paling lambat" in waiting
    assert "etugas lain" not in waiting
    anywhere = replace(DEDI, areas=frozenset())
    (item,) = queries.queue_of(anywhere).items
    actions.decide_task(task_id=item.id, decision="approve", reason=ANSWER, by=anywhere)
    work()
    again = queries.case_for(sent.id, by=dead)
    assert again.state == "refused"  # the rule looked again, at the same facts
    assert queries.objection_for(sent.id, by=dead).may_object is True  # and that refusal is another one


def test_what_was_written_stays(siti, case):
    objected(case, siti)
    row = Objection.objects.get()
    row.text = "Lain"
    with pytest.raises(IntegrityError, match="append-only"):
        row.save()
    row = Case.objects.get(pk=case)
    row.state, row.closed_at = "submitted", None
    with pytest.raises(IntegrityError, match="does not go"):
        row.save()


# ------------------------------------------------------------------------------------- taking it back, in each state


def test_it_is_taken_back_with_a_task_open_and_while_it_is_with_her(siti):
    first = submitted(siti)
    actions.withdraw_case(case_id=first.id, by=siti)
    assert [task.state for task in Task.objects.filter(case=first.id)] == ["cancelled"]
    second = submitted(siti)
    decide("correction", "Tuliskan untuk anak yang mana surat ini.")
    actions.withdraw_case(case_id=second.id, by=siti)
    assert queries.case_for(second.id, by=siti).state == "withdrawn"
    assert queries.queue_of(RINA).items == ()


def test_a_refused_one_is_not_taken_back_but_a_reopened_one_is(siti, case):
    with pytest.raises(Conflict):
        actions.withdraw_case(case_id=case, by=siti)
    task = objected(case, siti)
    actions.decide_task(task_id=task, decision="approve", reason=ANSWER, by=DEDI)
    actions.withdraw_case(case_id=case, by=siti)
    assert queries.case_for(case, by=siti).state == "withdrawn"


# ---------------------------------------------------------------------------------------------------- on the pages


def browser(account) -> Reader:
    client = Client()
    client.force_login(account)
    return Reader(client)


def test_on_the_pages_without_javascript(siti, work):
    officers = [
        open_officer_account(login=one, name=name, password="x", agency="kelurahan", duties=["front-office"])
        for one, name in (("rina", "Rina"), ("dedi", "Dedi"))
    ]
    page = browser(open_resident_account(nik=siti.nik, name="Siti Aminah", password="x"))
    address = page.open("/layanan/sktm/").send("/ajukan/").send("/kirim/", purpose="beasiswa anak").path
    rina, dedi = (browser(one) for one in officers)
    task = f"/desk/tugas/{the_task()}/"
    rina.open(task).send("/putuskan/", decision="refuse", reason=WHY)
    work()
    assert "Buka kembali permohonan yang ditolak ini" in rina.open(task).text
    receipt = page.open(address)
    assert "Anda tidak setuju?" in receipt.text
    assert "belum dipastikan" in receipt.text
    assert receipt.send("/keberatan/", text="").status == 422
    sent = page.open(address).send("/keberatan/", text=OBJECTION)
    assert OBJECTION in sent.text
    waiting = f"/desk/tugas/{the_task()}/"
    assert "petugas lain yang memutuskan" in rina.open(waiting).text
    assert OBJECTION in dedi.open(waiting).text
    dedi.send("/putuskan/", decision="approve", reason=ANSWER)
    again = page.open(address)
    assert "Keberatan Anda dikabulkan" in again.text
    assert ANSWER in again.text
