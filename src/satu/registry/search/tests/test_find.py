"""The name box, on the register."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from satu.kernel.identifiers import Nik
from satu.registry.models import Family, Membership, Resident
from satu.registry.search.actions import rebuild, rebuild_if_worn, reindex
from satu.registry.search.commands import app
from satu.registry.search.models import Change, Generation, Part
from satu.registry.search.queries import find, search

pytestmark = pytest.mark.django_db


def names(text: str, **asked: Any) -> list[str]:
    return [hit.name for hit in find(text, **asked)]


def rename(person: Resident, name: str) -> None:
    Resident.objects.filter(pk=person.pk).update(name=name)
    reindex([person.pk])


def test_a_hit_says_who_she_is_and_where_she_lives(register):
    person = register("Siti Nurhayati", date(1991, 3, 14), kelurahan="36.71.05.1002")
    (hit,) = find("noerhajati st.")
    assert hit.resident_id == person.pk
    assert hit.nik == Nik(person.nik)
    assert (hit.name, hit.birth_date, hit.sex) == ("Siti Nurhayati", date(1991, 3, 14), "male")
    assert (hit.kelurahan_code, hit.kelurahan_name) == ("36.71.05.1002", "Area 36.71.05.1002")
    assert 0 < hit.score < 1
    assert find("siti nurhayati")[0].score == 1


def test_a_hit_does_not_print_the_person(register):
    person = register("Siti Nurhayati")
    assert person.nik not in repr(find("siti"))
    assert "Nurhayati" not in repr(find("siti"))


def test_the_same_is_found_before_and_after_a_rebuild(register):
    for name in ("Siti Aminah", "Sitti Aminah", "Aminah", "Budi Santoso"):
        register(name)
    before = find("siti aminah")
    generation = rebuild()
    assert (generation.residents, generation.names) == (4, 4)
    assert not Change.objects.exists()
    assert find("siti aminah") == before
    assert [hit.name for hit in before] == ["Siti Aminah", "Sitti Aminah"]


def test_a_birth_year_or_date_narrows_the_search(register):
    register("Siti Aminah", date(1991, 3, 14))
    register("Siti Aminah", date(1991, 3, 15))
    register("Siti Aminah", date(1992, 3, 14))
    rebuild()

    def births(text: str, **asked: Any) -> list[date]:
        return sorted(hit.birth_date for hit in find(text, **asked))

    assert births("siti aminah 1991") == [date(1991, 3, 14), date(1991, 3, 15)]
    assert births("siti aminah", birth_year=1992) == [date(1992, 3, 14)]
    assert births("siti aminah 15-03-1991") == [date(1991, 3, 15)]
    assert births("siti aminah 1991", birth_year=1992) == [date(1992, 3, 14)]


def test_a_wrong_birth_year_does_not_hide_the_person(register):
    register("Siti Aminah", date(1991, 3, 14))
    (hit,) = find("siti aminah 1990")
    assert hit.score < 0.2


def test_only_one_kelurahan(register):
    register("Siti Aminah", kelurahan="36.71.01.1001")
    there = register("Siti Aminah", kelurahan="36.71.05.1002")
    for _ in range(2):
        assert [hit.resident_id for hit in find("siti", kelurahan="36.71.05.1002")] == [there.pk]
        assert find("siti", kelurahan="36.71.09.1009") == []
        rebuild()


def test_a_nik_finds_its_resident_whole_or_begun(register):
    person = register("Siti Aminah", date(1991, 3, 14))
    other = register("Budi", date(1952, 12, 24))
    spaced = f"{person.nik[:4]} {person.nik[4:8]} {person.nik[8:]}"
    assert names(person.nik) == names(spaced) == ["Siti Aminah"]
    assert names(person.nik[:10]) == ["Siti Aminah"]
    assert set(names("367101")) == {"Siti Aminah", "Budi"}
    assert names("36710") == []
    assert names(other.nik, kelurahan="36.71.09.1009") == []


def test_a_family_card_finds_the_family(register):
    for name in ("Budi Santoso", "Siti Aminah", "Joko"):
        register(name, family="3671021708450001")
    register("Udin")
    assert names("3671021708450001") == ["Budi Santoso", "Siti Aminah", "Joko"]
    assert names("36710217") == ["Budi Santoso", "Siti Aminah", "Joko"]


def test_a_corrected_name_is_found_at_once_and_the_old_one_no_more(register):
    person = register("Siti Aminah")
    register("Budi Santoso")
    for correction in ("Zulkarnaen", "Xaverius", "Wulandari"):
        rebuild()
        rename(person, correction)
        assert names(correction) == [correction]
        assert names("siti aminah") == []


def test_somebody_who_moves_is_found_in_the_new_kelurahan(register):
    person = register("Siti Aminah", kelurahan="36.71.01.1001")
    neighbour = register("Budi", kelurahan="36.71.05.1002")
    rebuild()
    family = Family.objects.get(membership__resident=neighbour)
    Membership.objects.filter(resident=person).update(family=family, role=4)
    reindex([person.pk])
    assert names("siti", kelurahan="36.71.01.1001") == []
    assert names("siti", kelurahan="36.71.05.1002") == ["Siti Aminah"]


def test_what_is_rolled_back_was_never_found(register):
    person = register("Siti Aminah")
    rebuild()
    mark = transaction.savepoint()
    rename(person, "Zulkarnaen")
    assert names("zulkarnaen") == ["Zulkarnaen"]
    transaction.savepoint_rollback(mark)
    assert names("zulkarnaen") == []
    assert names("siti") == ["Siti Aminah"]


def test_a_rebuild_rolled_back_was_never_made(register):
    register("Siti Aminah")
    mark = transaction.savepoint()
    rebuild()
    register("Budi Santoso")
    assert names("budi") == ["Budi Santoso"]
    transaction.savepoint_rollback(mark)
    assert names("budi") == []
    assert names("siti") == ["Siti Aminah"]


def test_an_operator_makes_the_index_anew(register):
    register("Siti Aminah")
    result = CliRunner().invoke(app, ["rebuild"])
    assert result.exit_code == 0
    assert "1 residents, 1 names of 2 words" in result.output
    assert names("siti") == ["Siti Aminah"]


def test_only_one_generation_is_kept(register):
    register("Siti Aminah")
    first, second = rebuild(), rebuild()
    assert second.pk > first.pk
    assert list(Generation.objects.values_list("pk", flat=True)) == [second.pk]
    assert set(Part.objects.values_list("generation", flat=True)) == {second.pk}


def test_the_nightly_job_makes_the_index_anew_when_many_have_changed(register):
    person = register("Siti Aminah")
    rebuild()
    reindex([person.pk])
    assert not rebuild_if_worn()
    for _ in range(500):
        reindex([person.pk])
    assert rebuild_if_worn()
    assert not Change.objects.exists()
    assert names("siti") == ["Siti Aminah"]


def test_a_search_asks_the_database_twice(register, django_assert_num_queries):
    for number in range(15):
        register(f"Siti Aminah {'abcdefghijklmno'[number]}")
    rebuild()
    find("siti")
    with django_assert_num_queries(2):
        assert len(find("siti aminah")) == 10
    with django_assert_num_queries(1):
        assert find("zzzzzzzzzzzz") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\t",
        "'",
        '"',
        "\\",
        "%",
        "_",
        "'; DROP TABLE registry_resident; --",
        "\x00",
        "siti\x00",
        "12345",
        "٣٦٧١٠١٤٥٠٣٩١٠٠٠١",
        "1" * 10000,
        "a" * 10000,
        "a b " * 2500,
        "oe" * 5000,
        "jzojzo" * 1700,
        "😀",
        "王小明",
        "- - - -",
        "....",
        "a.",
        "h. hj. drs. ir.",
        "0000000000000000",
        "31-31-1991",
        "1991",
        "-1 OR 1=1",
    ],
)
def test_absurd_and_hostile_input_gets_a_sane_answer(register, text):
    register("Siti Aminah")
    register("A")
    assert len(find(text)) <= 2


def test_it_says_whether_more_are_meant_than_fit(register):
    for _each in range(3):
        register("Siti Aminah")
    assert [(len(one.hits), one.more) for one in (search("siti", limit=2), search("siti", limit=3))] == [
        (2, True),
        (3, False),
    ]


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.none() | st.integers(), st.none() | st.text())
def test_anything_may_be_asked(register, text, birth_year, kelurahan):
    if not Resident.objects.exists():
        register("Siti Aminah")
    assert len(find(text, birth_year=birth_year, kelurahan=kelurahan)) <= 1


OTHER_PROCESS = """
import json, sys, django
django.setup()
from satu.registry.search.queries import find
for line in sys.stdin:
    print(json.dumps([hit.name for hit in find(json.loads(line))]), flush=True)
