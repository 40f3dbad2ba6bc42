"""Systems that drop a file every night."""

import threading
import time
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from satu.hub.actions import pull
from satu.hub.catalogue import the_catalogue
from satu.hub.connectors import file as file_connector
from satu.hub.connectors.base import Question, Trouble
from satu.hub.connectors.file import FileConnector
from satu.hub.mapping import Records
from satu.hub.purposes import self_access
from satu.hub.tests.conftest import NIK, SITI
from satu.hub.types import Ambiguous, Found, NotFound, Unavailable

pytestmark = pytest.mark.django_db
HEADER = "NR;NIK;SCHOOL\n"


def pupil(school: str, nik: str = NIK.value, number: str = "1") -> str:
    return f'{number};{nik};"{school}"\n'


def drop(folder: Path, night: int, text: str) -> Path:
    path = folder / f"school_202601{night:02d}.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(small_city, tmp_path, monkeypatch):
    folder = tmp_path / "drop"
    folder.mkdir()
    monkeypatch.setenv("SATU_DELTA_FOLDER", str(folder))
    monkeypatch.setattr(file_connector, "_LOOK_EVERY", 0.0)
    return folder


@pytest.fixture
def connector(folder):
    return FileConnector(the_catalogue().system("delta"))


def ask(connector: FileConnector) -> list[str]:
    """The schools now, after a reading that this question has started is over."""

    def once() -> Records:
        question = Question(connector.system.operations["pupil"], SITI, date(2026, 1, 9), time.monotonic() + 1)
        return connector.fetch(question)

    _settle()
    once()
    _settle()
    return [row["SCHOOL"] for row in once().rows]


def _settle() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("Thread-") and "_read_newest_and_release" in thread.name:
            thread.join()


def test_the_newest_file_counts_and_its_date_is_the_answers(folder, siti):
    drop(folder, 1, HEADER + pupil("SDN 1"))
    drop(folder, 2, HEADER + pupil("SDN 2"))
    outcome = pull(about=SITI, facts=["person.school"], purpose=self_access(siti), by=siti)["person.school"]
    assert isinstance(outcome, Found)
    assert outcome.value == "SDN 2"
    assert timezone.localdate(outcome.provenance.as_of) == date(2026, 1, 2)


def test_a_newer_file_is_taken_when_it_lands(folder, connector):
    drop(folder, 1, HEADER + pupil("SDN 1"))
    assert ask(connector) == ["SDN 1"]
    drop(folder, 2, HEADER + pupil("SDN 2"))
    assert ask(connector) == ["SDN 2"]
    assert connector.report() == ""


def test_the_same_name_written_anew_is_a_new_file(folder, connector):
    drop(folder, 1, HEADER + pupil("SDN 1"))
    assert ask(connector) == ["SDN 1"]
    drop(folder, 1, HEADER + pupil("SDN 11"))
    assert ask(connector) == ["SDN 11"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEADER + pupil("SDN 2") + "2;36", "its last line does not end"),
        (HEADER + pupil("SDN 2") + "2;3671014506910004\n", "line 3 has 2 columns"),
        (HEADER + '1;2;"SDN\n', "not CSV"),
        ("NR;SCHOOL\n1;SDN 2\n", "no column NIK"),
        ("NR;NIK;SEKOLAH\n1;2;SDN 2\n", "no column SCHOOL"),
        ("", "it is empty"),
        (HEADER + pupil("SDN 2", nik="5"), "it has 1 rows, and the one before had 3"),
    ],
)
def test_a_spoilt_file_keeps_the_previous_one_and_is_reported(folder, connector, text, why):
    drop(folder, 1, HEADER + pupil("SDN 1") + pupil("A", nik="5") + pupil("B", nik="6"))
    assert ask(connector) == ["SDN 1"]
    drop(folder, 2, text)
    assert ask(connector) == ["SDN 1"]
    assert why in connector.report()
    assert "school_20260102.csv" in connector.report()


def test_a_file_in_another_encoding_is_not_used(folder, connector):
    drop(folder, 1, HEADER + pupil("SDN 1"))
    (folder / "school_20260102.csv").write_bytes(HEADER.encode() + "1;2;Sekolah é\n".encode("latin-1"))
    assert ask(connector) == ["SDN 1"]
    assert "encoding" in connector.report()


def test_at_a_start_with_a_spoilt_file_the_night_before_is_used(folder, connector):
    drop(folder, 1, HEADER + pupil("SDN 1"))
    drop(folder, 2, HEADER + "1;2\n")
    assert ask(connector) == ["SDN 1"]
    assert "school_20260102.csv is not used" in connector.report()


def test_without_any_file_the_system_is_unavailable(folder, connector, siti):
    outcome = pull(about=SITI, facts=["person.school"], purpose=self_access(siti), by=siti)["person.school"]
    assert isinstance(outcome, Unavailable)
    with pytest.raises(Trouble, match="no such file"):
        ask(connector)


def test_a_folder_that_goes_away_leaves_last_nights_data(folder, connector):
    drop(folder, 1, HEADER + pupil("SDN 1"))
    assert ask(connector) == ["SDN 1"]
    folder.rename(folder.with_name("away"))
    assert ask(connector) == ["SDN 1"]
    assert "cannot be read" in connector.report()


def test_who_stands_twice_is_ambiguous_and_who_does_not_stand_is_not_found(folder, siti):
    drop(folder, 1, HEADER + pupil("SDN 1") + pupil("SDN 2", number="2"))
    outcome = pull(about=SITI, facts=["person.school"], purpose=self_access(siti), by=siti)["person.school"]
    assert isinstance(outcome, Ambiguous)
    drop(folder, 2, HEADER + pupil("SDN 1", nik="1") + pupil("SDN 2", nik="2"))
    pull(about=SITI, facts=["person.school"], purpose=self_access(siti), by=siti)
    _settle()
    outcome = pull(about=SITI, facts=["person.school"], purpose=self_access(siti), by=siti)["person.school"]
    assert isinstance(outcome, NotFound)


def test_readers_see_one_whole_file_or_the_other_while_files_are_swapped(folder, connector):
    def text(school: str) -> str:
        return HEADER + pupil(school) + "".join(pupil(school, nik=str(n)) for n in range(2000))

    drop(folder, 1, text("SDN 1"))
    stop, wrong, answers = threading.Event(), [], []

    def read() -> None:
        while not stop.is_set():
            question = Question(connector.system.operations["pupil"], SITI, date(2026, 1, 9), time.monotonic() + 2)
            records = connector.fetch(question)
            night = timezone.localdate(records.as_of).day
            (wrong if [r["SCHOOL"] for r in records.rows] != [f"SDN {night}"] else answers).append(night)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for night in range(2, 12):
        half = folder / f"school_202601{night:02d}.csv"
        half.write_text(text(f"SDN {night}")[:20_000], encoding="utf-8")  # as a careless office would
        time.sleep(0.02)
        drop(folder, night, text(f"SDN {night}"))
        time.sleep(0.03)
    deadline = time.monotonic() + 10
    while answers[-1:] != [11] and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    _settle()
    assert wrong == []
    assert 11 in answers
