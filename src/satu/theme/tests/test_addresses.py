from uuid import UUID

import pytest
from django.urls import NoReverseMatch, reverse

from satu.theme.jinja import url

TASKS = [UUID("6ff5f9a2-1f5c-4b0c-9d8e-2f8a3f0c1b11"), UUID("0d9a3c63-3f0e-4a55-8a9e-b1b5b7a90c22")]


@pytest.mark.parametrize("task", TASKS)
def test_an_address_with_an_id_is_the_one_that_django_gives(task):
    assert url("desk:task", [task]) == reverse("desk:task", args=[task])


def test_an_address_without_any_and_one_with_words():
    assert url("desk:tasks") == reverse("desk:tasks")
    assert url("portal:service", ["domisili"]) == reverse("portal:service", args=["domisili"])


def test_an_address_that_is_not_there_fails_loudly():
    with pytest.raises(NoReverseMatch):
        url("desk:task", ["no-id"])
