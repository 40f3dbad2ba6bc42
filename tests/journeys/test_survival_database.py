"""The database falls under load (an immediate shutdown, no checkpoint) and comes back: the whole running city.

Clients go on pressing all the while. What they were told was sent is there, whole and once; what they were told had
failed is there whole or not at all; each refusal is a page that says what to do; and the ledger's chain verifies.
"""

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from tests.browser.running import ROOT, running_city, satu
from tests.journeys.workers import wait_until

CLIENTS = 4
BEFORE, AWAY, AFTER = 3.0, 1.5, 4.0  # seconds
pytestmark = pytest.mark.timeout(400)


class Cluster:
    """The embedded database of a running city, and its power switch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        self._socket, self._port = lines[4], lines[3]
        binary = Path("/proc") / lines[0] / "exe"
        self._pg_ctl = binary.readlink().with_name("pg_ctl")

    def control(self, *arguments: str) -> None:
        command = [str(self._pg_ctl), "-D", str(self.folder), "-w", *arguments]
        subprocess.run(command, check=True, user=self.folder.owner(), stdout=subprocess.DEVNULL, timeout=60)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(host=self._socket, port=self._port, user="postgres", dbname="postgres") as connection:
            return connection.execute(statement).fetchall()


@dataclass
class Citizen:
    """Somebody who asks for one letter after the other, and remembers what she was told."""

    address: str
    account: str
    sent: list[str] = field(default_factory=list)
    refused: list[httpx.Response] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Where the line broke before an answer came."""
    odd: list[str] = field(default_factory=list)

    def live(self, until: threading.Event) -> None:
        with httpx.Client(base_url=self.address, timeout=30) as self._browser:
            self._browser.get("/masuk/")
            self._press("/masuk/demonstrasi/", account=self.account)
            while not until.is_set():
                self._ask_for_a_letter()

    def _ask_for_a_letter(self) -> None:
        begun = self._press("/layanan/domisili/ajukan/")
        if begun is None:
            return
        case = begun.headers["Location"]
        if not case.startswith("/permohonan/"):
            self.odd.append(f"begun, and led to {case}")
            return
        if self._press(f"{case}kirim/", purpose="melamar kerja") is not None:
            self.sent.append(case.split("/")[2])

    def _press(self, path: str, **form: str) -> httpx.Response | None:
        """The answer when it went through; a refusal or a broken line is remembered, and waited out."""
        token = self._browser.cookies.get("csrftoken", "")
        try:
            answer = self._browser.post(path, data={"csrfmiddlewaretoken": token, **form})
        except httpx.TransportError as error:
            self.lost.append(f"{path}: {type(error).__name__}")
            time.sleep(0.2)
            return None
        if answer.status_code == 302:
            return answer
        self.refused.append(answer)
        time.sleep(0.2)
        return None


@pytest.fixture(scope="module")
def city() -> Iterator[tuple[str, Path]]:
    state = ROOT / ".satu" / "survival"
    with running_city(state, residents=600) as address:
        yield address, state


def accounts(address: str) -> list[str]:
    """The residents whom the sign-in page offers."""
    page = httpx.get(f"{address}/masuk/").text
    first_list = page.split('class="people')[1]
    return re.findall(r'name="account"\s+value="(\d+)"', first_list)[:CLIENTS]


def test_the_database_falls_under_load_and_nothing_is_lost_or_twice(city: tuple[str, Path]) -> None:
    address, state = city
    database = Cluster(state / "postgres")
    stop = threading.Event()
    people = [Citizen(address, account) for account in accounts(address)]
    threads = [threading.Thread(target=one.live, args=(stop,)) for one in people]
    for thread in threads:
        thread.start()
    time.sleep(BEFORE)
    before = sum(len(one.sent) for one in people)
    database.control("stop", "-m", "immediate")
    time.sleep(AWAY)
    database.control("restart")
    time.sleep(AFTER)
    stop.set()
    for thread in threads:
        thread.join()

    sent = [case for one in people for case in one.sent]
    assert before > 0
    assert len(sent) > before, "nobody came through after the restart"
    refused = [answer for one in people for answer in one.refused]
    assert refused or any(one.lost for one in people), "nobody noticed that the database was away"
    assert [one.odd for one in people if one.odd] == []
    for answer in refused:
        assert answer.status_code == 503, (answer.request.url.path, answer.status_code)
        assert "Basis data kami sedang dinyalakan ulang" in answer.text
        assert answer.headers["Retry-After"]
        assert urlsplit(str(answer.url)).path == answer.request.url.path

    # What was promised is there ...
    kept = {str(case) for (case,) in database.rows("SELECT id FROM services_case WHERE submitted_at IS NOT NULL")}
    assert set(sent) - kept == set()
    halves = """
        SELECT c.id, c.state FROM services_case c
        LEFT JOIN services_snapshot s ON s.case_id = c.id
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE kind = 'submitted') AS submitted,
                   count(*) FILTER (WHERE kind = 'decided') AS decided,
                   count(*) FILTER (WHERE kind IN ('issued', 'refused')) AS closed,
                   count(*) FILTER (WHERE kind = 'told') AS told
            FROM services_caseevent e WHERE e.case_id = c.id
        ) e ON true
        WHERE (c.state = 'draft') <> (s.case_id IS NULL)
           OR (c.state = 'draft') <> (c.number IS NULL)
           OR (c.state = 'draft' AND (e.submitted, e.decided, e.closed, e.told) <> (0, 0, 0, 0))
           OR (c.state <> 'draft' AND (e.submitted, e.decided, e.closed, e.told) <> (1, 1, 1, 1))
    """
    # ... and goes on to its end, also what a job had in its hands when the line broke.
    wait_until(lambda: database.rows(halves) == [], seconds=120)
    letters = """
        SELECT c.number, count(d.id)
        FROM services_case c LEFT JOIN documents_document d ON d.case_reference = c.number
        WHERE c.state = 'issued' GROUP BY c.number HAVING count(d.id) <> 1
    """
    assert database.rows(letters) == []
    ((numbers, highest),) = database.rows(
        "SELECT count(*), max(right(number, 6)::int) FROM services_case WHERE number LIKE 'DOM-%'"
    )
    assert numbers == highest
    assert "The ledger is what was sealed" in satu(state, "ledger", "verify")
