"""What the passing of days does to tasks: reminders, silence, and a second officer. Clocks may change at midnight."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.types import Actor
from satu.kernel.calendar import WorkingDays, due_after, the_calendar, working_days_before
from satu.kernel.errors import Conflict, Missing
from satu.messaging.models import Notice
from satu.services import actions, queries
from satu.services.models import Case, Task, TaskDecision, Wait
from tests.journeys import residents
from tests.journeys.changed_city import Change, task
from tests.journeys.test_sktm import DEDI, RINA, SENTENCE, submitted
from tests.journeys.test_steps import END, decide, its_task

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[..., None]
DECIDES = "decisions: [approve, refuse, correction]\n"
RULE = "  - rule: eligibility\n"
APPROVES = DECIDES + 'silence: {then: approve, basis: "UU 30/2014 pasal 53", confirmed: false}\n'
ESCALATES = (
    DECIDES + 'silence: {then: escalate, duty: licensing, deadline: 2, basis: "SOP kelurahan", confirmed: false}\n'
)
HEAD = replace(RINA, reference="account:920", name="Lurah", duties=frozenset({"licensing"}))


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


def midnight_after(task_id: UUID) -> datetime:
    """The first moment after a task's last day."""
    due = Task.objects.get(pk=task_id).due_on
    return timezone.make_aware(datetime.combine(due + timedelta(days=1), datetime.min.time()))


# ------------------------------------------------------------------------------------------------------- four eyes


def test_an_approval_needs_a_second_officer_who_is_another(siti: Actor, work: Work, change: Change) -> None:
    change(steps=RULE + task("assess", more=DECIDES + "four_eyes: true") + END)
    case = submitted(siti)
    first = its_task("assess")
    decide("assess", "approve", RINA)
    decide_again = its_task("assess")
    assert decide_again != first
    work()
    assert queries.case_for(case.id, by=siti).state in {"submitted", "in_process"}
    assert queries.queue_of(RINA).items == ()
    with pytest.raises(Missing):
        actions.decide_task(task_id=decide_again, decision="approve", reason="", by=RINA)
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskDecision.objects.create(
            task_id=decide_again, decision="approve", advice={}, days_left=1, by=RINA.reference, by_name="", agency=""
        )
    (item,) = queries.queue_of(DEDI).items
    assert queries.task_for(item.id, by=DEDI).confirms == RINA.name
    actions.decide_task(task_id=item.id, decision="approve", reason="", by=DEDI)
    work()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert [step.kind for step in done.timeline if "agree" in step.kind or "appr" in step.kind] == [
        *["agreed_first", "approved"]
    ]


@pytest.mark.parametrize(("decision", "state"), [("refuse", "refused"), ("correction", "returned")])
def test_one_no_is_enough_where_two_have_to_agree(
    siti: Actor,
    work: Work,
    change: Change,
    decision: str,
    state: str,
) -> None:
    change(steps=RULE + task("assess", more=DECIDES + "four_eyes: true") + END)
    case = submitted(siti)
    decide("assess", "approve", RINA)
    decide("assess", decision, DEDI, SENTENCE)
    work()
    assert queries.case_for(case.id, by=siti).state == state


# -------------------------------------------------------------------------------------------------------- silence


def test_silence_counts_as_approval_after_the_whole_last_day_and_once(
    siti: Actor,
    work: Work,
    change: Change,
) -> None:
    """The clock is set back over midnight, and goes over it again; rounds come double."""
    change(steps=RULE + task("assess", more=APPROVES) + END)
    case = submitted(siti)
    task_id = its_task("assess")
    midnight = midnight_after(task_id)
    for moment, acted in [
        (midnight - timedelta(seconds=1), 0),
        (midnight, 1),
        (midnight - timedelta(minutes=30), 0),
        (midnight + timedelta(seconds=1), 0),
        (midnight + timedelta(days=9), 0),
    ]:
        with time_machine.travel(moment, tick=False):
            assert actions.look_after_tasks() == acted
    work()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert done.decision is not None
    assert "UU 30/2014 pasal 53" in str(done.decision.reason)
    assert "belum dipastikan" in str(done.decision.reason)
    assert "belum dipastikan" in next(step.text for step in done.timeline if step.kind == "silent_approval")
    made = TaskDecision.objects.get()
    assert (made.decision, made.by) == ("approve", "system:satu")
    assert [step.kind for step in done.timeline].count("silent_approval") == 1
    with pytest.raises(Conflict):
        actions.decide_task(task_id=task_id, decision="refuse", reason=SENTENCE, by=RINA)


