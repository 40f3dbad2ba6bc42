import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from satu.demo.systems import storage
from satu.demo.systems.tests.town import TODAY, families

Read = Callable[..., list[Any]]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Storages of a town of 1,500 families. Read only: tests that change something copy it."""
    folder = tmp_path_factory.mktemp("systems")
    storage.fill(folder, families(1_500), seed=7, today=TODAY)
    return folder


@pytest.fixture
def rows(filled: Path) -> Read:
    """``rows("oss", sql, *parameters)`` of a system's own storage."""

    def read(code: str, sql: str, *parameters: object) -> list[Any]:
        with closing(sqlite3.connect(filled / f"{code}.sqlite")) as connection:
            return connection.execute(sql, parameters).fetchall()

    return read
