import shutil
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.fixture
def folder():
    """Not pytest's own: as root, PostgreSQL runs as another user, who may not enter that."""
    folder = settings.STATE_DIR / "restart"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_the_sealer_goes_on_when_the_database_comes_back(folder):
    done = subprocess.run(
        [sys.executable, "-m", "satu.hub.ledger.tests.a_restart", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ledger.not_sealed" in done.stdout  # it did find the database gone
    assert done.stdout.endswith("sealed through a restart\n")
