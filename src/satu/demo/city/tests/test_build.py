"""Building a city in a real register."""

from datetime import date

import pytest
from django.db import connection

from satu.demo import accounts
from satu.demo.city.build import Built, build, demolish, plan
from satu.demo.city.people import BLOCK
from satu.identity.queries import demonstration_accounts
from satu.kernel.errors import Conflict, InvalidInput
from satu.kernel.identifiers import Nik
from satu.registry import queries

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _open_ground():
    demolish()
    yield
    demolish()


def a_city(residents: int = 1500, *, seed: int = 1, processes: int = 1, replace: bool = False) -> Built:
    return build(plan(residents=residents, seed=seed), processes=processes, replace=replace)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM registry_{table}")
        return int(cursor.fetchone()[0])


def test_the_same_seed_gives_the_same_city_however_many_processes_build_it():
    alone = a_city(BLOCK + 500)
    together = a_city(BLOCK + 500, processes=2, replace=True)
    assert alone.digest == together.digest
    assert count("resident") == count("membership") == BLOCK + 500


def test_another_seed_gives_another_city():
    assert a_city(seed=1).digest != a_city(seed=2, replace=True).digest


def test_a_city_is_not_built_over_another_unasked():
    a_city()
    with pytest.raises(Conflict, match="--replace"):
        a_city()
    assert count("resident") == 1500


def test_work_that_is_stopped_leaves_no_half_city():
    def interrupted(_residents: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(plan(residents=1500, seed=1), processes=1, report=interrupted)
    assert [count(table) for table in ("resident", "family", "area")] == [0, 0, 0]


@pytest.mark.parametrize(
    "wrong", [{"residents": 0}, {"residents": 5_000_001}, {"seed": -1}, {"today": date(1999, 1, 1)}]
)
def test_what_cannot_be_built_is_said(wrong):
    with pytest.raises(InvalidInput) as refusal:
        plan(**{"residents": 10, "seed": 1, **wrong})
    assert refusal.value.field in wrong


def test_a_number_of_processes_that_makes_no_sense_is_said():
    with pytest.raises(InvalidInput):
        a_city(processes=0)


def test_residents_of_the_city_answer_to_their_niks_with_all_that_a_card_holds():
    a_city()
    residents = [resident for batch in queries.sweep() for resident in batch]
    assert len(residents) == 1500
    for resident in residents[:200]:
        assert resident.address is not None
        assert resident.address.kelurahan.code.startswith("36.71.")
        assert resident.family_head_name == resident.family_members[0].name
        assert resident.residence_since is not None
        assert resident.residence_since >= resident.birth_date


def test_some_residents_have_a_past():
    a_city()
    assert count("familypast") > 10
    assert count("residentpast") > 10
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.nik, lower(p.valid) FROM registry_residentpast p "
            "JOIN registry_resident r ON r.id = p.resident_id ORDER BY r.id LIMIT 1"
        )
        nik, day = cursor.fetchone()
    then, now = queries.resident_by_nik(Nik(nik), as_of=day), queries.resident_by_nik(Nik(nik))
    assert then is not None
    assert now is not None
    assert (then.marital_status.code, now.marital_status.code) == (1, 2)


def test_new_rows_get_numbers_of_their_own_after_a_bulk_load():
    a_city()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_resident', 'id'))")
        assert cursor.fetchone()[0] > 1500


def test_the_demonstrations_people_are_the_same_each_time_and_an_earlier_citys_are_closed(settings, tmp_path):
    settings.STATE_DIR, settings.DEVELOPMENT = tmp_path, True
    a_city()
    first = accounts.build(date(2026, 6, 30))
    assert [a.login for a in accounts.build(date(2026, 6, 30))] == [a.login for a in first]
    assert len(first) == 23
    assert all(account.who.id and account.who.en for account in first)
    assert accounts.introductions()[first[0].login] == first[0].who
    a_city(seed=2, replace=True)
    second = accounts.build(date(2026, 6, 30))
    assert {a.login for a in second} == {a.login for a in demonstration_accounts()}
    assert not {a.login for a in first[:7]} & {a.login for a in second}


def test_a_process_that_fails_is_not_passed_over_in_silence():
    demolish()
    chosen = plan(residents=2 * BLOCK, seed=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registry_resident ADD CONSTRAINT nobody_at_all CHECK (id < 10)")
    try:
        with pytest.raises(RuntimeError, match="ended with 1"):
            build(chosen, processes=2)
        assert count("resident") == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE registry_resident DROP CONSTRAINT nobody_at_all")
