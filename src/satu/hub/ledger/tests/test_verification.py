import base64
import json

import pytest
from django.db import connection
from typer.testing import CliRunner

from satu.hub.ledger import actions, verification
from satu.hub.ledger.actions import seal
from satu.hub.ledger.canonical import COLUMNS, EntryRow, leaf_data
from satu.hub.ledger.commands import app
from satu.hub.ledger.merkle import leaf_hash
from satu.hub.ledger.models import Leaf
from satu.hub.ledger.queries import tree_head
from satu.hub.ledger.tests.looks import look, without_triggers
from satu.hub.ledger.verification import verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_ledger")]


@pytest.fixture
def kept(monkeypatch):
    """A ledger of 1,000 entries under ten heads, verified in chunks that do not fall on the heads."""
    monkeypatch.setattr(verification, "_CHUNK", 64)
    monkeypatch.setattr(actions, "SEAL_AT_MOST", 100)
    look(1000)
    while seal():
        pass


def tamper(table, statement, *values):
    with without_triggers(table), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def entry_at(index):
    return Leaf.objects.get(index=index).entry_id


def test_an_untouched_ledger_is_found_whole(kept):
    seen = []
    report = verify(progress=lambda done, size: seen.append((done, size)))
    assert (report.holds, report.leaves, report.heads, report.findings) == (True, 1000, 10, [])
    assert report.root == tree_head().root
    assert seen[0] == (64, 1000)
    assert seen[-1] == (1000, 1000)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_name", "Somebody Else"),
        ("actor", "account:99"),
        ("actor_agency", "bapenda"),
        ("subject_key", "3671011202850001"),
        ("recorded_at", "2020-01-01 00:00:00+00"),
        ("legal_basis", ""),
        ("purpose_en", "Nothing"),
        ("facts", ["person.name", "person.religion"]),
        ("outcomes", ["found", "refused"]),
        ("dossier_id", None),
        ("kind", "search"),
    ],
)
def test_an_entry_that_was_changed_is_named(kept, column, value):
    victim = entry_at(321)
    tamper("ledger_entry", f"UPDATE ledger_entry SET {column} = %s WHERE id = %s", value, victim)
    report = verify()
    assert report.wrong == 1
    assert f"Entry {victim} (leaf 321," in report.findings[0]
    assert "is not what was sealed" in report.findings[0]


def test_an_entry_that_was_removed_is_named(kept):
    victim = entry_at(700)
    tamper("ledger_entry", "DELETE FROM ledger_entry WHERE id = %s", victim)
    assert verify().findings == [f"Entry {victim} (leaf 700) is missing."]


def test_an_entry_changed_together_with_its_leaf_breaks_the_tree_there(kept):
    victim = entry_at(300)
    tamper("ledger_entry", "UPDATE ledger_entry SET actor_name = 'Nobody' WHERE id = %s", victim)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM ledger_entry entry WHERE id = %s", [victim])
        forged = leaf_hash(leaf_data(EntryRow(*cursor.fetchone())))
    tamper("ledger_leaf", "UPDATE ledger_leaf SET hash = %s WHERE index = 300", forged)
    report = verify()
    assert report.findings == ["The kept head of size 400 is not the root of the first 400 leaves."]


def test_a_leaf_that_was_removed_is_named(kept):
    tamper("ledger_leaf", "DELETE FROM ledger_leaf WHERE index = 10")
    assert verify().findings[0].startswith("Leaf 10 is missing")


def test_a_node_that_was_changed_is_named(kept):
    tamper("ledger_node", "UPDATE ledger_node SET hash = sha256('') WHERE level = 1 AND index = 1")
    assert verify().findings == ["The kept node over leaves 256 to 511 is wrong or missing."]


def test_a_head_that_was_changed_is_named(kept):
    tamper("ledger_treehead", "UPDATE ledger_treehead SET root = sha256('') WHERE size = 200")
    assert verify().findings == ["The kept head of size 200 is not the root of the first 200 leaves."]


def test_a_head_that_was_removed_leaves_its_leaves_bare(kept):
    tamper("ledger_treehead", "DELETE FROM ledger_treehead WHERE size = 1000")
    assert verify().findings == ["The newest 100 leaves stand under no head."]


