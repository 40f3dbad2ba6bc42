"""Development secrets of the simulated systems: made once, at first run, readable by their owner only."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path


def write_private(path: Path, content: Mapping[str, object]) -> None:
    """Write JSON that only the owner may read, in one step: a reader sees the old file or the new one, whole."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def credentials(folder: Path) -> dict[str, str]:
    """The names and secrets with which Satu signs in to the simulated systems, as ``kernel.endpoints`` names them.

    What is missing is made, also in a folder of an earlier version; what is there stays.
    """
    path = folder / "credentials.json"
    folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = {name: make() for name, make in _MADE.items() if name not in known}
    if missing:
        known |= missing
        write_private(path, known)
    return known


def _secret() -> str:
    return "development-" + secrets.token_urlsafe(32)


_MADE: Mapping[str, Callable[[], str]] = {
    "DPMPTSP_CLIENT_ID": lambda: "satu-development",
    "DPMPTSP_CLIENT_SECRET": _secret,
    "BPJS_CONS_ID": lambda: str(secrets.randbelow(90_000) + 10_000),
    "BPJS_SECRET_KEY": _secret,
    "BPJS_USER_KEY": lambda: secrets.token_hex(16),
    "KEMENKES_API_KEY": lambda: secrets.token_hex(20),
    "QRIS_API_KEY": _secret,
    "QRIS_CALLBACK_SECRET": _secret,
    "SMS_KEY_ID": lambda: "satu-development",
    "SMS_SECRET": _secret,
    "SMS_STATUS_SECRET": _secret,
    "QRIS_MERCHANT_ID": lambda: f"ID10{secrets.randbelow(10**11):011d}",
}
