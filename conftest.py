"""Hostile fixtures: what production may do to us one day, tests do every day."""

import random
from http import HTTPStatus
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


@pytest.fixture(autouse=True, scope="session")
def _every_refusal_is_told_in_one_way() -> None:
    """A page with 422 says so in its title, in a summary with links, and at the field: whoever asked for it."""
    from django.test import Client

    from satu.theme.tests.refusals import faults

    request = Client.request

    def request_and_look(self: Any, **given: Any) -> Any:
        response = request(self, **given)
        if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and b"<title>" in response.content:
            assert not (found := faults(response.content.decode())), (given.get("PATH_INFO"), found)
        return response

    Client.request = request_and_look  # type: ignore[method-assign]
