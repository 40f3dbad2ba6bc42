"""A package is edited, or taken away, while cases of it are open: each goes on with the version it began with."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from satu.documents.queries import document_by_code
from satu.hub.catalogue import the_catalogue
from satu.identity.types import Actor
from satu.kernel.city import the_city
from satu.kernel.errors import InvalidInput, Missing
from satu.services import actions, queries
from satu.services.models import Case
from satu.services.packages import package_at, the_packages
from satu.services.packages.versions import the_knowledge
from satu.services.types import CaseView
from tests.journeys import applying, residents
from tests.journeys.test_sktm import CORRECTED, PURPOSE, RINA, SENTENCE, decide, the_task
from tests.journeys.workers import Worker

pytestmark = pytest.mark.usefixtures("town", "register")
Edit = Callable[..., None]
ANOTHER_QUESTION = """questions:
  - key: when
    label: {id: "Kapan surat ini dipakai?", en: "When is this letter used?"}
    type: text
    max_length: 80
"""
_READ_ONCE = (the_city, the_catalogue, the_packages, the_knowledge, package_at)


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def city(tmp_path: Path, settings) -> Iterator[Path]:
    """A copy of the city's folder, in use; processes that start after an edit see it."""
    folder = tmp_path / "city"
    shutil.copytree(django_settings.SATU_CITY, folder)
    settings.SATU_CITY = str(folder)
    start_anew()
    yield folder
    settings.SATU_CITY = django_settings.SATU_CITY
    start_anew()


def start_anew() -> None:
    """What a process reads once is read again, as by one that starts now."""
    for read in _READ_ONCE:
        read.cache_clear()


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    start_anew()


def publish_another(city: Path) -> None:
    """Five days instead of three, no correction any more, another question, another letter, other reasons."""
    edit(
        city / "services" / "sktm" / "service.yaml",
        ("      deadline: 3\n", "      deadline: 5\n"),
        ("decisions: [approve, refuse, correction]", "decisions: [approve, refuse]"),
        ("Untuk keperluan apa?", "Untuk apa surat ini Anda pakai?"),
        ("title: {id: Surat Keterangan Tidak Mampu,", "title: {id: Surat Keterangan Baru,"),
    )
    edit(
        city / "services" / "sktm" / "need.yaml",
        ("Data kesejahteraan keluarga ini belum diketahui.", "Menurut aturan baru, data belum diketahui."),
    )


def sent(by: Actor) -> CaseView:
    case = applying.begin(service="sktm", by=by)
    return applying.send(case_id=case.id, answers=PURPOSE, by=by)


def work(city: Path) -> None:
    """By a worker of its own, which has never read the old package."""
    Worker("--once", SATU_CITY=str(city)).finish()


def test_an_open_case_keeps_its_version_through_correction_to_its_letter(siti: Actor, city: Path) -> None:
    case = sent(siti)
    before = Case.objects.get(pk=case.id).version
    assert before is not None
    publish_another(city)
    assert the_packages()["sktm"].version != before.version

    task = queries.task_for(the_task(), by=RINA)
    assert task.decisions == ("approve", "refuse", "correction")
    assert task.working_days_left == 3
    assert [str(question.label.id) for question in task.questions] == ["Untuk keperluan apa?"]
    assert not any("aturan baru" in advice.reason.id for advice in task.advice)
    decide("correction", SENTENCE)
    actions.resubmit_case(case_id=case.id, answers=CORRECTED, by=siti)
    again = queries.case_for(case.id, by=siti)
    assert again.working_days_left == 3
    decide("approve")
    work(city)
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert done.document is not None
    assert done.document.title.id == "Surat Keterangan Tidak Mampu"
    assert document_by_code(done.document.code) is not None
    assert Case.objects.get(pk=case.id).version == before


def test_who_sends_after_the_edit_is_under_the_new_version(siti: Actor, city: Path) -> None:
    """Also with a draft begun before it: nothing was decided on it."""
    draft = applying.begin(service="sktm", by=siti)
    other = sent(residents.resident(name="Dewi Lestari"))
    publish_another(city)
    assert [str(q.label.id) for q in queries.case_for(draft.id, by=siti).questions] == [
        "Untuk apa surat ini Anda pakai?"
    ]
    new = applying.send(case_id=draft.id, answers=PURPOSE, by=siti)
    assert (new.working_days_left, other.working_days_left) == (5, 3)
    tasks = {item.number: item.id for item in queries.queue_of(RINA).items}
    with pytest.raises(InvalidInput):
        decide("correction", SENTENCE, task=tasks[new.number])
    decide("correction", SENTENCE, task=tasks[other.number])
    decide("approve", task=tasks[new.number])
    work(city)
    document = queries.case_for(new.id, by=siti).document
    assert document is not None
    assert document.title.id == "Surat Keterangan Baru"


def test_a_question_added_while_she_writes_is_asked_before_it_is_sent(siti: Actor, city: Path) -> None:
    draft = applying.begin(service="sktm", by=siti)
    edit(
        city / "services" / "sktm" / "service.yaml",
        ("questions:\n", ANOTHER_QUESTION),
    )
    with pytest.raises(InvalidInput) as caught:
        applying.send(case_id=draft.id, answers=PURPOSE, by=siti)
    assert caught.value.field == "when"
    assert queries.case_for(draft.id, by=siti).state == "draft"


def test_a_service_that_is_taken_away_ends_no_open_case(siti: Actor, city: Path) -> None:
    case = sent(siti)
    shutil.rmtree(city / "services" / "sktm")
    start_anew()
    with pytest.raises(Missing):
        applying.begin(service="sktm", by=siti)
    (item,) = queries.queue_of(RINA).items
    assert item.number == case.number
    decide("approve", task=item.id)
    work(city)
    assert queries.case_for(case.id, by=siti).state == "issued"
    assert [summary.state for summary in queries.cases_of(siti)] == ["issued"]
