"""Finding the right person among all residents, beside pg_trgm and Tantivy on the same queries.

The queries are drawn from a seed by rules that the search does not know (``name_slips.py``). Tuning used other seeds,
other cities and the population of ``other-words.txt`` with another seed.
"""

import csv
import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench import Figure
from bench.name_peers import Person, Tantivy, trigrams
from bench.name_queries import KINDS, MORE_LOOK_ALIKES, Query, other_people, queries

CITY_SEED, TEST_SEED = 7, 77_001
LIMITS = {
    ("exact", True): 0.999,
    ("prefix", True): 0.985,
    ("corrupted", True): 0.985,
    ("exact", False): 0.999,
    ("prefix", False): 0.95,
    ("corrupted", False): 0.94,
}
AIMS = {("corrupted", True): 0.993, ("corrupted", False): 0.955}
P50_LIMIT, P99_LIMIT = 5.0, 30.0
LOOK_ALIKE_LIMIT = 0.10
AT_ONCE = 16
_PEER_SECONDS = 20.0
_PEER_QUERIES = 300
_SMALLER = 200_000
_DATA = Path(__file__).parent / "data"

Find = Callable[[str, int | None], list[int]]
Sets = dict[tuple[str, bool], list[Query]]


@dataclass
class Score:
    found: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def recall(self, first: int | None = None) -> float:
        return float(np.mean(self.found[:first]))

    def times(self) -> tuple[float, float]:
        return float(np.percentile(self.milliseconds, 50)), float(np.percentile(self.milliseconds, 99))


def run(*, full: bool) -> Iterator[Figure]:
    """Recall, time, look-alikes, another population, sixteen at once, and growth."""
    residents = 2_000_000 if full else 200_000
    _city(residents)
    yield from _upkeep()
    people = _people()
    sets = _sets(people, 2_000 if full else 600, TEST_SEED)
    ours = {key: _measure(_ours, asked) for key, asked in sets.items()}
    peers = _peers(people, sets)
    yield from _quality(sets, ours, peers)
    yield from _look_alikes()
    yield from _elsewhere(600)
    yield from _at_once([q for key, asked in sets.items() for q in asked[:200] if key[0] != "exact"])
    yield from _growth(people)


def _city(residents: int) -> None:
    from django.db import connection

    from satu.demo.city.build import build, plan
    from satu.registry.search.actions import rebuild
    from satu.registry.search.models import Generation

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_resident")
        if cursor.fetchone()[0] != residents:
            build(plan(residents=residents, seed=CITY_SEED), processes=os.cpu_count() or 1, replace=True)
    if not Generation.objects.filter(residents=residents).exists():
        rebuild()


def _people() -> list[Person]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, extract(year FROM birth_date)::int FROM registry_resident ORDER BY id")
        return cursor.fetchall()


def _upkeep() -> Iterator[Figure]:
    """What the index costs: to make, and to read into a process (one of its own, so that nothing else is counted)."""
    from satu.registry.search.actions import rebuild

    started = time.perf_counter()
    generation = rebuild()
    seconds = time.perf_counter() - started
    size = f"{generation.residents:,} residents, {generation.names:,} names of {generation.words:,} words"
    yield Figure("index made anew", f"{seconds:.1f} s", beside="limit 60 s", holds=seconds < 60, note=size)
    with _processes(1) as pool:
        seconds, mebibytes = pool.submit(_warm).result()
    yield Figure("index read by a process", f"{seconds:.2f} s, {mebibytes:.0f} MiB")


