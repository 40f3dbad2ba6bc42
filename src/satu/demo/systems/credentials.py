"""Development secrets of the simulated systems: made once, at first run, readable by their owner only."""

import json
import os
import secrets
from collections.abc import Mapping
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
    """The names and secrets with which Satu signs in to the simulated systems, as ``kernel.endpoints`` names them."""
    path = folder / "credentials.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_private(
            path,
            {
                "DPMPTSP_CLIENT_ID": "satu-development",
                "DPMPTSP_CLIENT_SECRET": "development-" + secrets.token_urlsafe(32),
                "BPJS_CONS_ID": str(secrets.randbelow(90_000) + 10_000),
                "BPJS_SECRET_KEY": "development-" + secrets.token_urlsafe(24),
                "BPJS_USER_KEY": secrets.token_hex(16),
            },
        )
    read: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return read
