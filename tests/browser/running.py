"""A whole running Satu for a browser: ``satu run`` in a state folder of its own, with a small city."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
RESIDENTS = 2000
_SECONDS = 240


def satu(state: Path, *arguments: str) -> str:
    """Run a `satu` command on this state folder and return what it prints."""
    return program(state, "satu.config.cli", *arguments)


def program(state: Path, module: str, *arguments: str) -> str:
    """Run a Python module as a program on this state folder and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=_environment(state),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-4000:]}")
    return done.stdout


@contextmanager
def running_city(state: Path, *, residents: int = RESIDENTS) -> Iterator[str]:
    """The address of a Satu that runs as long as the block. A city that is there already is used again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, log = f"http://127.0.0.1:{port}", state / "run.log"
    state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "satu.config.cli", "run", "--port", str(port), "--residents", str(residents)]
    command += ["--requests", "0"]  # each test sends what it needs
    with log.open("wb") as output:
        environment = _environment(state) | {"SATU_PUBLIC_URL": url}
        city = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT)
    try:
        _wait(city, url, log)
        yield url
    finally:
        city.send_signal(signal.SIGTERM)
        city.wait(60)


def _environment(state: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return kept | {"SATU_STATE": str(state), "PYTHONPATH": str(ROOT / "src")}


def _wait(city: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and city.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/masuk/", timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError("satu run did not start:\n" + log.read_text(errors="replace")[-4000:])
