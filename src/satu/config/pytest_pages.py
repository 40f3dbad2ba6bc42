"""A pytest plugin: pages render without collected static files, and passwords are hashed fast."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _pages_without_a_manifest(settings: Any) -> None:
    """Static files have plain addresses; the browser tests run the real thing in processes of their own."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
