"""Residents who ask by themselves, for every service that the city has, and officers who decide on some of it."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from satu.demo import accounts
from satu.demo.city.applicants import BY
from satu.demo.city.living import Lived, live, still_to_ask
from satu.finance.models import Bill
from satu.hub.ledger.queries import accesses_about
from satu.hub.types import Subject
from satu.kernel.identifiers import Nik
from satu.services import actions, queries
from satu.services.conversation.models import Message
from satu.services.models import Case, Task, TaskDecision
from satu.services.packages import the_packages
from tests.journeys import residents
from tests.journeys.conftest import Town
from tests.journeys.households import MARRIED, NEVER_MARRIED, household, letter
from tests.journeys.test_reklame import Business
from tests.journeys.test_sip import worker

pytestmark = pytest.mark.usefixtures("town", "register")


def people(town: Town) -> None:
    """Somebody for every service: a mother of a newborn, parents, a doctor, the owner of a business."""
    today = timezone.localdate()
    for years in (1, 4):
        _husband, wife, _child = household(
            ("Asep Hidayat", "male", today.replace(year=1990, day=3), MARRIED, 1),
            ("Euis Komariah", "female", today.replace(year=1992, day=5), MARRIED, 3),
            ("Rizky Hidayat", "male", today - timedelta(days=365 * years), NEVER_MARRIED, 4),
        )
        if years > 2:
            letter(town, wife)
    worker(town)
    Business(town)


@pytest.fixture
def lived(town: Town) -> Lived:
    people(town)
    assert accounts.staff() > 0
    return live(requests=20, seed="a")


def test_every_service_is_asked_for_and_every_kind_of_end_is_there(lived: Lived) -> None:
    cases = Case.objects.exclude(submitted_at=None)
    assert {case.service for case in cases} == set(the_packages())
    assert {case.applicant for case in cases} == {BY}
    states = Counter(case.state for case in cases)
    assert lived.sent == sum(states.values())
    assert (lived.documents, lived.refused) == (states["issued"], states["refused"])
    assert lived.documents >= len(the_packages())
    assert lived.waiting > 0
    assert Bill.objects.filter(state="paid").exists()
    assert not Case.objects.filter(state="draft").exists()

    # Who decided is an officer of the task's own agency, and she opened the case first: its subject can read that.
    decided = TaskDecision.objects.select_related("task__case").exclude(decision="noted")
    officers = {one.reference: one for one in accounts.officers()}
    for one in decided:
        assert officers[one.by].agency == one.task.agency
        assert officers[one.by].has_duty(one.task.duty)
        looks = accesses_about(Subject.person(Nik(one.task.case.subject_nik)), limit=50)
        assert one.by_name in {look.who for look in looks}
    assert Task.objects.filter(state="open").exists()
    assert Message.objects.filter(by_kind="resident").exists()

    # What somebody pressed, nobody of the city's own decides, and what waits is looked at again on a later day only.
    siti = residents.resident()
    hers = actions.start_case(service="sktm", by=siti)
    actions.send_case(case_id=hers, answers={"purpose": "beasiswa"}, by=siti)
    live(requests=1, seed="b")
    assert queries.case_for(hers, by=siti).state == "submitted"
    assert still_to_ask(up_to=lived.sent + 1) == 0
