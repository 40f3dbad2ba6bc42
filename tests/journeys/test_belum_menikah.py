"""Surat keterangan belum menikah: the service that was written from the guide, without a line of code."""

from collections.abc import Callable

import pytest

from satu.documents.queries import pdf_for
from satu.documents.verification import verify_pdf
from satu.hub.ledger.queries import accesses_about
from satu.hub.types import Subject
from satu.identity.types import Actor
from satu.services import queries
from satu.services.queries import search_services
from satu.services.types import CaseView
from tests.journeys import applying, residents

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[[], None]
PURPOSE = {"purpose": "mengurus pernikahan"}


def sent(who: Actor) -> CaseView:
    case = applying.begin(service="belum-menikah", by=who)
    return applying.send(case_id=case.id, answers=PURPOSE, by=who)


def test_who_never_married_has_the_letter_at_once(work: Work) -> None:
    siti = residents.resident()
    case = sent(siti)
    work()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert done.document is not None
    assert verify_pdf(pdf_for(done.document.id, by=siti).content).verdict == "genuine"
    assert done.savings.fields_typed == 1


@pytest.mark.parametrize(
    ("other", "row"),
    [
        ({"married": True}, "ever-married"),
        ({"born": residents.years_ago(15)}, "minor"),
        ({"life_status": residents.DECEASED}, "deceased"),
        ({"life_status": residents.MOVED}, "lives-elsewhere"),
    ],
)
def test_who_may_not_have_it_reads_why_and_what_she_can_do(work: Work, other: dict, row: str) -> None:
    who = residents.resident(**other)
    case = sent(who)
    work()
    refused = queries.case_for(case.id, by=who)
    assert refused.state == "refused"
    assert refused.decision is not None
    assert refused.decision.row == row
    assert refused.decision.advice is not None


def test_only_the_answer_leaves_the_register_never_what_she_was_before(work: Work) -> None:
    siti = residents.resident()
    case = sent(siti)
    assert "person.marital_status" not in {fact.fact for fact in case.facts}
    assert siti.nik is not None
    told = {fact.fact for access in accesses_about(Subject.person(siti.nik), limit=5) for fact in access.facts}
    assert "person.is_ever_married" in told
    assert "person.marital_status" not in told


@pytest.mark.parametrize("text", ["belum menikah", "surat lajang", "never married", "blm kawin"])
def test_it_is_found_by_everyday_words(text: str) -> None:
    assert "belum-menikah" in [hit.slug for hit in search_services(text)]
