import pytest

from satu.hub.ledger.actions import append, seal
from satu.hub.ledger.queries import accesses_about
from satu.hub.ledger.tests.looks import BUDI, PURPOSE, SITI, a_look, look
from satu.hub.ledger.types import ReleasedFact
from satu.hub.types import Ambiguous, Found, NotFound, Provenance, Refused, Subject, Unavailable
from satu.identity.types import Actor
from satu.kernel.city import the_city

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_ledger")]
ABOUT_SITI = Subject.person(SITI)


def test_a_citizen_reads_who_looked_at_her_why_and_at_what():
    append([a_look(BUDI)])
    [entry_id] = append([a_look(SITI)])
    [access] = accesses_about(ABOUT_SITI, limit=10)
    assert access.entry_id == entry_id
    assert (access.who, access.agency) == ("Rina Marlina", the_city().agencies["dinsos"])
    assert (access.why.id, access.why.en) == (PURPOSE.label.id, PURPOSE.label.en)
    assert (access.legal_basis, access.reference) == ("UU 13/2011", "inquiry:3")
    assert access.facts[1] == ReleasedFact("person.welfare_decile", "dtsen", "unavailable")
    assert [access.count(o) for o in ("found", "unavailable", "refused")] == [1, 1, 0]
    assert not access.sealed
    assert SITI.value not in repr(access)


def test_her_own_look_and_that_of_a_closed_agency_are_shown_too():
    herself = Actor(reference="account:9", kind="resident", name="Siti", nik=SITI)
    closed = Actor(reference="account:8", kind="officer", name="Old Officer", agency="closed-long-ago")
    append([a_look(by=closed)])
    append([a_look(by=herself)])
    accesses = {access.actor_kind: access for access in accesses_about(ABOUT_SITI, limit=10)}
    assert accesses["resident"].agency is None
    assert (accesses["officer"].agency, accesses["officer"].agency_code) == (None, "closed-long-ago")


def test_a_family_with_the_same_digits_is_not_the_person():
    append([a_look()])
    assert accesses_about(Subject(kind="family", key=SITI.value), limit=10) == []


def test_pages_follow_one_another_without_gap_or_repeat(monkeypatch):
    milliseconds = iter(range(1_700_000_000_000, 1_700_000_000_025))
    monkeypatch.setattr("time.time_ns", lambda: next(milliseconds) * 1_000_000)
    ids = append([a_look() for _ in range(25)])
    seen, before = [], None
    while page := accesses_about(ABOUT_SITI, limit=10, before=before):
        seen += [access.entry_id for access in page]
        before = page[-1].entry_id
    assert seen == ids[::-1]


@pytest.mark.parametrize("looks", [1, 40])
def test_a_page_costs_one_statement_however_many_looks(looks, django_assert_num_queries):
    append([a_look() for _ in range(looks)])
    with django_assert_num_queries(1):
        assert len(accesses_about(ABOUT_SITI, limit=50)) == looks


@pytest.mark.django_db(transaction=True)
def test_she_sees_which_looks_are_sealed():
    look()
    seal()
    look()
    assert [access.sealed for access in accesses_about(ABOUT_SITI, limit=10)] == [False, True]


def test_every_outcome_of_a_pull_has_its_name_in_the_ledger_and_leaves_its_value_behind():
    from datetime import UTC, datetime

    at = datetime(2026, 11, 24, tzinfo=UTC)
    found = Found("person.name", "Siti Aminah", Provenance("siak", "1", at, at, "UU"))
    outcomes = [
        found,
        NotFound("person.school", "dapodik", at, "UU"),
        Ambiguous("person.name", "pbb", at, "UU", 2),
        Unavailable("person.businesses", "oss", at, "UU", "deadline"),
        Refused("person.religion", "siak", at, "UU"),
    ]
    released = [ReleasedFact.of(outcome) for outcome in outcomes]
    assert [r.outcome for r in released] == ["found", "not-found", "ambiguous", "unavailable", "refused"]
    assert released[0] == ReleasedFact("person.name", "siak", "found")
    append([a_look(facts=released)])
    assert accesses_about(ABOUT_SITI, limit=1)[0].facts == tuple(released)
