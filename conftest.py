"""The whole suite runs on a real PostgreSQL: the embedded one, or the one that TEST_DATABASE_URL names."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("SATU_STATE", str(ROOT / ".satu" / "test"))

if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url
elif "DATABASE_URL" not in os.environ:
    from satu.config.postgres import EmbeddedPostgres

    # Tests do not pull the plug, so they need not wait for the disk.
    _postgres = EmbeddedPostgres(
        ROOT / ".satu" / "test" / "postgres", fsync="off", synchronous_commit="off", full_page_writes="off"
    )
    os.environ["DATABASE_URL"] = _postgres.start()

# Named here and not in pyproject.toml, because pytest-django would read the settings before DATABASE_URL is set.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.config.settings")

import django  # noqa: E402 - after DATABASE_URL

django.setup()
