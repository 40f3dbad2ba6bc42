"""The sealer against real, concurrent transactions."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from satu.hub.ledger import actions, sealer
from satu.hub.ledger.actions import append, seal
from satu.hub.ledger.canonical import COLUMNS, EntryRow, leaf_data
from satu.hub.ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from satu.hub.ledger.models import Entry, Leaf, TreeHead
from satu.hub.ledger.queries import backlog, consistency_proof, inclusion_proof, tree_head
from satu.hub.ledger.tests.looks import BUDI, SITI, a_look, look, without_triggers
from satu.hub.ledger.tests.test_merkle import mth
from satu.hub.ledger.types import LedgerDamaged
from satu.hub.ledger.verification import verify
from satu.kernel.errors import InvalidInput, Missing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_ledger")]


def sealed_ids():
    return list(Leaf.objects.order_by("index").values_list("entry_id", flat=True))


def naive_root(size=None):
    """The RFC's recursive definition over the entries as they stand in the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM ledger_entry entry JOIN ledger_leaf ON entry_id = entry.id ORDER BY index"
        )
        return mth([leaf_data(EntryRow(*row)) for row in cursor.fetchall()][:size])


def in_thread(work):
    """Run ``work`` on a connection of its own, as another process would."""

    def closing():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(closing).result()


@pytest.fixture
def open_look():
    """A look whose transaction is still open: ``open_look()`` returns its id and a function that ends it."""
    threads = []

    def begin(*, commit: bool):
        begun, end, ids = threading.Event(), threading.Event(), []

        def work():
            try:
                with transaction.atomic():
                    ids.extend(append([a_look()]))
                    begun.set()
                    assert end.wait(30)
                    transaction.set_rollback(not commit)
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        threads.append((thread, end))
        assert begun.wait(30)

        def finish():
            end.set()
            thread.join()

        return ids[0], finish

    yield begin
    for thread, end in threads:
        end.set()
        thread.join()


def test_what_is_committed_is_sealed_once_and_the_head_is_kept():
    ids = [*look(2), *look(1, BUDI)]
    sealed = seal()
    assert sealed is not None
    assert sealed.entries == 3
    assert set(sealed_ids()) == set(ids)
    assert sealed_ids()[2] == ids[2]  # a later transaction stands later
    assert sealed.head == tree_head()
    assert sealed.head.root == naive_root()
    assert seal() is None


def test_an_empty_ledger_has_no_head_and_nothing_to_seal():
    assert seal() is None
    assert tree_head() is None
    assert (backlog().entries, backlog().since) == (0, None)


def test_a_tree_grown_in_many_sealings_is_that_of_one(monkeypatch):
    monkeypatch.setattr(actions, "SEAL_AT_MOST", 37)
    look(300)
    sizes = []
    while sealed := seal():
        sizes.append(sealed.head.size)
        assert sealed.head.root == naive_root(sealed.head.size)
    assert sizes == [37, 74, 111, 148, 185, 222, 259, 296, 300]


def test_an_entry_that_commits_late_holds_nobody_back_and_is_not_missed(open_look):
    late, commit = open_look(commit=True)
    early = [look()[0] for _ in range(3)]
    assert seal().entries == 3
    [between] = look()
    assert backlog().entries == 1
    assert seal().entries == 1
    assert seal() is None
    assert backlog().entries == 0
    commit()
    assert backlog().entries == 1
    assert seal().entries == 1
    assert backlog().entries == 0
    assert sealed_ids() == [*early, between, late]
    assert verify().holds


def test_a_full_batch_leaves_nothing_behind_it(open_look, monkeypatch):
    monkeypatch.setattr(actions, "SEAL_AT_MOST", 4)
    late, commit = open_look(commit=True)
    ids = [*look(3), *look(3)]  # the second transaction is cut in the middle
    assert seal().entries == 4
    commit()
    while seal():
        pass
    assert sorted(sealed_ids()) == sorted([*ids, late])
    assert verify().holds


def test_an_entry_that_is_rolled_back_is_never_sealed(open_look):
    _gone, roll_back = open_look(commit=False)
    ids = look(2)
    assert seal().entries == 2
    roll_back()
    assert seal() is None
    assert set(sealed_ids()) == set(ids)


def test_a_reader_that_stays_long_holds_nothing_back():
    look()
    with transaction.atomic():
        assert Entry.objects.count() == 1
        assert in_thread(seal) is not None


def test_of_two_sealers_one_works_and_the_other_goes_away():
    look(3)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [actions._SEALER_LOCK])
        assert in_thread(seal) is None
    assert in_thread(seal) is not None


def test_a_crash_in_the_middle_of_sealing_leaves_nothing_behind(monkeypatch):
    look(5)
    seal()
    ids = look(600)

    def pull_the_plug(frontier, sealed):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_keep_head", pull_the_plug)
        with pytest.raises(Exception, match="terminating connection"):
            in_thread(seal)
    assert Leaf.objects.count() == 5
    assert seal() is not None
    assert set(sealed_ids()[5:]) == set(ids)
    assert tree_head().root == naive_root()
    assert verify().holds


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_leaf"])
def test_a_damaged_ledger_is_not_continued(table):
    look(3)
    seal()
    look(1)
    last = Leaf.objects.get(index=2).entry_id
    broken = f"id = '{last}'" if table == "ledger_entry" else "index = 0"
    with without_triggers(table), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {broken}")
    with pytest.raises(LedgerDamaged, match="satu ledger verify"):
        seal()
    assert tree_head().size == 3


