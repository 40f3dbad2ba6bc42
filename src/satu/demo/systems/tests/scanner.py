"""The simulated scanner alone, as a process of its own, for tests that need no other system."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from satu.demo.systems.clamd import PORT_FILE


@contextmanager
def running_scanner(folder: Path, monkeypatch) -> Iterator[None]:
    """Start it, and let Satu find it by the environment, as an installation does."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "satu.demo.systems.clamd", "--port", "0", "--storage", str(folder)),
            "--stop-with-stdin",
        ],
        stdin=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[4])},
    )
    try:
        port = folder / PORT_FILE
        deadline = time.monotonic() + 20
        while not (port.exists() and port.read_text(encoding="utf-8")):
            assert process.poll() is None
            assert time.monotonic() < deadline, "the scanner did not start"
            time.sleep(0.02)
        monkeypatch.setenv("SATU_CLAMD_HOST", "127.0.0.1")
        monkeypatch.setenv("SATU_CLAMD_PORT", port.read_text(encoding="utf-8"))
        yield
    finally:
        process.communicate()
