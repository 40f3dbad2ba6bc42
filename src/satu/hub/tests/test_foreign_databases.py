"""Systems whose database is read directly."""

import sqlite3
import threading
import time
from contextlib import closing
from datetime import date

import pytest

from satu.hub.actions import pull
from satu.hub.catalogue import the_catalogue
from satu.hub.connectors.base import Question, Trouble
from satu.hub.connectors.sql import SqlConnector
from satu.hub.purposes import self_access
from satu.hub.tests.conftest import NIK, SITI, change
from satu.hub.types import Found, NotFound, Subject, Unavailable

pytestmark = pytest.mark.django_db


@pytest.fixture
def database(small_city, tmp_path, monkeypatch):
    path = tmp_path / "dues.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE DUES (ID TEXT, OWNER TEXT, TAX TEXT)")
        connection.execute("INSERT INTO DUES VALUES ('N-1', ?, '125000'), ('N-2', '999', '7')", (NIK.value,))
    monkeypatch.setenv("SATU_GAMMA_DATABASE", f"sqlite:///{path}")
    return path


@pytest.fixture
def connector(database):
    connector = SqlConnector(the_catalogue().system("gamma"))
    yield connector
    connector.close()


def question(connector: SqlConnector, key: str) -> Question:
    operation = connector.system.operations["person"]
    return Question(operation, Subject("person", key), date(2026, 1, 1), time.monotonic() + 1)


def test_a_row_is_found(database, siti):
    outcome = pull(about=SITI, facts=["person.tax"], purpose=self_access(siti), by=siti)["person.tax"]
    assert isinstance(outcome, Found)
    assert (outcome.value, outcome.provenance.record) == (125_000, "N-1")


def test_who_owes_nothing_is_not_found_and_a_derivation_may_say_what_that_means(database, siti):
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM DUES")
    dossier = pull(about=SITI, facts=["person.tax", "person.has_tax"], purpose=self_access(siti), by=siti)
    assert isinstance(dossier["person.tax"], NotFound)
    assert dossier.found() == {"person.has_tax": False}


@pytest.mark.parametrize("key", ["' OR '1'='1", "x'; DROP TABLE DUES; --", "999' --", '" OR ""="', "%", "\x00", "🙂"])
def test_sql_in_a_number_is_text(connector, database, key):
    assert connector.fetch(question(connector, key)).rows == []
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM DUES").fetchone() == (2,)


def test_nothing_can_be_written_whatever_the_description_says(small_city, database, siti):
    change(
        small_city,
        "systems/gamma.yaml",
        "SELECT ID, TAX FROM DUES WHERE OWNER = :nik",
        "WITH x AS (SELECT :nik AS n) DELETE FROM DUES",
    )
    outcome = pull(about=SITI, facts=["person.tax"], purpose=self_access(siti), by=siti)["person.tax"]
    assert isinstance(outcome, Unavailable)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM DUES").fetchone() == (2,)


def test_a_locked_database_holds_up_nobody(database, alpha, siti):
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        dossier = pull(about=SITI, facts=["person.tax", "person.name"], purpose=self_access(siti), by=siti)
        assert time.monotonic() - started < 1.2 + 5.0
        other.execute("ROLLBACK")
    assert isinstance(dossier["person.tax"], Unavailable)
    assert isinstance(dossier["person.name"], Found)


def test_a_missing_table_is_an_error_and_the_number_stays_out_of_it(connector, database, capfd):
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TABLE DUES")
    with pytest.raises(Trouble) as caught:
        connector.fetch(question(connector, NIK.value))
    assert caught.value.reason == "error"
    assert NIK.value not in str(caught.value) + repr(caught.value.__cause__)


def test_a_system_that_sends_its_whole_table_is_cut_off(connector, database):
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany("INSERT INTO DUES VALUES ('N', '5', '1')", [()] * 1001)
    with pytest.raises(Trouble, match="more than 1000 rows"):
        connector.fetch(question(connector, "5"))


@pytest.mark.parametrize("address", ["nonsense", "oracle://x/y", ""])
def test_an_address_that_cannot_be_read_is_unreachable(connector, monkeypatch, address):
    monkeypatch.setenv("SATU_GAMMA_DATABASE", address)
    with pytest.raises(Trouble) as caught:
        connector.fetch(question(connector, "5"))
    assert caught.value.reason == "unreachable"


def test_many_ask_one_database_at_once(connector):
    found: list[int] = []

    def ask() -> None:
        found.append(len(connector.fetch(question(connector, NIK.value)).rows))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 16
