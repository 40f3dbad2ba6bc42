"""The simulated systems of a small town, running, and the hub pointed at them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from django.db import connections
from django.utils.timezone import localdate
from procrastinate.contrib.django import app

from satu.demo.systems import dapodik, qris, storage
from satu.demo.systems.supervisor import Supervisor
from satu.demo.systems.tests.town import families
from satu.hub import asking
from satu.services.tests.conftest import as_the_city, city_copy, loader
from tests.journeys import residents
from tests.journeys.changed_city import change

__all__ = ["as_the_city", "change", "city_copy", "loader"]  # fixtures
Rows = Callable[..., list[Any]]
#: One for all: each client reads the certificates of the whole world, which takes longer than what it asks. It keeps
#: no connection, because systems fall and come back.
_HTTP = httpx.Client(timeout=10, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


class Town:
    """The running systems; ``rows`` reads a system's own storage, to compare with."""

    def __init__(self, folder: Path, supervisor: Supervisor) -> None:
        self.folder, self._supervisor = folder, supervisor

    def rows(self, code: str, sql: str, *parameters: object) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self.folder / f"{code}.sqlite")) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(sql, parameters).fetchall()

    def turn(self, code: str, **knobs: object) -> None:
        _HTTP.post(f"{self._supervisor.urls[code]}/_simulated/knobs", json=knobs).raise_for_status()

    def post(self, code: str, path: str) -> Any:
        return _HTTP.post(f"{self._supervisor.urls[code]}{path}").raise_for_status().json()

    def get(self, code: str, path: str) -> Any:
        return _HTTP.get(f"{self._supervisor.urls[code]}{path}").raise_for_status().json()

    def page(self, code: str) -> str:
        """Its face, as a person sees it in a browser."""
        return _HTTP.get(self._supervisor.urls[code]).raise_for_status().text

    def mend(self) -> None:
        for url in self._supervisor.urls.values():
            _HTTP.post(f"{url}/_simulated/mend").raise_for_status()


@pytest.fixture(scope="session")
def started_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Ten processes, which take seconds to start: once for all tests."""
    folder = tmp_path_factory.mktemp("town")
    storage.fill(folder, (), seed=7, today=localdate())
    with Supervisor(folder) as supervisor:
        yield Town(folder, supervisor)


@cache
def _filled(today: date) -> TemporaryDirectory[str]:
    """The storages as they are on this day, made once; it is removed with the process."""
    made = TemporaryDirectory(prefix="satu-town-")
    storage.fill(Path(made.name), families(1_500), seed=7, today=today)
    return made


def _copy(source: TemporaryDirectory[str], folder: Path) -> None:
    """Over the storages of running systems: each sees the old rows or the new."""
    for each in storage.STORAGES.values():
        with (
            closing(sqlite3.connect(Path(source.name) / each.file)) as filled,
            closing(sqlite3.connect(folder / each.file, timeout=10)) as running,
        ):
            filled.backup(running)


@pytest.fixture(scope="module")
def running_town(started_town: Town) -> Town:
    """Its storages filled anew for these tests, the payment provider's emptied; what messengers sent is kept."""
    folder, today = started_town.folder, localdate()
    _copy(_filled(today), folder)
    for night in (folder / dapodik.DROP).glob("*.csv"):
        night.unlink()
    dapodik.drop(folder, today)
    with closing(sqlite3.connect(folder / qris.FILE, timeout=10)) as charges, charges:
        for (table,) in charges.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            charges.execute(f'DELETE FROM "{table}"')
    return started_town


@pytest.fixture
def town(running_town, settings) -> Iterator[Town]:
    """Every system as usual, and a hub that has not met them yet."""
    settings.SATU_SIMULATED_SYSTEMS = running_town.folder
    asking.stop()
    yield running_town
    running_town.mend()
    asking.stop()


@pytest.fixture
def register(transactional_db: None) -> None:
    """A neighbourhood in the register, committed for real, so that threads and workers see it."""
    residents.found()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a worker do all the jobs that wait, and end. Its threads leave no connection behind."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)

    def run(*queues: str) -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as with_a_worker:
            with_a_worker.run_worker(wait=False, queues=list(queues) or ["cases"], install_signal_handlers=False)

    return run
