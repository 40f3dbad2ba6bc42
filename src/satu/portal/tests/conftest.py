import pytest
from django.conf import settings

from satu.hub.tests.register import SITI_NIK, register_sitis_family
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.identifiers import Nik
from satu.portal.tests.reading import Reader


@pytest.fixture
def siti(transactional_db):
    """Siti of the register, with an account. Pulling needs real transactions."""
    register_sitis_family()
    return open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x")


@pytest.fixture
def reader(client, siti):
    """Siti's browser, without JavaScript."""
    client.force_login(siti)
    return Reader(client)


@pytest.fixture
def english(reader):
    reader.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return reader


@pytest.fixture
def officer(transactional_db):
    return open_officer_account(
        login="loket", name="Dewi Lestari", password="x", agency="kelurahan", duties=["front-office"]
    )
