"""A service that issues more than one document, and not all of them to the same person."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from satu.documents.queries import documents_of, pdf_for
from satu.identity.types import Actor
from satu.kernel.errors import Conflict, Missing
from satu.services import actions, queries
from satu.services.models import Case, CaseDocument
from satu.services.types import CaseView
from tests.journeys import applying, residents
from tests.journeys.changed_city import another_service

pytestmark = pytest.mark.usefixtures("town", "register", "twofold")
Work = Callable[[], None]
BESIDE = """also_issues:
  - key: copy
    template: document.typ
    title: {id: Petikan untuk pemohon, en: Extract for the applicant}
    classification: "400.12.2.1"
    signing_agency: kelurahan
    holder: applicant
    validity: []
document:
"""
STEPS = """steps:
  - rule: eligibility
  - issue: copy
  - issue: document
  - notify: applicant
"""


@pytest.fixture
def twofold(as_the_city: Path) -> None:
    """The city has a letter of residence for one's parents, with an extract for who asked."""
    another_service(
        as_the_city,
        "rangkap",
        "RAN",
        ("process: process.bpmn\n", STEPS),
        ("\ndocument:\n", f"\n{BESIDE}"),
        ("\nneeds:\n", "\nfor: [self, parent]\nneeds:\n"),
    )


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def nur(siti: Actor) -> Actor:
    return residents.relative(siti, name="Nur Hasanah", born=residents.years_ago(70), role=7, sex="female")


def sent(who: Actor, about: str = "") -> CaseView:
    case = applying.begin(service="rangkap", about=about, by=who)
    return applying.send(case_id=case.id, answers={"purpose": "membuka rekening"}, by=who)


def test_each_document_has_its_holder_and_the_main_one_closes_the_case(siti: Actor, nur: Actor, work: Work) -> None:
    assert siti.nik is not None
    assert nur.nik is not None
    key = next(one.key for one in queries.whom_for("rangkap", by=siti) if one.relation == "parent")
    case = sent(siti, key)
    work()
    hers = queries.case_for(case.id, by=siti)
    assert hers.state == "issued"
    assert [(one.key, one.title.id) for one in hers.documents] == [
        ("document", "Surat Keterangan Domisili"),
        ("copy", "Petikan untuk pemohon"),
    ]
    main, copy = hers.documents
    assert hers.document == main
    assert {one.id for one in documents_of(siti.nik)} == {main.id, copy.id}
    assert [one.id for one in documents_of(nur.nik)] == [main.id]
    assert [one.key for one in queries.case_for(case.id, by=nur).documents] == ["document"]
    assert pdf_for(copy.id, by=siti).content
    with pytest.raises(Missing):
        pdf_for(copy.id, by=nur)
    assert [step.text for step in hers.timeline if step.kind == "issued"] == [
        "Surat Anda terbit: Petikan untuk pemohon",
        "Surat Anda terbit: Surat Keterangan Domisili",
    ]


def test_carried_on_twice_nothing_is_issued_twice(siti: Actor, work: Work) -> None:
    assert siti.nik is not None
    case = sent(siti)
    for _time in range(2):
        actions.advance_case(case_id=case.id)
    work()
    assert len(documents_of(siti.nik)) == 2
    assert CaseDocument.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseDocument.objects.update(key="another")


def test_what_has_issued_a_document_is_not_taken_back(siti: Actor) -> None:
    case = sent(siti)
    CaseDocument.objects.create(case=Case.objects.get(), key="copy", document_id=case.id)
    with pytest.raises(Conflict):
        actions.withdraw_case(case_id=case.id, by=siti)
