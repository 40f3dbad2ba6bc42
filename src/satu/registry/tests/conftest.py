import pytest

from satu.registry.tests import town


@pytest.fixture
def the_town(db):
    town.build()
