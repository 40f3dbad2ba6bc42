"""The population register as a system like any other."""

import time
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from satu.hub.actions import find_people, pull
from satu.hub.catalogue import the_catalogue
from satu.hub.purposes import self_access
from satu.hub.queries import panels
from satu.hub.tests.register import ADI_NIK, CARD, SITI_NIK, register_sitis_family
from satu.hub.types import NotFound, PeopleFound, Subject, Unavailable
from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput, NotAllowed
from satu.kernel.identifiers import Nik
from satu.registry.search.actions import rebuild

pytestmark = pytest.mark.django_db
NIK = Nik(SITI_NIK)
SIAK = the_catalogue().system("siak").facts


@pytest.fixture
def siti():
    register_sitis_family()
    return Actor(reference="account:1", kind="resident", name="Siti Aminah", nik=NIK)


def test_the_register_answers_every_fact_that_its_description_promises(siti):
    dossier = pull(about=Subject.person(NIK), facts=SIAK, purpose=self_access(siti), by=siti)
    assert {fact: type(dossier[fact]).__name__ for fact in SIAK} == dict.fromkeys(SIAK, "Found")
    assert dossier.found() == {
        "person.nik": SITI_NIK,
        "person.name": "Siti Aminah",
        "person.sex": "female",
        "person.birth_place": "Tangerang",
        "person.birth_date": "1991-06-05",
        "person.religion": "islam",
        "person.marital_status": "widowed",
        "person.occupation": "15",
        "person.education": "upper-secondary",
        "person.blood_type": "unknown",
        "person.citizenship": "citizen",
        "person.life_status": "alive",
        "person.address": "Jl. Melati No. 5",
        "person.rt": "003",
        "person.rw": "007",
        "person.kelurahan": "Sukarasa",
        "person.kelurahan_code": "36.71.01.1001",
        "person.kecamatan": "Tangerang",
        "person.postcode": "15111",
        "person.residence_since": "2015-03-12",
        "person.family_card_number": CARD,
        "person.family_role": "head",
        "person.mother_name": "Ibu",
        "person.father_name": "Bapak",
        "family.head_name": "Siti Aminah",
        "family.members": [
            {"name": "Siti Aminah", "nik": SITI_NIK, "sex": "female", "birth_date": "1991-06-05", "role": "head"},
            {"name": "Adi Putra", "nik": ADI_NIK, "sex": "male", "birth_date": "2015-01-01", "role": "child"},
        ],
    }
    (panel,) = panels(dossier)
    assert (panel.system, panel.agency, len(panel.outcomes)) == ("siak", "Disdukcapil", len(SIAK))


def test_what_follows_from_the_register(siti):
    facts = ["person.age", "person.is_adult", "person.is_ever_married", "person.lives_in_city"]
    found = pull(about=Subject.person(NIK), facts=facts, purpose=self_access(siti), by=siti).found()
    today = timezone.localdate()
    assert found == {
        "person.age": today.year - 1991 - (today < date(today.year, 6, 5)),
        "person.is_adult": True,
        "person.is_ever_married": True,
        "person.lives_in_city": True,
    }


def test_a_stranger_to_the_register_does_not_live_in_the_city(db):
    nobody = Actor(reference="account:7", kind="resident", name="N", nik=Nik("3671014506910009"))
    dossier = pull(
        about=Subject.person(Nik("3671014506910009")),
        facts=["person.name", "person.is_adult", "person.lives_in_city"],
        purpose=self_access(nobody),
        by=nobody,
    )
    assert isinstance(dossier["person.name"], NotFound)
    assert isinstance(dossier["person.is_adult"], NotFound)
    assert dossier.found() == {"person.lives_in_city": False}


def test_asking_the_register_takes_few_queries(siti, django_assert_max_num_queries):
    pull(about=Subject.person(NIK), facts=SIAK, purpose=self_access(siti), by=siti)
    with django_assert_max_num_queries(12):
        pull(about=Subject.person(NIK), facts=SIAK, purpose=self_access(siti), by=siti)


def test_a_register_that_takes_too_long_is_cut_off(siti):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE SCHEMA slow; CREATE VIEW slow.registry_resident AS "
            "SELECT r.* FROM public.registry_resident r, pg_sleep(30); SET LOCAL search_path = slow, public"
        )
    started = time.monotonic()
    outcome = pull(about=Subject.person(NIK), facts=["person.name"], purpose=self_access(siti), by=siti)[
        "person.name"
    ]
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "deadline"
    assert time.monotonic() - started < the_catalogue().system("siak").deadline + 1


@pytest.fixture
def budi() -> Actor:
    return Actor("account:2", "officer", "Budi", agency="dukcapil", duties=frozenset({"front-office"}))


@pytest.fixture
def findable(siti):
    rebuild()


def test_the_name_box_finds_and_everybody_shown_is_told(findable, budi, new_entries):
    hits = find_people(text="siti amin", reason="counter-service", by=budi).hits
    assert [hit.name for hit in hits] == ["Siti Aminah"]
    assert hits[0].subject == Subject.person(NIK)
    assert SITI_NIK not in repr(hits)
    (entry,) = new_entries()
    assert (entry.kind, entry.subject_key, entry.actor) == ("search", SITI_NIK, "account:2")
    assert entry.purpose_id == "Melayani Anda di loket"
    assert set(entry.facts) == {"person.name", "person.birth_date", "person.sex", "person.kelurahan"}


def test_nobody_found_writes_nothing(findable, budi, new_entries):
    assert find_people(text="zzzzqq", reason="counter-service", by=budi) == PeopleFound([], more=False)
    assert new_entries() == []


def test_the_name_box_needs_a_reason_that_goes_with_a_duty(findable, siti, budi, new_entries):
    with pytest.raises(InvalidInput):
        find_people(text="siti", reason="curiosity", by=budi)
    with pytest.raises(NotAllowed):
        find_people(text="siti", reason="welfare-assessment", by=budi)
    with pytest.raises(NotAllowed):
        find_people(text="siti", reason="counter-service", by=Actor("account:1", "resident", "Siti", nik=NIK))
    assert new_entries() == []


def test_without_the_ledger_entry_nobody_is_shown(findable, budi):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = 'disk_full'; END $$;"
            "CREATE TRIGGER no_room BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION disk_full()"
        )
    with pytest.raises(Exception, match="disk full"):
        find_people(text="siti", reason="counter-service", by=budi)
