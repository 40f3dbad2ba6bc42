"""Steps of every kind, on the way of a real request."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import OperationalError
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.errors import Conflict, InvalidInput, Missing, TryAgain
from satu.services import actions, operations, queries, tasks
from satu.services.models import Case, CaseEvent, Task
from satu.services.operations import OperationContext, operation
from satu.services.types import InvalidAnswers
from tests.journeys import residents
from tests.journeys.changed_city import Change, task
from tests.journeys.test_sktm import RINA, SENTENCE, submitted
from tests.journeys.together import together

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[[], None]
AYU = replace(RINA, reference="account:910", name="Ayu", duties=frozenset({"social-worker"}), agency="dinsos")
END = "  - issue: document\n  - notify: applicant\n"
BOTH = (
    "  - rule: eligibility\n  - parallel:\n      -\n"
    + task("first", indent=8)
    + "      -\n"
    + task("second", agency="dinsos", duty="social-worker", indent=8)
    + END
)


@pytest.fixture
def siti(register: None) -> Actor:
    return residents.resident()


@pytest.fixture
def seen() -> Iterator[list[OperationContext]]:
    """Two operations, as a package above registers them; what they were called with."""
    calls: list[OperationContext] = []

    @operation("testing.give_number", label=Label("Beri nomor", "Give a number"))
    def give_number(context: OperationContext) -> Mapping[str, object]:
        calls.append(context)
        return {"number": 7}

    @operation("testing.use_number")
    def use_number(context: OperationContext) -> Mapping[str, object]:
        calls.append(context)
        return {"twice": context.results["testing.give_number"]["number"] * 2}

    yield calls
    for name in ("testing.give_number", "testing.use_number"):
        operations._operations.pop(name)


def its_task(name: str) -> UUID:
    return Task.objects.get(name=name, state="open").pk


def decide(name: str, decision: str, by: Actor = RINA, reason: str = "") -> None:
    actions.decide_task(task_id=its_task(name), decision=decision, reason=reason or SENTENCE, by=by)


# ----------------------------------------------------------------------------------------------------- operations


def test_an_operation_runs_once_and_gives_its_result_to_later_steps(
    siti: Actor,
    work: Work,
    change: Change,
    seen: list[OperationContext],
) -> None:
    change(
        steps="  - rule: eligibility\n"
        + task("assess")
        + "  - operation: testing.give_number\n  - operation: testing.use_number\n"
        + END
    )
    case = submitted(siti)
    work()
    assert seen == []
    decide("assess", "approve", reason="Sudah saya periksa.")
    actions.advance_case(case_id=case.id)
    work()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    first, second = seen
    assert first.subject == siti.nik
    assert first.facts["person.name"] == "Siti Aminah"
    assert first.answers == {"purpose": "keringanan biaya sekolah"}
    assert (first.decisions["assess"].decision, first.decisions["assess"].by) == ("approve", RINA.reference)
    assert first.decisions["assess"].reason == "Sudah saya periksa."
    assert second.results == {
        "testing.give_number": {"number": 7},
        "assess": {"decision": "approve", "answers": {}},
    }
    assert [step.text for step in done.timeline if step.kind == "operated"] == ["Beri nomor", "Use number"]


def test_an_operation_and_its_step_stand_or_fall_together(
    siti: Actor,
    work: Work,
    change: Change,
    seen: list[OperationContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(steps="  - rule: eligibility\n  - operation: testing.give_number\n" + END)
    case = submitted(siti)

    def breaks(context: OperationContext) -> Mapping[str, object]:
        context.record(CaseEvent.Kind.NOTED)
        raise RuntimeError("the register is locked")

    with monkeypatch.context() as patch:
        patch.setitem(operations._operations, "testing.give_number", breaks)
        with pytest.raises(RuntimeError):
            actions.advance_case(case_id=case.id)
    assert not Case.objects.get().events.filter(kind="noted").exists()
    actions.advance_case(case_id=case.id)
    assert len(seen) == 1
    assert queries.case_for(case.id, by=siti).state == "issued"


# ------------------------------------------------------------------------------------------------------- parallel


def test_both_branches_are_waited_for_and_may_come_in_any_order(
    siti: Actor,
    work: Work,
    change: Change,
) -> None:
    change(steps=BOTH)
    case = submitted(siti)
    assert {one.name for one in Task.objects.filter(state="open")} == {"first", "second"}
    decide("second", "approve", AYU)
    work()
    assert queries.case_for(case.id, by=siti).state == "in_process"
    decide("first", "approve")
    work()
    assert queries.case_for(case.id, by=siti).state == "issued"


def test_one_branch_refuses_and_the_other_is_heard_before_it_ends(
    siti: Actor,
    work: Work,
    change: Change,
) -> None:
    change(steps=BOTH)
    case = submitted(siti)
    decide("first", "refuse")
    work()
    assert queries.case_for(case.id, by=siti).state == "in_process"
    decide("second", "correction", AYU)
    work()
    assert queries.case_for(case.id, by=siti).state == "refused"


@pytest.mark.parametrize("second", ["approve", "refuse"])
def test_a_correction_of_one_branch_begins_both_again(
    siti: Actor,
    work: Work,
    change: Change,
    second: str,
) -> None:
    """And nothing of the first round is left over, in whatever order they answer."""
    change(steps=BOTH)
    case = submitted(siti)
    for _round in range(2):
        decide("first", "correction")
        assert queries.case_for(case.id, by=siti).state == "in_process"
        decide("second", "approve", AYU)
        assert queries.case_for(case.id, by=siti).state == "returned"
        actions.resubmit_case(case_id=case.id, answers={"purpose": "biaya sekolah"}, by=siti)
        assert {one.name for one in Task.objects.filter(state="open")} == {"first", "second"}
    decide("second", second, AYU)
    decide("first", "approve")
    work()
    assert queries.case_for(case.id, by=siti).state == ("issued" if second == "approve" else "refused")


# -------------------------------------------------------------------------------------------------------- informs


def test_an_officer_is_informed_and_nobody_waits_for_her(
    siti: Actor,
    work: Work,
    change: Change,
) -> None:
    informed = task("told", agency="dinsos", duty="social-worker", more="informs: true")
    change(steps="  - rule: eligibility\n" + informed + END)
    case = submitted(siti)
    assert case.due is None
    assert case.officer_steps == 0
    work()
    assert queries.case_for(case.id, by=siti).state == "issued"
    (item,) = queries.queue_of(AYU).items
    assert actions.open_task(task_id=item.id, by=AYU).decisions == ("noted",)
    actions.decide_task(task_id=item.id, decision="noted", reason="", by=AYU)
    assert queries.queue_of(AYU).items == ()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert done.timeline[-1].kind == "noted"


# ----------------------------------------------------------------------------------------------------------- form

FORM = """\
decisions: [approve, refuse, correction]
form:
  - key: found
    label: {id: Rumah ditemukan, en: House found}
    type: choice
    choices: [{value: "yes", label: {id: Ya, en: "Yes"}}, {value: "no", label: {id: Tidak, en: "No"}}]
  - {key: width, label: {id: Lebar (m), en: Width (m)}, type: number}
  - {key: place, label: {id: Lokasi, en: Place}, type: location}
  - {key: note, label: {id: Catatan, en: Note}, type: text, required: false}
