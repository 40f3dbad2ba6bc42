"""Hostile fixtures: what production may do to us one day, tests do every day."""

import random
from typing import Any

import pytest
from django.db.models.query import QuerySet
from hypothesis import settings

# A busy machine is not a failure, and CI finds what the developer found.
settings.register_profile("satu", deadline=None, derandomize=True)
settings.load_profile("satu")


@pytest.fixture(autouse=True, scope="session")
def _unordered_rows_come_in_any_order() -> None:
    """PostgreSQL promises no order without ORDER BY. Here none is given, so that nobody comes to rely on one."""
    fetch_all = QuerySet._fetch_all  # noqa: SLF001 - there is no public way
    dice = random.Random(20261124)

    def fetch_all_shuffled(self: Any) -> None:
        fresh = self._result_cache is None
        fetch_all(self)
        if fresh and not self.ordered and len(self._result_cache) > 1:
            dice.shuffle(self._result_cache)

    QuerySet._fetch_all = fetch_all_shuffled  # type: ignore[method-assign]  # noqa: SLF001
