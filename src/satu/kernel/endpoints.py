"""Addresses and secrets of connected systems, by name. A value is read when it is needed and kept nowhere."""

import json
import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings


class SettingMissing(LookupError):
    """This installation has no such setting. ``str`` says where to put it."""


def setting(name: str) -> str:
    """The value of ``NAME``, as in ``{setting: NAME}`` of a system's YAML. Raises ``SettingMissing``.

    It comes from the environment (``SATU_<NAME>``); in development else from what the simulated systems wrote down
    about themselves, which is read again when it changes.
    """
    if value := os.environ.get(f"SATU_{name}"):
        return value
    if settings.DEVELOPMENT:
        value = _simulated().get(name, "")
        if value:
            return value
    raise SettingMissing(f"SATU_{name} is not set")


def is_set(name: str) -> bool:
    try:
        setting(name)
    except SettingMissing:
        return False
    return True


def _simulated() -> dict[str, str]:
    path = Path(settings.SATU_SIMULATED_SYSTEMS) / "settings.json"
    try:
        stat = path.stat()
        return _read(path, stat.st_mtime_ns, stat.st_ino)
    except (OSError, ValueError):  # not started, or being written this instant
        return {}


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, _inode: int) -> dict[str, str]:
    return {name: str(value) for name, value in json.loads(path.read_text(encoding="utf-8")).items()}
