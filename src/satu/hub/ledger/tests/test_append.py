import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from satu.hub.ledger import actions
from satu.hub.ledger.actions import append, record
from satu.hub.ledger.models import Entry
from satu.hub.ledger.tests.looks import BUDI, SITI, a_look, look, without_triggers

pytestmark = pytest.mark.django_db

TABLES = ("ledger_entry", "ledger_leaf", "ledger_node", "ledger_treehead", "ledger_cluster")
A_ROW = {
    "ledger_leaf": "(index, entry_id, hash) VALUES (7000000000, gen_random_uuid(), decode(repeat('00', 32), 'hex'))",
    "ledger_node": "(level, index, hash) VALUES (1, 7000000000, decode(repeat('00', 32), 'hex'))",
    "ledger_treehead": "(size, root, cluster, horizon) VALUES (7000000000, decode(repeat('00', 32), 'hex'), 1, 1)",
    "ledger_cluster": "(cluster) VALUES (7)",
}


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_look_is_written_down_with_who_why_and_which_facts_but_no_values():
    [entry_id] = look()
    entry = Entry.objects.get(id=entry_id)
    assert (entry.subject_kind, entry.subject_key, entry.actor_name) == ("person", SITI.value, "Rina Marlina")
    assert (entry.facts, entry.outcomes) == (["person.name", "person.welfare_decile"], ["found", "unavailable"])
    assert (entry.legal_basis, len(entry.salt)) == ("UU 13/2011", 32)


def test_a_look_about_nobody_s_facts_is_still_a_look():
    [entry_id] = append([a_look(kind="search", facts=[])])
    assert Entry.objects.get(id=entry_id).facts == []


def test_several_looks_are_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        ids = append([a_look(SITI), a_look(BUDI), a_look(SITI)])
    assert len(set(ids)) == 3
    assert [Entry.objects.get(id=i).subject_key for i in ids] == [SITI.value, BUDI.value, SITI.value]


def test_no_looks_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert append([]) == []


@pytest.mark.django_db(transaction=True)
def test_a_look_needs_a_transaction_to_stand_or_fall_with():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        append([a_look()])


def test_ids_are_uuid_version_7_in_the_order_of_time(monkeypatch):
    moments = iter([1_000_000_000, 1_001_000_000, 2_000_000_000, 1_645_557_742_000_000_000])
    monkeypatch.setattr("time.time_ns", lambda: next(moments))
    ids = [actions._uuid7() for _ in range(4)]
    assert ids == sorted(ids)
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}
    assert str(ids[3]).startswith("017f22e2-79b0-7")  # RFC 9562, appendix A.6


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {t} SET {c} = {c}", "DELETE FROM {t}", "TRUNCATE {t}"])
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_the_database_refuses_to_change_the_ledger_even_to_a_superuser(table, statement, role):
    look()
    if table != "ledger_entry":
        sql(f"INSERT INTO {table} {A_ROW[table]}")
    sql(f"SET LOCAL session_replication_role = {role}")
    column = {"ledger_entry": "actor_name", "ledger_treehead": "root", "ledger_cluster": "cluster"}.get(table, "hash")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (True,)
    with pytest.raises(IntegrityError, match=re.escape("the access ledger is append-only")), transaction.atomic():
        sql(statement.format(t=table, c=column))
    with without_triggers(table):  # the same statement is otherwise a good one, so the trigger it was
        sql(statement.format(t=table, c=column))


def test_an_upsert_is_a_change_too():
    [entry_id] = look()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        sql(
            f"INSERT INTO ledger_entry SELECT * FROM ledger_entry WHERE id = '{entry_id}' "
            "ON CONFLICT (id) DO UPDATE SET actor_name = 'Nobody'"
        )
    assert Entry.objects.get(id=entry_id).actor_name == "Rina Marlina"


@pytest.mark.django_db(transaction=True)
def test_what_is_recorded_is_there_for_everybody_when_it_returns():
    [recorded] = record([a_look()])
    assert in_another_connection(lambda: Entry.objects.filter(id=recorded).exists())


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_inside_a_transaction_that_could_take_it_back():
    before = Entry.objects.count()
    with transaction.atomic(), pytest.raises(RuntimeError):
        record([a_look()])
    assert Entry.objects.count() == before


def in_another_connection(work):
    def closing():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(closing).result()