def test_silence_goes_to_the_duty_above_with_days_of_its_own(siti: Actor, work: Work, change: Change) -> None:
    change(steps=RULE + task("assess", more=ESCALATES) + END)
    case = submitted(siti)
    task_id = its_task("assess")
    with time_machine.travel(midnight_after(task_id)):
        assert (actions.look_after_tasks(), actions.look_after_tasks()) == (1, 0)
        above = Task.objects.get(state="open")
        assert above.due_on == due_after(timezone.localdate(), WorkingDays(2), the_calendar()).day
    assert queries.queue_of(RINA).items == ()
    with pytest.raises(Conflict, match="diteruskan"):
        actions.decide_task(task_id=task_id, decision="approve", reason="", by=RINA)
    (item,) = queries.queue_of(HEAD).items
    actions.decide_task(task_id=item.id, decision="approve", reason="", by=HEAD)
    work()
    assert queries.case_for(case.id, by=siti).state == "issued"


def test_while_the_applicant_corrects_no_day_passes(siti: Actor, change: Change) -> None:
    change(steps=RULE + task("assess", more=APPROVES) + END)
    case = submitted(siti)
    decide("assess", "correction", RINA, SENTENCE)
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        assert actions.look_after_tasks() == 0
        assert queries.queue_of(RINA, only="late").items == ()
        assert queries.case_for(case.id, by=siti).state == "returned"
        actions.resubmit_case(case_id=case.id, answers={"purpose": "biaya sekolah"}, by=siti)
        assert Task.objects.get(state="open").due_on > timezone.localdate()
        assert actions.look_after_tasks() == 0


def test_an_unknown_calendar_approves_nothing(siti: Actor, change: Change) -> None:
    change(steps=RULE + task("assess", more=APPROVES) + END)
    submitted(siti)
    Task.objects.update(due_on="2031-01-03")
    with time_machine.travel("2031-02-01T12:00:00+07:00"):
        assert actions.look_after_tasks() == 0
    assert Case.objects.get().state in {"submitted", "in_process"}


# ------------------------------------------------------------------------------------------------------ reminders


def test_the_officers_whose_task_it_is_are_reminded_once(siti: Actor, change: Change) -> None:
    change(steps=RULE + task("assess", more=DECIDES + "remind: 1") + END)
    hers = {"agency": "kelurahan", "duties": {"front-office"}, "password": "x"}
    open_officer_account(login="rina@kota", name="Rina", areas={"36.71.01.1001"}, **hers)
    open_officer_account(login="wati@kota", name="Wati", areas=set(), **hers)
    open_officer_account(login="other@kota", name="Other", areas={"36.71.05.1003"}, **hers)
    case = submitted(siti)
    due = Task.objects.get().due_on
    day = working_days_before(due, WorkingDays(1), the_calendar())
    for moment, acted in [(day - timedelta(days=1), 0), (day, 1), (day, 0), (due, 0)]:
        with time_machine.travel(timezone.make_aware(datetime.combine(moment, datetime.min.time()))):
            assert actions.look_after_tasks() == acted
    assert Notice.objects.filter(kind="task-due").count() == 2
    assert [step.kind for step in queries.case_for(case.id, by=siti).timeline].count("reminded") == 1


# ------------------------------------------------------------------------------------------------------------ a wait


