"""A city that issues letters: its files in a folder of the test's own, its seals from the development authority."""

import pytest

from satu.documents.queries import pdf_for
from satu.documents.tests.letters import SITI, issue
from satu.identity.types import SYSTEM, Actor


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """The folder that issued files land in."""
    folder = tmp_path / "files"
    storages = {name: {**storage} for name, storage in settings.STORAGES.items()}
    storages["default"] = {**storages["default"], "OPTIONS": {**storages["default"]["OPTIONS"], "location": folder}}
    settings.STORAGES = storages
    return folder


@pytest.fixture
def siti():
    return Actor(reference="account:1", kind="resident", name="Siti Aminah", nik=SITI)


@pytest.fixture
def officer():
    return Actor(reference="account:2", kind="officer", name="Rina", agency="dukcapil")


@pytest.fixture
def document(db):
    return issue()


@pytest.fixture
def pdf(document):
    return pdf_for(document.id, by=SYSTEM).content
