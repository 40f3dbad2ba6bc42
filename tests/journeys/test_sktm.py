"""SKTM: a request that an officer decides, and every turn that it can take."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError
from django.utils import timezone, translation

from satu.documents.queries import pdf_for
from satu.documents.verification import verify_pdf
from satu.hub.ledger.queries import accesses_about
from satu.hub.types import Subject
from satu.identity.types import Actor
from satu.kernel.calendar import WorkingDays, due_after, the_calendar
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.services import actions, queries
from satu.services.models import Case, Task, TaskDecision
from satu.services.types import CaseView, SystemsDown
from tests.journeys import applying, residents
from tests.journeys.conftest import Town
from tests.journeys.together import together

PURPOSE = {"purpose": "keringanan biaya sekolah"}
CORRECTED = {"purpose": "keringanan biaya sekolah anak kedua"}
SENTENCE = "Tuliskan untuk anak yang mana surat ini."
AREA = "36.71.01.1001"
pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[[], None]

RINA = Actor(
    reference="account:900",
    kind="officer",
    name="Rina Marlina",
    agency="kelurahan",
    duties=frozenset({"front-office"}),
    areas=frozenset({AREA}),
)
DEDI = replace(RINA, reference="account:901", name="Dedi Kurnia")
WHOLE_CITY = replace(RINA, reference="account:902", name="Wati", areas=frozenset())
STRANGERS = {
    "another agency": replace(RINA, reference="account:903", agency="dinsos"),
    "another duty": replace(RINA, reference="account:904", duties=frozenset({"social-worker"})),
    "another kelurahan": replace(RINA, reference="account:905", areas=frozenset({"36.71.05.1003"})),
}


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


def submitted(who: Actor) -> CaseView:
    case = applying.begin(service="sktm", by=who)
    return applying.send(case_id=case.id, answers=PURPOSE, by=who)


def the_task(by: Actor = RINA) -> UUID:
    (item,) = queries.queue_of(by).items
    return item.id


def decide(decision: str, reason: str = "", by: Actor = RINA, task: UUID | None = None) -> None:
    actions.decide_task(task_id=task or the_task(), decision=decision, reason=reason, by=by)


@contextmanager
def down(town: Town, code: str) -> Iterator[None]:
    town.turn(code, down=True)
    yield
    town.turn(code, down=False)


# ------------------------------------------------------------------------------------------------ the common path


def test_from_a_tap_to_a_signed_letter_that_an_officer_approved(siti: Actor, work: Work) -> None:
    case = submitted(siti)
    assert case.state == "submitted"
    assert case.decision is None  # a rule only advised
    assert case.due is not None
    assert case.due.day == due_after(timezone.localdate(), WorkingDays(3), the_calendar()).day
    assert case.working_days_left == 3
    assert [step.kind for step in case.timeline] == ["begun", "submitted", "decided", "decided", "approved", "issued"]
    work()
    assert queries.case_for(case.id, by=siti).state == "submitted"

    (item,) = queries.queue_of(RINA).items
    assert (item.applicant_name, item.number, item.working_days_left) == ("Siti Aminah", case.number, 3)
    assert item.urgency == "later"
    decide("approve")
    assert queries.queue_of(RINA).items == ()
    work()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert done.document is not None
    assert done.decision is not None
    assert (done.decision.result, done.decision.automatic) == ("approve", False)
    assert [step.kind for step in done.timeline][-3:] == ["approved", "issued", "told"]
    assert verify_pdf(pdf_for(done.document.id, by=siti).content).verdict == "genuine"
    assert done.document.valid_until is not None
    assert done.document.valid_until > timezone.localdate() + timedelta(days=180)


def test_the_officer_sees_the_answer_and_never_the_decile(siti: Actor) -> None:
    submitted(siti)
    task = actions.open_task(task_id=the_task(), by=RINA)
    facts = {fact.fact: fact for fact in task.facts}
    assert facts["person.is_in_lowest_four_deciles"].answer_only
    assert "person.welfare_decile" not in facts
    assert "person.property_tax_arrears" not in facts
    assert [advice.table for advice in task.advice] == ["need"]
    assert [question.shown for question in task.questions] == [PURPOSE["purpose"]]
    assert siti.nik is not None
    stored = str(Case.objects.get().snapshot.dossier)
    assert "person.welfare_decile" not in stored


def test_that_the_officer_looked_is_in_the_applicants_access_ledger(siti: Actor) -> None:
    submitted(siti)
    actions.open_task(task_id=the_task(), by=RINA)
    assert siti.nik is not None
    newest = accesses_about(Subject.person(siti.nik), limit=1)[0]
    assert newest.why.id == "Permohonan Anda: Surat keterangan tidak mampu (SKTM)"
    assert newest.actor_kind == "officer"


# ------------------------------------------------------------------------------------------------------ correction


def test_a_correction_stops_the_clock_and_goes_on_with_the_days_that_were_left(siti: Actor, work: Work) -> None:
    case = submitted(siti)
    Task.objects.update(due_on=due_after(timezone.localdate(), WorkingDays(1), the_calendar()).day)
    decide("correction", SENTENCE)
    back = queries.case_for(case.id, by=siti)
    assert (back.state, back.returned_because) == ("returned", SENTENCE)
    assert back.working_days_left is None
    assert queries.queue_of(RINA).items == ()
    assert back.timeline[-3].state == "now"

    actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=siti)
    again = queries.case_for(case.id, by=siti)
    assert again.state == "in_process"
    assert again.working_days_left == 1
    task = queries.task_for(the_task(), by=RINA)
    assert [question.shown for question in task.questions] == [CORRECTED["purpose"]]
    assert [(made.reason, made.mended) for made in task.earlier] == [(SENTENCE, True)]
    decide("approve")
    work()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert [question.answer for question in done.questions] == [CORRECTED["purpose"]]


def test_sending_again_twice_is_once_and_only_what_was_sent_back_can_be_sent_again(siti: Actor) -> None:
    case = submitted(siti)
    with pytest.raises(Conflict):
        actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=siti)
    decide("correction", SENTENCE)
    for _ in range(2):
        actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=siti)
    assert Task.objects.count() == 2
    other = residents.resident(name="Dewi Lestari")
    with pytest.raises(Missing):
        actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=other)


def test_a_case_that_waits_for_her_may_be_taken_back(siti: Actor) -> None:
    case = submitted(siti)
    decide("correction", SENTENCE)
    assert actions.withdraw_case(case_id=case.id, by=siti).state == "withdrawn"


def test_the_rules_look_again_at_what_was_corrected(siti: Actor, work: Work) -> None:
    """She has died between: nobody can send it again, but a rule that refuses is what decides."""
    case = submitted(siti)
    decide("correction", SENTENCE)
    residents.died(siti)
    actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=siti)
    work()
    refused = queries.case_for(case.id, by=siti)
    assert refused.state == "refused"
    assert refused.decision is not None
    assert (refused.decision.row, refused.decision.automatic) == ("deceased", True)


# -------------------------------------------------------------------------------------------------------- refusal


def test_an_officer_refuses_with_a_reason_that_the_citizen_reads(siti: Actor, work: Work) -> None:
    case = submitted(siti)
    for reason in ("", "   tidak  "):
        with pytest.raises(InvalidInput) as caught:
            decide("refuse", reason)
        assert caught.value.field == "reason"
    with pytest.raises(InvalidInput):
        decide("burn", "tidak ada keputusan seperti ini")
    decide("refuse", "Keluarga Anda tidak tergolong tidak mampu.")
    work()
    refused = queries.case_for(case.id, by=siti)
    assert refused.state == "refused"
    assert refused.decision is not None
    assert str(refused.decision.reason) == "Keluarga Anda tidak tergolong tidak mampu."
    assert not refused.decision.automatic
    assert refused.document is None


def test_a_rule_refuses_at_once_and_no_officer_gets_a_task(work: Work) -> None:
    dead = residents.resident(life_status=residents.DECEASED)
    case = submitted(dead)
    assert Task.objects.count() == 0
    work()
    assert queries.case_for(case.id, by=dead).state == "refused"


# ------------------------------------------------------------------------------------------------ whose task it is


@pytest.mark.parametrize("who", STRANGERS)
def test_an_officer_of_another_agency_duty_or_area_sees_and_decides_nothing(siti: Actor, who: str) -> None:
    submitted(siti)
    task, stranger = the_task(), STRANGERS[who]
    assert queries.queue_of(stranger).items == ()
    for attempt in (
        lambda: queries.task_for(task, by=stranger),
        lambda: actions.open_task(task_id=task, by=stranger),
        lambda: decide("approve", by=stranger, task=task),
    ):
        with pytest.raises(Missing):
            attempt()
    assert Task.objects.get().state == "open"


def test_a_resident_has_no_queue_and_decides_nothing(siti: Actor) -> None:
    submitted(siti)
    task = the_task()
    with pytest.raises(NotAllowed):
        queries.queue_of(siti)
    with pytest.raises(NotAllowed):
        decide("approve", by=siti, task=task)


def test_an_officer_for_the_whole_city_has_every_kelurahans_tasks(siti: Actor) -> None:
    submitted(siti)
    assert the_task(WHOLE_CITY) == the_task(RINA)


def test_the_queue_goes_by_due_date_in_one_query_page_by_page(django_assert_num_queries) -> None:
    for number in range(5):
        submitted(residents.resident(name=f"Siti {'ABCDE'[number]}"))
    for number, task in enumerate(Task.objects.order_by("applicant_name")):
        Task.objects.filter(pk=task.pk).update(due_on=timezone.localdate() + timedelta(days=5 - number // 2))
    seen, after = [], None
    while after != "":
        with django_assert_num_queries(1):
            page = queries.queue_of(RINA, after=after, limit=2)
        seen += page.items
        after = page.next
    assert [(item.due_on, item.id) for item in seen] == sorted((item.due_on, item.id) for item in seen)
    assert len({item.id for item in seen}) == 5
    assert [item.applicant_name for item in queries.queue_of(RINA, text="siti d").items] == ["Siti D"]
    assert queries.queue_of(RINA, text="%%%").items == ()
    assert len(queries.queue_of(RINA, text=seen[0].number.lower()).items) == 1
    assert queries.queue_of(RINA, only="late").items == ()
    with pytest.raises(InvalidInput):
        queries.queue_of(RINA, after="nonsense")


# ------------------------------------------------------------------------------------------------ it must survive


def test_two_officers_decide_at_once_and_one_wins(siti: Actor, work: Work) -> None:
    case = submitted(siti)
    task = the_task()
    raised = together(
        lambda: decide("approve", by=RINA, task=task),
        lambda: decide("refuse", "Keluarga ini tidak tergolong tidak mampu.", by=DEDI, task=task),
    )
    (lost,) = [error for error in raised if error is not None]
    assert isinstance(lost, Conflict)
    made = TaskDecision.objects.get()
    assert made.by_name in str(lost)
    work()
    assert queries.case_for(case.id, by=siti).state == ("issued" if made.decision == "approve" else "refused")


def test_a_double_click_is_one_decision(siti: Actor, work: Work) -> None:
    case = submitted(siti)
    task = the_task()
    assert together(*[lambda: decide("approve", task=task)] * 2) == [None, None]
    assert TaskDecision.objects.count() == 1
    work()
    assert [e.kind for e in Case.objects.get(pk=case.id).events.order_by("id")].count("issued") == 1


def test_what_was_decided_stays_decided(siti: Actor) -> None:
    submitted(siti)
    decide("approve")
    with pytest.raises(IntegrityError):
        TaskDecision.objects.update(reason="lain")
    with pytest.raises(IntegrityError):
        Task.objects.update(state="open", ended_at=None)


def test_a_task_ends_when_the_applicant_takes_her_request_back(siti: Actor) -> None:
    case = submitted(siti)
    task = the_task()
    actions.withdraw_case(case_id=case.id, by=siti)
    assert queries.queue_of(RINA).items == ()
    with pytest.raises(Conflict):
        decide("approve", task=task)


def test_with_dinsos_down_the_case_goes_on_and_the_officer_is_told(siti: Actor, town: Town) -> None:
    with down(town, "dtsen"):
        case = submitted(siti)
        task = queries.task_for(the_task(), by=RINA)
        assert [advice.row for advice in task.advice] == ["not-known"]
        (owed,) = [fact for fact in task.facts if fact.fact == "person.is_in_lowest_four_deciles"]
        assert owed.pending
    # The hub asks a system that was down again after a while; until then it is still owed.
    from satu.hub import asking

    asking.stop()
    assert actions.reconcile_pending() == 1
    assert [advice.row for advice in queries.task_for(the_task(), by=RINA).advice] != []
    assert not any(fact.pending for fact in queries.task_for(the_task(), by=RINA).facts)
    assert queries.case_for(case.id, by=siti).state == "submitted"


def test_with_the_register_down_a_correction_is_kept_for_later(siti: Actor) -> None:
    from tests.journeys.test_domisili import silent_register

    case = submitted(siti)
    decide("correction", SENTENCE)
    with silent_register(), pytest.raises(SystemsDown):
        actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=siti)
    assert queries.case_for(case.id, by=siti).state == "returned"


def test_the_timeline_reads_in_both_languages_and_for_the_officer(siti: Actor) -> None:
    case = submitted(siti)
    decide("correction", SENTENCE)
    actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=siti)
    with translation.override("en"):
        texts = [step.text for step in queries.case_for(case.id, by=siti).timeline]
        assert "An officer asks you to correct something; the clock stands still" in texts
        told = queries.task_for(the_task(), by=RINA).timeline
        assert "The request was sent again, corrected" in [step.text for step in told]
        assert "Rina Marlina, Urban village offices" in [step.who for step in told]
    with translation.override("id"):
        texts = [step.text for step in queries.case_for(case.id, by=siti).timeline]
        assert "Petugas meminta Anda memperbaiki sesuatu; hitungan hari berhenti" in texts