"""


@pytest.fixture
def other_process(transactional_db):
    """Another process of the same city, that answers searches."""
    url = urlsplit(os.environ["DATABASE_URL"])
    here = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = os.environ | {
        "DATABASE_URL": here,
        "DJANGO_SETTINGS_MODULE": "satu.config.settings",
        "PYTHONPATH": str(settings.BASE_DIR / "src"),
    }
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask(text: str) -> list[str]:
            stdin.write(json.dumps(text) + "\n")
            stdin.flush()
            answer: list[str] = json.loads(stdout.readline())
            return answer

        yield ask
        stdin.close()


@pytest.mark.django_db(transaction=True)
def test_another_process_finds_a_corrected_name_after_its_commit_and_not_before(register, other_process):
    person = register("Siti Aminah")
    rebuild()
    assert other_process("siti aminah") == ["Siti Aminah"]
    with transaction.atomic():
        rename(person, "Zulkarnaen")
        assert names("zulkarnaen") == ["Zulkarnaen"]
        assert other_process("zulkarnaen") == []
        assert other_process("siti aminah") == ["Siti Aminah"]
    assert other_process("zulkarnaen") == ["Zulkarnaen"]
    assert other_process("siti aminah") == []
    register("Wulandari")
    rebuild()
    assert other_process("wulandari") == ["Wulandari"]
    assert other_process("zulkarnaen") == ["Zulkarnaen"]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_began_first_and_is_committed_last_is_not_missed(register):
    slow, quick = register("Siti Aminah"), register("Budi Santoso")
    rebuild()
    assert names("siti aminah") == ["Siti Aminah"]
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        try:
            with transaction.atomic():
                rename(slow, "Zulkarnaen")
                begun.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slowly)
    thread.start()
    assert begun.wait(20)
    rename(quick, "Wulandari")
    assert names("wulandari") == ["Wulandari"]
    assert names("zulkarnaen") == []
    go_on.set()
    thread.join()
    assert names("zulkarnaen") == ["Zulkarnaen"]
    assert names("wulandari") == ["Wulandari"]


@pytest.mark.django_db(transaction=True)
def test_a_change_made_during_a_rebuild_survives_it(register):
    person = register("Siti Aminah")
    with transaction.atomic():
        rebuild()

        def correct() -> None:
            try:
                rename(person, "Zulkarnaen")
            finally:
                connection.close()

        thread = threading.Thread(target=correct)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()
    assert names("zulkarnaen") == ["Zulkarnaen"]
    assert names("siti aminah") == []


@pytest.mark.django_db(transaction=True)
def test_many_threads_search_while_names_change_and_the_index_is_rebuilt(register):
    person = register("Siti Aminah")
    for name in ("Budi Santoso", "Joko Susilo", "Ahmad Fauzi"):
        register(name)
    rebuild()
    stop = threading.Event()

    def search_on(name: str) -> int:
        count = 0
        try:
            while not stop.is_set() or not count:
                assert names(name) == [name]
                count += 1
            return count
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(search_on, name) for name in ("Budi Santoso", "Joko Susilo", "Ahmad Fauzi")]
        try:
            for number in range(12):
                correction = "Wulandari" if number % 2 else "Zulkarnaen"
                rename(person, correction)
                assert names(correction) == [correction]
                if number % 4 == 3:
                    rebuild()
        finally:
            stop.set()
        assert all(future.result(timeout=30) for future in running)
