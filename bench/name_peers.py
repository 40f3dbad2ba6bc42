"""The peers of the name search: pg_trgm on Debian's PostgreSQL 15, and Tantivy, each tuned as well as we can."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
import tantivy

BIN = Path("/usr/lib/postgresql/15/bin")

Person = tuple[int, str, int]
"""Resident id, name, birth year."""


class Peer(Protocol):
    def find(self, text: str, year: int | None) -> list[int]: ...


def _as_postgres(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.getuid() == 0 else list(command)


@contextmanager
def trigrams(people: Iterable[Person]) -> Iterator["Trigrams | None"]:
    """A private cluster with the people in it; ``None`` where Debian's PostgreSQL 15 is not installed."""
    if not (BIN / "postgres").exists():
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="satu-trgm-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = (
        f"-p {port} -k {folder} -c listen_addresses= -c shared_buffers=1GB -c fsync=off -c full_page_writes=off"
        " -c maintenance_work_mem=512MB -c work_mem=64MB -c random_page_cost=1.1 -c jit=off -c max_wal_size=8GB"
        " -c max_parallel_workers_per_gather=0"
    )
    initdb = _as_postgres(str(BIN / "initdb"), "-D", data, "-U", "bench", "--auth=trust", "-E", "UTF8", "--locale=C")
    subprocess.run(initdb, check=True, capture_output=True, cwd="/")
    control = str(BIN / "pg_ctl")
    start = _as_postgres(control, "-D", data, "-o", settings, "-w", "-l", str(folder / "log"), "start")
    subprocess.run(start, check=True, capture_output=True, cwd="/")
    try:
        with psycopg.connect(f"host={folder} port={port} user=bench dbname=postgres", autocommit=True) as connection:
            yield Trigrams(connection, people)
    finally:
        stop = _as_postgres(control, "-D", data, "-m", "immediate", "stop")
        subprocess.run(stop, check=True, capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


class Trigrams:
    """GIN over trigrams, once with the year in the same index.

    Candidates by similarity of the whole or of a part, ordered by the sum of both: the best of seven ways tried.
    """

    _FIND = """
        SELECT id FROM people WHERE {year} (name %% %(text)s OR %(text)s <%% name)
        ORDER BY similarity(name, %(text)s) + word_similarity(%(text)s, name) DESC LIMIT 10
    """

    def __init__(self, connection: psycopg.Connection[Any], people: Iterable[Person]) -> None:
        self._connection = connection
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION btree_gin")
        connection.execute("CREATE UNLOGGED TABLE people (id bigint, name text, year int)")
        with connection.cursor() as cursor, cursor.copy("COPY people FROM STDIN") as copy:
            for person in people:
                copy.write_row(person)
        connection.execute("CREATE INDEX ON people USING gin (name gin_trgm_ops)")
        connection.execute("CREATE INDEX ON people USING gin (year, name gin_trgm_ops)")
        connection.execute("VACUUM ANALYZE people")
        connection.execute("SET pg_trgm.similarity_threshold = 0.3")
        connection.execute("SET pg_trgm.word_similarity_threshold = 0.5")

    def find(self, text: str, year: int | None) -> list[int]:
        query = self._FIND.format(year="" if year is None else "year = %(year)s AND")
        return [row[0] for row in self._connection.execute(query, {"text": text.lower(), "year": year})]

    def similarity(self, typed: str, name: str) -> float:
        row = self._connection.execute("SELECT similarity(%s, %s)", [typed, name]).fetchone()
        return float(row[0]) if row else 0.0


class Tantivy:
    """Any word may match: exactly, within distance 1, within 2 or (the last) as a prefix, each worth something.

    The best of six ways that were tried; all words but one having to match was worse by a tenth.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("name")
        builder.add_integer_field("id", stored=True)
        builder.add_integer_field("year", indexed=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        writer = self._index.writer(heap_size=256_000_000)
        for person, name, year in people:
            document = tantivy.Document()
            document.add_text("name", name)
            document.add_integer("id", person)
            document.add_integer("year", year)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def _word(self, word: str, *, last: bool) -> tantivy.Query:
        query, schema = tantivy.Query, self._schema

        def worth(score: float, distance: int, *, prefix: bool = False) -> tantivy.Query:
            near = query.fuzzy_term_query(schema, "name", word, distance=distance, prefix=prefix)
            return query.boost_query(query.const_score_query(near, 1.0), score)

        ways = [query.boost_query(query.term_query(schema, "name", word), 0.5)]
        ways += [worth(4.0, 1)] if len(word) > 2 else []
        ways += [worth(3.0, 2)] if len(word) > 4 else []
        ways += [worth(3.0, 0, prefix=True)] if last else []
        return query.boolean_query([(tantivy.Occur.Should, way) for way in ways])

    def find(self, text: str, year: int | None) -> list[int]:
        words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
        parts = [(tantivy.Occur.Should, self._word(w, last=n == len(words))) for n, w in enumerate(words, start=1)]
        query = tantivy.Query.boolean_query(parts, minimum_number_should_match=1)
        if year is not None:
            born = tantivy.Query.const_score_query(tantivy.Query.term_query(self._schema, "year", year), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, born)])
        hits = self._searcher.search(query, 10).hits
        return [self._searcher.doc(address)["id"][0] for _, address in hits]
