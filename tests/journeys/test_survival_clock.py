"""The clock goes over midnight, over a holiday and into a new year, with cases open."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from satu.documents.queries import document_by_code
from satu.identity.types import Actor
from satu.services import actions, queries
from satu.services.models import Task
from satu.services.types import CaseView
from tests.journeys import applying, residents
from tests.journeys.test_sktm import CORRECTED, PURPOSE, RINA, SENTENCE, decide, the_task

pytestmark = pytest.mark.usefixtures("town", "register")
CITY = ZoneInfo("Asia/Jakarta")
Work = Callable[..., None]


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


def at(text: str) -> datetime:
    """A moment on the city's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The code's own clock; it goes on running from where it is put."""
    with time_machine.travel(at("2026-11-24T09:00:00"), tick=True) as traveller:
        yield traveller


def sent(service: str, by: Actor) -> CaseView:
    case = applying.begin(service=service, by=by)
    return applying.send(case_id=case.id, answers=PURPOSE, by=by)


def test_the_first_number_of_the_new_year_is_one_at_midnight_in_the_city(clock: time_machine.Traveller) -> None:
    clock.move_to(at("2026-12-31T23:59:30"))
    old = [sent("domisili", residents.resident()).number for _ in range(2)]
    clock.move_to(at("2027-01-01T00:00:01"))  # still the old year in Greenwich
    new = [sent("domisili", residents.resident()).number for _ in range(2)]
    assert old == ["DOM-2026-000001", "DOM-2026-000002"]
    assert new == ["DOM-2027-000001", "DOM-2027-000002"]


def test_a_draft_of_the_old_year_gets_a_number_of_the_year_in_which_it_is_sent(
    siti: Actor, clock: time_machine.Traveller
) -> None:
    clock.move_to(at("2026-12-31T23:50:00"))
    draft = applying.begin(service="domisili", by=siti)
    clock.move_to(at("2027-01-01T00:10:00"))
    assert applying.send(case_id=draft.id, answers=PURPOSE, by=siti).number == "DOM-2027-000001"


def test_a_letter_made_after_midnight_is_of_the_new_day(
    siti: Actor, clock: time_machine.Traveller, work: Work
) -> None:
    """Sent on the last evening, made by a worker that was busy until after midnight."""
    clock.move_to(at("2026-12-31T23:59:00"))
    case = sent("domisili", siti)
    clock.move_to(at("2027-01-01T00:01:00"))
    actions.advance_case(case_id=case.id)
    document = queries.case_for(case.id, by=siti).document
    assert document is not None
    assert document.valid_until == date(2027, 7, 1)
    public = document_by_code(document.code)
    assert public is not None
    assert timezone.localdate(public.issued_at) == date(2027, 1, 1)
    clock.move_to(at("2027-07-01T23:59:00"))
    assert document_by_code(document.code).standing == "valid"  # type: ignore[union-attr]
    clock.move_to(at("2027-07-02T00:01:00"))
    assert document_by_code(document.code).standing == "expired"  # type: ignore[union-attr]


def test_a_deadline_steps_over_weekend_holidays_and_new_year(siti: Actor, clock: time_machine.Traveller) -> None:
    """Three working days from Wednesday 30 December: Thursday, then not New Year's Day and the weekend; and 5 January
    is Isra Mikraj. Part of that year's days are not confirmed, and the page says so."""
    clock.move_to(at("2026-12-30T16:00:00"))
    case = sent("sktm", siti)
    assert case.due is not None
    assert case.due.day == date(2027, 1, 6)
    assert case.due.warning is not None
    (item,) = queries.queue_of(RINA).items
    assert (item.due_on, item.working_days_left) == (date(2027, 1, 6), 3)


@pytest.mark.parametrize(
    ("moment", "left", "urgency"),
    [
        ("2026-11-24T23:59:59", 3, "later"),
        ("2026-11-25T00:00:01", 2, "soon"),
        ("2026-11-26T12:00:00", 1, "soon"),
        ("2026-11-26T23:59:59", 1, "soon"),
        ("2026-11-27T00:00:01", 0, "today"),
        ("2026-11-27T23:59:59", 0, "today"),
        ("2026-11-28T00:00:01", -1, "late"),  # Saturday: no working day has passed, and yet its day is over
        ("2026-11-30T00:00:01", -1, "late"),
    ],
)
def test_the_queue_counts_by_the_citys_midnight(
    siti: Actor, clock: time_machine.Traveller, moment: str, left: int, urgency: str
) -> None:
    sent("sktm", siti)
    clock.move_to(at(moment))
    (item,) = queries.queue_of(RINA).items
    assert (item.working_days_left, item.urgency) == (left, urgency)
    shown = {only: len(queries.queue_of(RINA, only=only).items) for only in ("late", "today")}
    assert shown == {"late": int(urgency == "late"), "today": int(urgency in {"late", "today"})}


def test_a_correction_over_the_holidays_costs_the_officer_no_day(siti: Actor, clock: time_machine.Traveller) -> None:
    clock.move_to(at("2026-12-21T10:00:00"))  # a Monday; due on Monday the 28th, after Christmas and its joint leave
    case = sent("sktm", siti)
    assert Task.objects.get().due_on == date(2026, 12, 28)
    clock.move_to(at("2026-12-22T10:00:00"))
    decide("correction", SENTENCE)
    clock.move_to(at("2027-01-11T09:00:00"))
    actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=siti)
    again = queries.case_for(case.id, by=siti)
    assert again.working_days_left == 2
    assert Task.objects.get(state="open").due_on == date(2027, 1, 13)
    assert queries.task_for(the_task(), by=RINA).working_days_left == 2


def test_who_turns_seventeen_at_midnight_may_apply_then_and_not_before(
    clock: time_machine.Traveller, work: Work
) -> None:
    clock.move_to(at("2026-11-24T23:55:00"))
    child = residents.resident(born=date(2009, 11, 25))
    early = applying.begin(service="domisili", by=child)
    assert applying.send(case_id=early.id, answers=PURPOSE, by=child).decision.row == "minor"  # type: ignore[union-attr]
    actions.advance_case(case_id=early.id)
    clock.move_to(at("2026-11-25T00:00:05"))
    assert sent("domisili", child).decision.row == "resident"  # type: ignore[union-attr]


def test_a_draft_is_decided_on_the_day_that_it_is_sent(clock: time_machine.Traveller) -> None:
    """Facts that follow from the date are not those of yesterday, though the draft's pull is minutes old."""
    clock.move_to(at("2026-11-24T23:55:00"))
    child = residents.resident(born=date(2009, 11, 25))
    draft = applying.begin(service="domisili", by=child)
    clock.move_to(at("2026-11-25T00:05:00"))
    sent_ = applying.send(case_id=draft.id, answers=PURPOSE, by=child)
    assert sent_.decision.row == "resident"  # type: ignore[union-attr]


def test_the_clock_is_set_back_an_hour_and_nothing_is_lost(siti: Actor, clock: time_machine.Traveller) -> None:
    """A server's clock is mended backwards: the order of events stays, and the case goes on."""
    case = applying.begin(service="domisili", by=siti)
    clock.shift(timedelta(hours=-1))
    applying.send(case_id=case.id, answers=PURPOSE, by=siti)
    actions.advance_case(case_id=case.id)
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert [step.kind for step in done.timeline] == ["begun", "submitted", "decided", "issued", "told"]