def test_an_entry_put_in_past_the_ledger_is_named(kept):
    [late] = look()
    tamper("ledger_entry", "UPDATE ledger_entry SET transaction_id = 1 WHERE id = %s", late)
    look()
    seal()
    assert verify().findings == [f"Entry {late} should have been sealed and is not: it was put in past the ledger."]


def test_an_entry_not_sealed_yet_is_nothing_wrong(kept):
    look()
    assert verify().holds


def test_a_head_noted_elsewhere_finds_a_ledger_that_was_rewritten_whole(kept):
    noted = tree_head()
    with (
        without_triggers("ledger_entry", "ledger_leaf", "ledger_node", "ledger_treehead"),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ledger_entry SET actor_name = 'Nobody' WHERE id = %s", [entry_at(300)])
        cursor.execute("TRUNCATE ledger_leaf, ledger_node, ledger_treehead")
    while seal():
        pass
    assert verify().holds
    assert verify(remembered=[(noted.size, noted.root)]).findings == [
        "The remembered head of size 1000 is not the root of the first 1000 leaves."
    ]


def test_a_ledger_cut_short_is_found_by_a_head_noted_elsewhere(kept):
    noted = tree_head()
    assert verify(remembered=[(2000, noted.root)]).findings == [
        "The remembered head of size 2000 is beyond the kept tree of 1000 leaves."
    ]


def test_very_many_findings_are_counted_and_the_first_are_named(kept):
    with without_triggers("ledger_entry"), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'account:1'")
    report = verify()
    assert (report.wrong, len(report.findings)) == (1000, 20)


def run(*arguments):
    return CliRunner().invoke(app, arguments)


def test_the_operator_s_commands_seal_tell_the_head_and_verify():
    assert "Nothing has been sealed yet." in run("head").output
    assert run("verify").exit_code == 0
    look(3)
    assert "3 entries wait to be sealed, the oldest since" in run("head").output
    assert "3 entries sealed." in run("seal").output
    head = run("head").output
    size_root = head.split()[0]
    assert size_root == f"3:{base64.b64encode(tree_head().root).decode()}"
    verified = run("verify", "--remembered", size_root)
    assert verified.exit_code == 0
    assert "The ledger is what was sealed: 3 entries and 1 heads" in verified.output
    assert run("verify", "--remembered", "three").exit_code == 2

    victim = entry_at(1)
    tamper("ledger_entry", "UPDATE ledger_entry SET actor_name = 'Nobody' WHERE id = %s", victim)
    verified = run("verify")
    assert verified.exit_code == 1
    assert str(victim) in verified.output
    assert "NOT what was sealed" in verified.output


def test_the_leaf_s_bytes_are_those_that_are_documented():
    """Written out by hand, so that a change of the format can't go unnoticed: sealed entries depend on it."""
    from datetime import UTC, datetime
    from hashlib import sha256
    from uuid import UUID

    entry = EntryRow(
        id=UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
        recorded_at=datetime(2026, 11, 24, 4, 5, 6, tzinfo=UTC),
        dossier_id=None,
        salt=bytes(range(32)),
        subject_kind="person",
        subject_key="3671015403910003",
        kind="search",
        actor="account:7",
        actor_kind="officer",
        actor_name='Rina "Ina" Café\n',
        actor_agency="dinsos",
        purpose_kind="inquiry",
        purpose_reference="inquiry:3",
        purpose_id="Menilai",
        purpose_en="Assessing",
        legal_basis="UU 13/2011",
        facts=["person.name"],
        systems=["siak"],
        outcomes=["found"],
    )
    look_jcs = (
        '{"actor":"account:7","actor_agency":"dinsos","actor_kind":"officer","actor_name":"Rina \\"Ina\\" Café\\n",'
        '"at":"2026-11-24T04:05:06.000000Z","dossier":null,"facts":[["person.name","siak","found"]],'
        '"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","kind":"search","legal_basis":"UU 13/2011",'
        '"purpose_en":"Assessing","purpose_id":"Menilai","purpose_kind":"inquiry","purpose_reference":"inquiry:3"}'
    )
    assert json.loads(look_jcs)
    assert leaf_data(entry) == (
        b"satu-access/1\n"
        + sha256(bytes(range(16)) + b'{"key":"3671015403910003","kind":"person"}').digest()
        + sha256(bytes(range(16, 32)) + look_jcs.encode()).digest()
    )
