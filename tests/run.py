"""``make test``: everything that is needed to judge a change, from formatting to the browser.

Debian packages that the tests use are installed when this runs as root; otherwise what is missing is named, with
what is skipped for it. The exit status is 0 when every stage passed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")

#: Debian package: a path that shows that it is installed, and what is skipped without it.
DEBIAN = {
    "chromium": (Path("/usr/bin/chromium"), "the browser tests"),
    "libnss3-tools": (Path("/usr/bin/certutil"), "pdfsig with our root trusted"),
    "poppler-utils": (Path("/usr/bin/pdfsig"), "checking signatures with pdfsig"),
    "postgresql-15": (POSTGRES_15 / "postgres", "the second run of the database tests, on PostgreSQL 15"),
    "mariadb-server": (Path("/usr/sbin/mariadbd"), "property tax on MariaDB"),
}


@dataclass
class Stage:
    name: str
    run: Callable[[], bool]


def command(*arguments: str | Path, **environment: str) -> bool:
    return (
        subprocess.run(
            [str(a) for a in arguments], cwd=ROOT, env={**os.environ, **environment}, check=False
        ).returncode
        == 0
    )


def quiet(*arguments: str | Path) -> bool:
    """A check that speaks only when it complains."""
    done = subprocess.run(
        [str(a) for a in arguments], cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-6000:])
    return done.returncode == 0


def install_debian_packages() -> None:
    missing = {name: what for name, (path, what) in DEBIAN.items() if not path.exists()}
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing", ", ".join(missing))
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL, check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    for name, (path, what) in DEBIAN.items():
        if not path.exists():
            print(f"SKIPPED for want of Debian's {name}: {what}")


def pytest(*arguments: str, processes: int = 2, **environment: str) -> bool:
    return command(BIN / "pytest", "-q", "-n", str(processes), "--dist", "loadfile", *arguments, **environment)


def pytest_on_postgres_15() -> bool:
    if not (POSTGRES_15 / "postgres").exists():
        print("skipped: PostgreSQL 15 is not installed")
        return True
    with postgres_15() as url:
        return pytest("src", "-m", "not browser and not mariadb", TEST_DATABASE_URL=url)


@contextmanager
def postgres_15() -> Iterator[str]:
    """A throw-away cluster of Debian's PostgreSQL 15 on a socket in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="satu-pg15-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_user, str(POSTGRES_15 / program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd=folder
        )

    run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync")
    options = f"-c fsync=off -c listen_addresses='' -c max_connections=200 -c jit=off -k {folder}"
    run("pg_ctl", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "-D", str(data), "stop")
        shutil.rmtree(folder, ignore_errors=True)


STAGES = [
    Stage("format", lambda: quiet(BIN / "ruff", "format", "--check", ".")),
    Stage("lint", lambda: quiet(BIN / "ruff", "check", ".")),
    Stage("layers", lambda: quiet(BIN / "lint-imports", "--no-cache")),
    Stage("types", lambda: quiet(BIN / "mypy")),
    Stage("templates", lambda: quiet(BIN / "djlint", "--lint", "--check", "--quiet", "src")),
    Stage("migrations", lambda: quiet(BIN / "satu", "manage", "makemigrations", "--check", "--dry-run")),
    Stage("texts", lambda: quiet(BIN / "satu", "messages", "check")),
    Stage("services", lambda: quiet(BIN / "satu", "service", "check")),
    Stage("tests on PostgreSQL 15", pytest_on_postgres_15),
    # The journeys first: they are the longest, and half of their time they wait for systems, jobs and restarts.
    Stage("tests", lambda: pytest("tests", "src", "--ignore=tests/browser", processes=3)),
    # By themselves: Playwright leaves an event loop in its process, beside which Django refuses to query.
    Stage("browser tests", lambda: command(BIN / "pytest", "-q", "tests/browser")),
]


def main() -> int:
    install_debian_packages()
    started = time.monotonic()
    os.environ["SATU_STATE"] = str(ROOT / ".satu" / "test")
    results = []
    for stage in STAGES:
        print(f"── {stage.name}", flush=True)
        begun = time.monotonic()
        results.append((stage.name, stage.run(), time.monotonic() - begun))
    print()
    for name, passed, seconds in results:
        print(f"{'passed' if passed else 'FAILED'}  {name} ({seconds:.0f} s)")
    failed = sum(not passed for _, passed, _ in results)
    print(f"all stages: {time.monotonic() - started:.0f} s")
    print(f"stages: {len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