def _processes(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    import django

    django.setup()


def _warm() -> tuple[float, float]:
    from django.db import connection

    from satu.registry.search.queries import warm

    connection.ensure_connection()
    before = _resident_mebibytes()
    started = time.perf_counter()
    warm()
    seconds = time.perf_counter() - started
    return seconds, _resident_mebibytes() - before


def _resident_mebibytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _sets(people: Sequence[Person], count: int, seed: int) -> Sets:
    return {
        (kind, with_year): queries(people, kind=kind, with_year=with_year, count=count, seed=seed)
        for with_year in (True, False)
        for kind in KINDS
    }


def _ours(text: str, year: int | None) -> list[int]:
    from satu.registry.search.queries import find

    return [hit.resident_id for hit in find(text, birth_year=year)]


def _measure(find: Find, asked: Iterable[Query], seconds: float = float("inf")) -> Score:
    """One connection, one query after the other; the first is not counted."""
    score, until = Score(), time.perf_counter() + seconds
    find("siti", None)
    for query in asked:
        started = time.perf_counter()
        people = find(query.text, query.year)
        score.milliseconds.append((time.perf_counter() - started) * 1000)
        score.found.append(query.person in people)
        if time.perf_counter() > until:
            break
    return score


def _peers(people: list[Person], sets: Sets) -> dict[str, dict[tuple[str, bool], Score]]:
    def all_sets(find: Find) -> dict[tuple[str, bool], Score]:
        return {key: _measure(find, asked[:_PEER_QUERIES], _PEER_SECONDS) for key, asked in sets.items()}

    scores = {}
    with trigrams(people) as cluster:
        if cluster is None:
            print("pg_trgm is left out: Debian's PostgreSQL 15 is not installed")
        else:
            scores["pg_trgm"] = all_sets(cluster.find)
    scores["Tantivy"] = all_sets(Tantivy(people).find)
    return scores


def _quality(
    sets: Sets, ours: dict[tuple[str, bool], Score], peers: dict[str, dict[tuple[str, bool], Score]]
) -> Iterator[Figure]:
    for key, score in ours.items():
        what = f"{key[0]}, {'with' if key[1] else 'without'} birth year"
        limit, recall = LIMITS[key], score.recall()
        aim = f", aim {AIMS[key]}" if key in AIMS else ""
        yield Figure(
            f"recall@10, {what}",
            f"{recall:.4f}",
            beside=f"limit {limit}{aim}",
            holds=recall >= limit,
            note="; ".join([f"{len(score.found)} queries", *_beside(score, {n: p[key] for n, p in peers.items()})]),
        )
        p50, p99 = score.times()
        yield Figure(
            f"time, {what}, p50 / p99",
            f"{p50:.1f} / {p99:.1f} ms",
            beside=f"limit {P50_LIMIT:.0f} / {P99_LIMIT:.0f}",
            holds=p50 < P50_LIMIT and p99 < P99_LIMIT,
            note="; ".join(f"{n} {p[key].times()[0]:.1f} / {p[key].times()[1]:.1f}" for n, p in peers.items()),
        )
        if key[0] == "corrupted":
            yield Figure(f"recall@10 by slip, {what}", _by_slip(sets[key], score))


def _beside(ours: Score, peers: dict[str, Score]) -> Iterator[str]:
    for name, score in peers.items():
        count = len(score.found)
        yield f"on the first {count}: {name} {score.recall():.3f}, ours {ours.recall(count):.3f}"


def _by_slip(asked: Sequence[Query], score: Score) -> str:
    found: dict[str, list[bool]] = {}
    for query, hit in zip(asked, score.found, strict=True):
        for slip in query.slips:
            found.setdefault(slip, []).append(hit)
    return ", ".join(f"{slip} {np.mean(hits):.3f}" for slip, hits in sorted(found.items()))


def _look_alike_cases() -> list[tuple[str, str, str]]:
    """What is typed, the true one and the look-alike in the register: a name and its variant, both ways round."""
    with (_DATA / "name-variants.csv").open(encoding="utf-8", newline="") as file:
        variants = [(row["canonical"], row["variant"]) for row in csv.DictReader(file)]
    with (_DATA / "name-lookalikes.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["name_a"], row["name_b"]) for row in csv.DictReader(file)]
    cases = [(name, v, b) for a, b in pairs for name, v in variants if name == a]
    cases += [(name, v, a) for a, b in pairs for name, v in variants if name == b]
    cases += MORE_LOOK_ALIKES
    return cases + [(variant, name, other) for name, variant, other in cases]


def _look_alikes() -> Iterator[Figure]:
    """Each case alone, and with another word behind or before it."""
    from satu.registry.search.index import IndexBuilder
    from satu.registry.search.ranking import Wanted, search
    from satu.registry.search.spelling import typed_words

    cases = [
        (f"{typed}{rest}" if after else f"{rest.strip()} {typed}", rest, true, alike, after)
        for rest in (" Wibowo", " Maharani", "")
        for after in ((True, False) if rest else (True,))
        for typed, true, alike in _look_alike_cases()
    ]
    above = {"ours": 0, "pg_trgm": 0}
    with trigrams([]) as cluster:
        for typed, rest, true, alike, after in cases:
            names = [f"{name}{rest}" if after else f"{rest.strip()} {name}" for name in (true, alike)]
            builder = IndexBuilder()
            for number, name in enumerate(names):
                builder.add(number, 19_900_101, "", name)
            found = [m.resident_id for m in search(builder.build(), Wanted(tuple(typed_words(typed))), limit=10)]
            above["ours"] += found[:1] != [0]
            if cluster is not None:
                above["pg_trgm"] += cluster.similarity(typed, names[1]) > cluster.similarity(typed, names[0])
    share = above["ours"] / len(cases)
    beside = f"limit {LOOK_ALIKE_LIMIT:.0%}; pg_trgm {above['pg_trgm']} of {len(cases)}"
    yield Figure(
        "a look-alike above a true variant", f"{above['ours']} of {len(cases)}", beside, share <= LOOK_ALIKE_LIMIT
    )


def _index_of(people: Iterable[Person]) -> Find:
    """The search without the database: for other populations and sizes than the register's."""
    from satu.registry.search.index import IndexBuilder
    from satu.registry.search.ranking import Wanted, search
    from satu.registry.search.spelling import typed_words

    builder = IndexBuilder()
    for person, name, year in people:
        builder.add(person, year * 10_000 + 101, "", name)
    index = builder.build()

    def find(text: str, year: int | None) -> list[int]:
        born = {} if year is None else {"born_from": year * 10_000, "born_until": year * 10_000 + 9_999}
        wanted = Wanted(words=tuple(typed_words(text)), **born)
        return [match.resident_id for match in search(index, wanted, limit=10)]

    return find


def _elsewhere(count: int) -> Iterator[Figure]:
    people = other_people(_SMALLER, TEST_SEED)
    find = _index_of(people)
    peer = Tantivy(people)
    for key, asked in _sets(people, count, TEST_SEED + 1).items():
        recall = _measure(find, asked).recall()
        yield Figure(
            f"another population of {len(people):,}, {key[0]}, {'with' if key[1] else 'without'} birth year",
            f"{recall:.4f}",
            beside=f"limit {LIMITS[key]}; Tantivy {_measure(peer.find, asked).recall():.3f}",
            holds=recall >= LIMITS[key],
        )


def _at_once(asked: Sequence[Query]) -> Iterator[Figure]:
    for processes in (1, os.cpu_count() or 1):
        threads = AT_ONCE // processes
        with _processes(processes) as pool:
            # The first call is for starting and reading the index.
            for parts in (asked[: processes * threads], asked):
                started = time.perf_counter()
                shares = [pool.submit(_many_threads, parts[n::processes], threads) for n in range(processes)]
                took = [t for share in shares for t in share.result()]
                seconds = time.perf_counter() - started
        p50, p99 = np.percentile(took, 50), np.percentile(took, 99)
        yield Figure(
            f"{AT_ONCE} at once, {processes} process(es) of {threads} threads, p50 / p99",
            f"{p50:.0f} / {p99:.0f} ms, {len(took) / seconds:.0f} a second",
        )


def _many_threads(asked: Sequence[Query], threads: int) -> list[float]:
    def one(share: Sequence[Query]) -> list[float]:
        from django.db import connection

        try:
            return _measure(_ours, share).milliseconds
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return [t for took in pool.map(one, [asked[n::threads] for n in range(threads)]) for t in took]


def _growth(people: Sequence[Person]) -> Iterator[Figure]:
    """The same search over a part of the city and over all of it, without the database."""
    for count in sorted({_SMALLER // 10, _SMALLER, len(people)}):
        part = people[:count]
        find, started = _index_of(part), time.perf_counter()
        scores = [_measure(find, asked) for asked in _sets(part, 300, TEST_SEED + 2).values()]
        took = [t for score in scores for t in score.milliseconds]
        recall = ", ".join(f"{score.recall():.3f}" for score in scores)
        yield Figure(
            f"growth: {count:,} residents, all sets, p50 / p99",
            f"{np.percentile(took, 50):.1f} / {np.percentile(took, 99):.1f} ms",
            note=f"recall {recall}; {time.perf_counter() - started:.0f} s",
        )