"""
SEEN = {"found": "yes", "width": "4.5", "place": "-6.178063;106.63", "note": ""}


def test_what_an_officer_answers_is_kept_with_her_decision_and_shown_to_the_next(
    siti: Actor,
    work: Work,
    change: Change,
    seen: list[OperationContext],
) -> None:
    steps = (
        "  - rule: eligibility\n" + task("inspect", more=FORM) + task("sign") + "  - operation: testing.give_number\n"
    )
    change(steps=steps + END)
    case = submitted(siti)
    assert [one.key for one in queries.task_for(its_task("inspect"), by=RINA).form] == [
        "found",
        "width",
        "place",
        "note",
    ]
    with pytest.raises(InvalidAnswers) as wrong:
        actions.decide_task(
            task_id=its_task("inspect"),
            decision="approve",
            reason="",
            by=RINA,
            answers=SEEN | {"width": "", "place": "99, 1"},
        )
    assert set(wrong.value.errors) == {"width", "place"}
    actions.decide_task(task_id=its_task("inspect"), decision="approve", reason="", by=RINA, answers=SEEN)
    (earlier,) = queries.task_for(its_task("sign"), by=RINA).earlier
    assert [one.shown for one in earlier.answers] == ["Ya", "4.5", "-6.178063, 106.630000", ""]
    decide("sign", "approve")
    work()
    assert seen[0].decisions["inspect"].answers["width"] == "4.5"
    assert queries.case_for(case.id, by=siti).state == "issued"


def test_who_sends_a_request_back_need_not_answer_the_form(
    siti: Actor,
    change: Change,
) -> None:
    change(steps="  - rule: eligibility\n" + task("inspect", more=FORM) + END)
    case = submitted(siti)
    decide("inspect", "correction")
    assert queries.case_for(case.id, by=siti).state == "returned"


# ------------------------------------------------------------------------------------------- a step that is refused

NO = Conflict("The register has this already.")
STOPS = "  - rule: eligibility\n" + task("assess") + "  - operation: testing.give_number\n"


@pytest.fixture
def approved(
    siti: Actor,
    change: Change,
    seen: list[OperationContext],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[UUID, pytest.MonkeyPatch]]:
    """A request that an officer has approved, and whose next step the register refuses."""
    change(steps=STOPS + END)
    case = submitted(siti)
    decide("assess", "approve")
    with monkeypatch.context() as patch:
        patch.setitem(operations._operations, "testing.give_number", refuses)
        yield case.id, patch


def refuses(context: OperationContext) -> Mapping[str, object]:
    context.record(CaseEvent.Kind.NOTED)
    raise NO


def test_a_step_that_is_refused_for_good_becomes_a_task_with_the_reason(
    siti: Actor, work: Work, approved: tuple[UUID, pytest.MonkeyPatch], seen: list[OperationContext]
) -> None:
    """Nothing of the step stays, and nobody tries it again until an officer says so."""
    case_id, patch = approved
    for _again in range(2):
        work()
        actions.advance_case(case_id=case_id)
    (item,) = queries.queue_of(RINA).items
    opened = actions.open_task(task_id=item.id, by=RINA)
    assert opened.stuck is not None
    assert (str(opened.stuck.step), str(opened.stuck.reason)) == ("Beri nomor", str(NO.sentence))
    assert opened.decisions == ("again", "correction", "refuse")
    seen_by_her = queries.case_for(case_id, by=siti)
    assert (seen_by_her.state, seen_by_her.is_moving, seen_by_her.may_withdraw) == ("in_process", False, True)
    assert str(NO.sentence) in next(step.text for step in seen_by_her.timeline if step.kind == "stuck")
    assert not any(step.kind == "noted" for step in seen_by_her.timeline)
    with pytest.raises(Missing):
        actions.decide_task(task_id=item.id, decision="again", reason="", by=AYU)
    patch.undo()
    for _twice in range(2):
        actions.decide_task(task_id=item.id, decision="again", reason="", by=RINA)
    work()
    assert len(seen) == 1
    done = queries.case_for(case_id, by=siti)
    assert (done.state, [step.kind for step in done.timeline].count("stuck")) == ("issued", 1)


@pytest.mark.usefixtures("approved")
def test_tried_again_in_vain_it_comes_back_to_the_officer(work: Work) -> None:
    work()
    first = its_task("stuck")
    decide("stuck", "again")
    work()
    assert its_task("stuck") != first
    assert Task.objects.filter(name="stuck").count() == 2


def test_an_officer_refuses_what_cannot_be_carried_out_and_she_reads_why(
    siti: Actor, work: Work, approved: tuple[UUID, pytest.MonkeyPatch]
) -> None:
    case_id, patch = approved
    work()
    for reason in ("", "tidak"):
        with pytest.raises(InvalidInput):
            actions.decide_task(task_id=its_task("stuck"), decision="refuse", reason=reason, by=RINA)
    decide("stuck", "refuse")
    patch.undo()
    work()
    refused = queries.case_for(case_id, by=siti)
    assert refused.state == "refused"
    assert refused.decision is not None
    assert (str(refused.decision.reason), refused.decision.automatic) == (SENTENCE, False)
    assert not Task.objects.filter(state="open").exists()


def test_sent_back_from_where_it_stood_still_it_begins_again_at_the_first_step(
    siti: Actor, work: Work, approved: tuple[UUID, pytest.MonkeyPatch], seen: list[OperationContext]
) -> None:
    case_id, patch = approved
    work()
    decide("stuck", "correction")
    patch.undo()
    work()
    back = queries.case_for(case_id, by=siti)
    assert (back.state, back.returned_because) == ("returned", SENTENCE)
    assert seen == []
    actions.resubmit_case(case_id=case_id, answers={"purpose": "biaya sekolah"}, by=siti)
    work()
    assert seen == []
    decide("assess", "approve")
    work()
    assert [one.answers for one in seen] == [{"purpose": "biaya sekolah"}]
    assert queries.case_for(case_id, by=siti).state == "issued"


def test_what_a_register_was_changed_for_can_only_go_on(
    siti: Actor,
    work: Work,
    change: Change,
    seen: list[OperationContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(steps=STOPS + "  - operation: testing.use_number\n" + END)
    case = submitted(siti)
    decide("assess", "approve")
    with monkeypatch.context() as patch:
        patch.setitem(operations._operations, "testing.use_number", refuses)
        work()
    assert actions.open_task(task_id=its_task("stuck"), by=RINA).decisions == ("again",)
    with pytest.raises(InvalidInput):
        decide("stuck", "refuse")
    assert not queries.case_for(case.id, by=siti).may_withdraw
    with pytest.raises(Conflict):
        actions.withdraw_case(case_id=case.id, by=siti)
    decide("stuck", "again")
    work()
    assert len(seen) == 2
    assert queries.case_for(case.id, by=siti).state == "issued"


def test_an_outage_is_tried_again_and_nobody_has_to_do_anything(
    siti: Actor,
    approved: tuple[UUID, pytest.MonkeyPatch],
    seen: list[OperationContext],
) -> None:
    case_id, patch = approved
    outages = [OperationalError("the database starts"), TimeoutError(), TryAgain("somebody holds it")]

    def is_away(_context: OperationContext) -> Mapping[str, object]:
        raise outages[0]

    patch.setitem(operations._operations, "testing.give_number", is_away)
    while outages:
        with pytest.raises(type(outages[0])):
            tasks.advance_case(a_try(case_id, attempts=50), case_id=str(case_id))
        del outages[0]
    assert not Task.objects.filter(name="stuck").exists()
    patch.undo()
    actions.advance_case(case_id=case_id)
    assert len(seen) == 1


def test_what_nobody_foresaw_is_tried_for_some_minutes_and_then_shown(
    siti: Actor, approved: tuple[UUID, pytest.MonkeyPatch]
) -> None:
    case_id, patch = approved

    def breaks(_context: OperationContext) -> Mapping[str, object]:
        raise KeyError("nik")

    patch.setitem(operations._operations, "testing.give_number", breaks)
    with pytest.raises(KeyError):
        tasks.advance_case(a_try(case_id, attempts=7), case_id=str(case_id))
    assert not Task.objects.filter(name="stuck").exists()
    for _twice in range(2):
        tasks.advance_case(a_try(case_id, attempts=8), case_id=str(case_id))
    stuck = actions.open_task(task_id=its_task("stuck"), by=RINA).stuck
    assert stuck is not None
    assert "nik" not in stuck.reason.en


def a_try(case_id: UUID, *, attempts: int) -> JobContext:
    """As a worker calls the job after so many tries."""
    job = Job(
        id=1,
        queue="cases",
        lock=None,
        queueing_lock=None,
        task_name="services.advance_case",
        task_kwargs={"case_id": str(case_id)},
        attempts=attempts,
    )
    return JobContext(app=app, job=job, start_timestamp=0, abort_reason=lambda: None)


# --------------------------------------------------------------------------------------------------- it is taken back


def test_taken_back_while_two_branches_are_open_neither_is_decided_any_more(
    siti: Actor,
    work: Work,
    change: Change,
) -> None:
    change(steps=BOTH)
    case = submitted(siti)
    first, second = its_task("first"), its_task("second")
    actions.withdraw_case(case_id=case.id, by=siti)
    assert queries.queue_of(RINA).items == queries.queue_of(AYU).items == ()
    for task_id, by in ((first, RINA), (second, AYU)):
        for decision in ("approve", "refuse", "correction"):
            with pytest.raises(Conflict):
                actions.decide_task(task_id=task_id, decision=decision, reason=SENTENCE, by=by)
    work()
    assert {one.state for one in Task.objects.all()} == {"cancelled"}
    assert queries.case_for(case.id, by=siti).state == "withdrawn"


def test_decided_and_taken_back_at_once_one_of_the_two_happens(
    siti: Actor,
    work: Work,
    change: Change,
) -> None:
    change(steps=BOTH)
    case = submitted(siti)
    first, second = its_task("first"), its_task("second")
    together(
        lambda: actions.decide_task(task_id=first, decision="approve", reason="", by=RINA),
        lambda: actions.withdraw_case(case_id=case.id, by=siti),
        lambda: actions.decide_task(task_id=second, decision="approve", reason="", by=AYU),
    )
    work()
    end = queries.case_for(case.id, by=siti)
    assert (end.state, bool(end.document)) in {("issued", True), ("withdrawn", False)}
    assert not Task.objects.filter(state="open").exists()
