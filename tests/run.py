"""``make test``: everything that is needed to judge a change, from formatting to the browser.

Debian packages that the tests use are installed when this runs as root; otherwise what is missing is named, with
what is skipped for it. The exit status is 0 when every stage passed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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


@dataclass(frozen=True)
class Outcome:
    passed: bool
    says: str


@dataclass(frozen=True)
class Stage:
    name: str
    run: Callable[[], Outcome]


def command(*arguments: str | Path, **environment: str) -> Outcome:
    done = subprocess.run(
        [str(a) for a in arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(done.returncode == 0, done.stdout)


def quiet(*arguments: str | Path) -> Outcome:
    """A check that speaks only when it complains."""
    outcome = command(*arguments)
    return Outcome(outcome.passed, "" if outcome.passed else outcome.says[-12000:])


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


def pytest(*arguments: str, processes: int, **environment: str) -> Outcome:
    return command(
        BIN / "pytest",
        "-q",
        "-n",
        str(processes),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        *arguments,
        **environment,
    )


def browser_tests() -> Outcome:
    """In a real browser, where a busy machine can be slower than a walk waits: what failed has one more try, alone.

    Both are printed. What is wrong fails twice.
    """
    first = command(BIN / "pytest", "-q", "tests/browser")
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", first.says, re.MULTILINE)
    if first.passed or not failed:
        return first
    again = command(BIN / "pytest", "-q", *failed)
    return Outcome(passed=again.passed, says=f"{first.says}\n── what failed, once more\n{again.says}")


def pytest_on_postgres_15() -> Outcome:
    """Those tests of the packages that touch the database, once more."""
    if not (POSTGRES_15 / "postgres").exists():
        return Outcome(passed=True, says="skipped: PostgreSQL 15 is not installed\n")
    with postgres_15() as url:
        return pytest("src", "-m", "not browser and not mariadb", processes=2, TEST_DATABASE_URL=url)


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


#: Two at a time: one that waits for systems, jobs and restarts leaves half of the machine to the other. Whoever is
#: done takes the next, and the short ones come last; so both end together, however long each takes here.
SIDE_BY_SIDE = 2
STAGES = [
    Stage("tests", lambda: pytest("tests", "src", "--ignore=tests/browser", processes=3)),
    # In a process of their own: Playwright leaves an event loop in it, beside which Django refuses to query.
    Stage("browser tests", browser_tests),
    Stage("tests on PostgreSQL 15", pytest_on_postgres_15),
    Stage("types", lambda: quiet(BIN / "mypy")),
    Stage("texts", lambda: quiet(BIN / "satu", "messages", "check")),
    Stage("services", lambda: quiet(BIN / "satu", "service", "check")),
    Stage("migrations", lambda: quiet(BIN / "satu", "manage", "makemigrations", "--check", "--dry-run")),
    Stage("templates", lambda: quiet(BIN / "djlint", "--lint", "--check", "src")),
    Stage("format", lambda: quiet(BIN / "ruff", "format", "--check", ".")),
    Stage("lint", lambda: quiet(BIN / "ruff", "check", ".")),
    Stage("layers", lambda: quiet(BIN / "lint-imports", "--no-cache")),
]


@dataclass(frozen=True)
class Result:
    stage: str
    passed: bool
    seconds: float


def run_stage(stage: Stage) -> Result:
    """Run it, and say what it said all at once, so that two do not speak into each other."""
    begun = time.monotonic()
    try:
        outcome = stage.run()
    except (OSError, subprocess.SubprocessError):  # what stops a stage fails it, and the others go on
        outcome = Outcome(passed=False, says=traceback.format_exc())
    with _SPEAKING:
        print(f"── {stage.name}\n{outcome.says}", end="", flush=True)
    return Result(stage.name, outcome.passed, time.monotonic() - begun)


_SPEAKING = threading.Lock()


def main() -> int:
    install_debian_packages()
    started = time.monotonic()
    os.environ["SATU_STATE"] = str(ROOT / ".satu" / "test")
    with ThreadPoolExecutor(SIDE_BY_SIDE) as machine:
        results = list(machine.map(run_stage, STAGES))
    print()
    for result in results:
        print(f"{'passed' if result.passed else 'FAILED'}  {result.stage} ({result.seconds:.0f} s)")
    failed = sum(not result.passed for result in results)
    print(f"all stages: {time.monotonic() - started:.0f} s")
    print(f"stages: {len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
