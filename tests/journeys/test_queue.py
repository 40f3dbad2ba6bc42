"""The officer's queue: what is looked for is found, in her own areas and nowhere else."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import timezone

from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput
from satu.services import actions, queries
from satu.services.models import Task
from satu.services.queries import queue, queue_sql
from tests.journeys import residents

AREA, ANOTHER = "36.71.01.1001", "36.71.05.1003"
RINA = Actor(
    reference="account:900",
    kind="officer",
    name="Rina Marlina",
    agency="kelurahan",
    duties=frozenset({"front-office"}),
    areas=frozenset({AREA}),
)
BOTH, WHOLE_CITY = replace(RINA, areas=frozenset({AREA, ANOTHER})), replace(RINA, areas=frozenset())


@pytest.fixture
def siti(town: object, register: None) -> Actor:
    return residents.resident()


@pytest.fixture
def number(siti: Actor) -> str:
    """The number of her request, which has an open task; the same name waits in another kelurahan."""
    case = actions.start_case(service="sktm", by=siti)
    actions.send_case(case_id=case, answers={"purpose": "keringanan biaya sekolah"}, by=siti)
    task = Task.objects.get()
    task.pk, task.element, task.area, task.applicant_name = uuid4(), "elsewhere", ANOTHER, "Siti  O'Aminah"
    task.save(force_insert=True)
    return queries.case_for(case, by=siti).number


def found(text: str, by: Actor = RINA) -> list[str]:
    return [item.applicant_name for item in queries.queue_of(by, text=text).items]


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize("text", ["siti", "SIT", "aminah", "am si", "Siti   Aminah"])
def test_a_name_is_found_by_how_its_words_begin(text: str) -> None:
    assert found(text) == ["Siti Aminah"]


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize(
    "text", ["minah", "siti budi", "%%%", "'''", "\\\\\\", "a' | 's", "siti & aminah", "\x00xyz", "o'a"]
)
def test_nothing_else_is_found_however_it_is_written(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["s", "%", "'", "\\", "s i", "\x00x"])
def test_too_little_of_a_name_is_not_looked_for(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(text)
    assert refused.value.field == "q"


def test_of_a_name_that_very_many_have_some_are_shown_and_more_of_it_is_asked_for(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (queue, queue_sql):
        monkeypatch.setattr(module, "MOST", 1)
    page = queries.queue_of(WHOLE_CITY, text="siti", limit=1)
    assert (len(page.items), page.next, page.more_than) == (1, "", 1)
    page = queries.queue_of(RINA, text="siti", limit=1)  # of another area is not hers, and does not count
    assert (len(page.items), page.next, page.more_than) == (1, "", 0)


@pytest.mark.usefixtures("number")
def test_whoever_has_more_areas_finds_more() -> None:
    assert sorted(found("siti", by=BOTH)) == sorted(found("siti", by=WHOLE_CITY)) == ["Siti  O'Aminah", "Siti Aminah"]
    assert found("o'a", by=BOTH) == found("o'a", by=WHOLE_CITY) == ["Siti  O'Aminah"]
    assert found("siti", by=replace(RINA, agency="dinsos")) == []
    assert found("siti", by=replace(RINA, duties=frozenset({"social-worker"}))) == []


def test_a_request_is_found_by_its_number_or_the_end_of_it(number: str) -> None:
    _prefix, year, serial = number.split("-")
    for text in (number, number.lower(), f"sktm {int(serial)}", f"{year}-{serial}", serial, str(int(serial))):
        assert found(text) == ["Siti Aminah"]
    assert found(f"DOM-{year}-{serial}") == found(str(int(serial) + 1)) == []
    assert found(number, by=replace(RINA, areas=frozenset({"36.71.05.1004"}))) == []


@pytest.mark.usefixtures("number")
def test_what_was_decided_is_not_found() -> None:
    Task.objects.update(state="cancelled", ended_at=timezone.now())
    assert found("siti") == []