def after_days(days: int) -> datetime:
    """The first moment after so many working days."""
    last = due_after(timezone.localdate(), WorkingDays(days), the_calendar()).day
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), datetime.min.time()))


def test_a_request_waits_for_whole_working_days_and_goes_on_by_itself(
    siti: Actor,
    work: Work,
    change: Change,
) -> None:
    change(steps=RULE + task("assess") + "  - wait: {days: 5}\n" + END)
    case = submitted(siti)
    over = after_days(5)
    decide("assess", "approve")
    work()
    waiting = queries.case_for(case.id, by=siti)
    assert (waiting.state, waiting.waits_until, waiting.is_moving) == (
        "in_process",
        (over - timedelta(days=1)).date(),
        False,
    )
    assert [(step.kind, step.state) for step in waiting.timeline][-3:] == [
        ("waits", "done"),
        ("waits", "now"),
        ("issued", "next"),
    ]
    with time_machine.travel(over - timedelta(minutes=1)):
        assert actions.end_waits() == 0
        actions.advance_case(case_id=case.id)
        assert queries.case_for(case.id, by=siti).state == "in_process"
    with time_machine.travel(over):
        assert actions.end_waits() == 1
        for _twice in range(2):
            actions.advance_case(case_id=case.id)
        assert actions.end_waits() == 0
        assert queries.case_for(case.id, by=siti).state == "issued"


def test_what_was_waited_for_is_not_waited_for_again(siti: Actor, work: Work, change: Change) -> None:
    change(steps=RULE + "  - wait: {days: 2}\n" + task("assess") + END)
    case = submitted(siti)
    work()
    with time_machine.travel(after_days(2)):
        actions.advance_case(case_id=case.id)
        decide("assess", "correction")
        actions.resubmit_case(case_id=case.id, answers={"purpose": "biaya sekolah"}, by=siti)
        actions.advance_case(case_id=case.id)
        decide("assess", "approve")
        actions.advance_case(case_id=case.id)
        assert queries.case_for(case.id, by=siti).state == "issued"
    assert Wait.objects.count() == 1


def test_taken_back_while_it_waits_it_does_not_go_on(siti: Actor, work: Work, change: Change) -> None:
    change(steps=RULE + "  - wait: {days: 2}\n" + END)
    case = submitted(siti)
    work()
    actions.withdraw_case(case_id=case.id, by=siti)
    with time_machine.travel(after_days(2)):
        assert actions.end_waits() == 0
        actions.advance_case(case_id=case.id)
    assert queries.case_for(case.id, by=siti).state == "withdrawn"


def test_beyond_the_holidays_that_are_known_nobody_says_that_a_wait_is_over(
    siti: Actor,
    work: Work,
    change: Change,
) -> None:
    change(steps=RULE + "  - wait: {days: 2}\n" + END)
    case = submitted(siti)
    work()
    later = timezone.localdate().replace(year=2031)
    Wait.objects.update(until=later)
    with time_machine.travel(datetime(2031, 12, 1, tzinfo=UTC)):
        actions.advance_case(case_id=case.id)
        assert queries.case_for(case.id, by=siti).state != "issued"


# ------------------------------------------------------------------------------------------- a correction that waits


def test_who_lets_a_correction_lie_is_reminded_once(siti: Actor, change: Change) -> None:
    change(steps=RULE + task("assess") + END)
    assert siti.nik is not None
    open_resident_account(nik=siti.nik, name=siti.name, password="x")
    case = submitted(siti)
    decide("assess", "correction")
    assert actions.remind_of_corrections() == 0
    with time_machine.travel(after_days(3)):
        for _twice in range(2):
            assert actions.remind_of_corrections() == 1
        assert Notice.objects.filter(kind="request-returned-still").count() == 1
        actions.resubmit_case(case_id=case.id, answers={"purpose": "biaya sekolah"}, by=siti)
        assert actions.remind_of_corrections() == 0
