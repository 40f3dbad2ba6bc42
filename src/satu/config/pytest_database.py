"""A pytest plugin, loaded before Django's: the whole suite runs on a real PostgreSQL, with its texts compiled.

The embedded one, or the one that ``TEST_DATABASE_URL`` names. pytest-django reads the settings before any conftest is
read, hence a plugin.
"""

import os

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


#: What a migration fills and no test changes: it stays.
_LISTS = frozenset({"django_content_type", "auth_permission", "registry_code"})
#: Tables that Django does not look after, and so would leave full: a test would find another one's jobs.
_JOBS = frozenset({"procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers"})
_EMPTY = """
DO $$
DECLARE one text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOREACH one IN ARRAY '{%s}'::text[] LOOP EXECUTE format('DELETE FROM %%I', one); END LOOP;
END $$
"""


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_quickly_after_a_test() -> None:
    """What Django does after a test with real transactions, in one statement instead of 500.

    Append-only tables refuse to be emptied, as they should: only here the triggers are off (the tests' role is a
    superuser). Deleting the few rows there are is quicker than truncating a hundred tables, and with the code lists
    left alone nothing need be loaded again.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    def empty_tables(_self: TransactionTestCase) -> None:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        with connection.cursor() as cursor:
            cursor.execute(_EMPTY % ",".join(sorted({*tables, *_JOBS} - _LISTS)))

    TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]  # noqa: SLF001
