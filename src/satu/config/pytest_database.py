"""A pytest plugin, loaded before Django's: the whole suite runs on a real PostgreSQL, with its texts compiled.

The embedded one, or the one that ``TEST_DATABASE_URL`` names. pytest-django reads the settings before any conftest is
read, hence a plugin.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest

from satu.config import messages
from satu.config.cli import ROOT
from satu.config.postgres import EmbeddedPostgres

# Tests run beside each other, and beside a running demonstration: their simulated systems take any ports.
os.environ.setdefault("SATU_SIMULATED_PORT", "0")
os.environ.setdefault("SATU_STATE", str(ROOT / ".satu" / "test"))
messages.compile_stale()
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url
elif "DATABASE_URL" not in os.environ:
    # Tests do not pull the plug, so they need not wait for the disk.
    _postgres = EmbeddedPostgres(
        ROOT / ".satu" / "test" / "postgres", fsync="off", synchronous_commit="off", full_page_writes="off"
    )
    os.environ["DATABASE_URL"] = _postgres.start()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A run on another database than the embedded one is about the database: tests without one are left out."""
    if not os.environ.get("TEST_DATABASE_URL"):
        return
    touching = {"db", "transactional_db", "django_db_setup"}
    kept = [item for item in items if touching & set(getattr(item, "fixturenames", ())) or _is_marked(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _is_marked(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True, scope="session")
def _append_only_tables_can_be_emptied_between_tests() -> None:
    """Django empties every table after a test with real transactions; append-only tables refuse that, as they should.

    Only here, and only for that statement, the triggers are off (the tests' role is a superuser).
    """
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush: Callable[..., Any] = DatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    DatabaseOperations.execute_sql_flush = flush_without_triggers  # type: ignore[method-assign,assignment]