def test_a_ledger_restored_into_another_cluster_goes_on_where_it_was():
    """There, transaction numbers start anew: what the old cluster left unsealed must not be taken for sealed."""
    with connection.cursor() as cursor:
        columns = "id, salt, subject_kind, subject_key, kind, actor, actor_kind, actor_name, actor_agency, "
        columns += "purpose_kind, purpose_reference, purpose_id, purpose_en, legal_basis, facts, systems, outcomes"
        [old_1] = look()
        seal()
        [old_2], [old_3] = look(), look()
        with without_triggers("ledger_entry", "ledger_cluster"):
            cursor.execute("UPDATE ledger_entry SET cluster = 41, transaction_id = transaction_id + 1000000000")
            cursor.execute("UPDATE ledger_cluster SET cluster = 41")
    [new] = look()
    while seal():
        pass
    assert sealed_ids() == [old_1, old_2, old_3, new]
    assert verify().holds


def test_hundreds_of_appenders_at_once_and_every_committed_entry_is_sealed_exactly_once(monkeypatch):
    """Transactions of random length, some rolled back, more than one entry in some, two sealers running."""
    monkeypatch.setattr(sealer, "EVERY_SECONDS", 0.02)
    stop = threading.Event()
    sealers = [threading.Thread(target=sealer.run, args=(stop,)) for _ in range(2)]
    dice = random.Random(5)
    plans = [
        [(dice.randint(1, 3), dice.uniform(0, 0.03), dice.random() < 0.25) for _ in range(10)] for _ in range(40)
    ]

    def appender(plan):
        committed, rolled_back = [], []
        try:
            for count, seconds, fails in plan:
                with transaction.atomic(durable=True):
                    ids = append([a_look() for _ in range(count)])
                    time.sleep(seconds)
                    transaction.set_rollback(fails)
                (rolled_back if fails else committed).extend(ids)
        finally:
            connection.close()
        return committed, rolled_back

    for thread in sealers:
        thread.start()
    with ThreadPoolExecutor(len(plans)) as pool:
        results = list(pool.map(appender, plans))
    deadline = time.monotonic() + 30
    while backlog().entries and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for thread in sealers:
        thread.join()

    committed = [i for result in results for i in result[0]]
    rolled_back = {i for result in results for i in result[1]}
    sealed = sealed_ids()
    assert len(committed) > 400
    assert len(rolled_back) > 100
    assert sorted(sealed) == sorted(committed)
    assert not rolled_back & set(sealed)
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(len(committed)))
    assert TreeHead.objects.count() > 5
    assert tree_head().root == naive_root()
    assert verify().holds


def test_an_accessed_citizen_can_be_given_proof_that_stands_without_us():
    look(700)
    seal()
    old = tree_head()
    look(300)
    seal()
    new = tree_head()
    for index in (0, 255, 256, 699, 700, 999):
        entry_id = Leaf.objects.get(index=index).entry_id
        proof = inclusion_proof(entry_id)
        assert (proof.index, proof.head) == (index, new)
        assert verify_inclusion(
            leaf=leaf_hash(proof.leaf_data), index=index, size=new.size, path=proof.path, root=naive_root()
        )
    path = consistency_proof(old.size, new.size)
    assert verify_consistency(old=old.size, new=new.size, old_root=old.root, new_root=new.root, path=path)
    assert verify_consistency(
        old=513, new=800, old_root=naive_root(513), new_root=naive_root(800), path=consistency_proof(513, 800)
    )


def test_what_is_not_sealed_has_no_proof_yet():
    [entry_id] = look()
    with pytest.raises(Missing):
        inclusion_proof(entry_id)
    seal()
    assert inclusion_proof(entry_id).path == ()


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1), (1, 3), (-1, 1)])
def test_sizes_the_tree_never_had_are_refused(old, new):
    look(2)
    seal()
    with pytest.raises(InvalidInput):
        consistency_proof(old, new)


def test_a_proof_costs_a_handful_of_statements_however_large_the_tree(django_assert_num_queries):
    [first] = look()
    look(1500)
    seal()
    with django_assert_num_queries(4):  # head, leaf, leaf hashes, nodes above
        inclusion_proof(first)
    with django_assert_num_queries(3):
        consistency_proof(700, 1400)


def test_a_published_leaf_does_not_tell_who_was_looked_at():
    ids = look(2, SITI)
    leaves = [leaf_data(EntryRow(*row)) for row in Entry.objects.filter(id__in=ids).values_list(*EntryRow._fields)]
    assert [len(leaf) for leaf in leaves] == [78, 78]
    assert all(leaf.startswith(b"satu-access/1\n") for leaf in leaves)
    assert SITI.value.encode() not in leaves[0]
    assert leaves[0][14:46] != leaves[1][14:46]  # two looks at one person are not linked
