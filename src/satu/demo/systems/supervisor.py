"""Starting, watching and stopping the processes of the simulated systems, and telling Satu where they are."""

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import IO, Self

from satu.demo.systems.credentials import credentials, write_private

#: The systems in the order of their ports, from ``SATU_SIMULATED_PORT`` on; 0 is any ports that are free, for tests.
CODES = ("pbb", "oss", "dtsen", "bpjs", "dapodik", "qris", "sms", "mail", "nakes", "clamd")
FIRST_PORT = 8101
_HEALTHY_WITHIN_SECONDS = 20.0
_LOOK_EVERY_SECONDS = 0.25
_GRACE_SECONDS = 5.0
_CRASHES_COUNT_FOR_SECONDS = 60.0


class NotStarted(Exception):
    """A simulated system did not come up. Its log says why."""


@dataclass(slots=True)
class _Child:
    code: str
    port: int
    process: subprocess.Popen[bytes]
    started: float
    crashes: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def let_go(self) -> None:
        """Close the pipe that holds it in life."""
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()

    def wait_or_kill(self) -> None:
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Runs every simulated system whose storages are in ``folder``, as processes on the loopback address.

    ``start`` returns when all of them answer, and ``settings.json`` (which ``kernel.endpoints`` reads) and
    ``systems.json`` (where their faces are) are written. One that dies is started again. All stop with ``stop``, and
    also when this process dies, however it does: their standard input is a pipe whose other end is here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._children: dict[str, _Child] = {}
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Raises ``NotStarted``; then nothing is left running."""
        self._take_folder()
        self._stopping.clear()
        try:
            known = credentials(self.folder)
            first = int(os.environ.get("SATU_SIMULATED_PORT", FIRST_PORT))
            taken: set[int] = set()
            for number, code in enumerate(CODES):
                port = _free_port(first + number if first else 0, taken)
                taken.add(port)
                self._children[code] = _Child(code, port, self._spawn(code, port), time.monotonic())
            deadline = time.monotonic() + _HEALTHY_WITHIN_SECONDS
            for child in self._children.values():
                self._wait_until_healthy(child, deadline)
            self._write_settings(known)
        except BaseException:
            self.stop()
            raise
        self._watcher = threading.Thread(target=self._watch, name="simulated-systems", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stop all, politely and then not. Calling it again does nothing."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        children = list(self._children.values())
        for child in children:
            child.let_go()
            child.process.terminate()
        for child in children:
            child.wait_or_kill()
        if self._children:
            for name in ("settings.json", "systems.json"):
                (self.folder / name).unlink(missing_ok=True)
        self._children = {}
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def urls(self) -> Mapping[str, str]:
        """The face of each running system, by code."""
        return {code: child.url for code, child in self._children.items()}

    def _take_folder(self) -> None:
        """One supervisor a folder, of whichever process: the lock goes with the one who holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / ".supervisor.lock").open("a", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise NotStarted("the simulated systems are running already") from error
        self._lock = lock

    def _spawn(self, code: str, port: int) -> "subprocess.Popen[bytes]":
        source = str(Path(__file__).resolve().parents[3])
        with (self.folder / f"{code}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own module
                [
                    *(sys.executable, "-m", f"satu.demo.systems.{code}"),
                    *("--port", str(port), "--storage", str(self.folder), "--stop-with-stdin"),
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": source},
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, which stops them in order
            )

    def _wait_until_healthy(self, child: _Child, deadline: float) -> None:
        while True:
            if child.process.poll() is not None:
                raise NotStarted(f"{child.code} ended with {child.process.returncode}; see {child.code}.log")
            if _answers(child.url):
                return
            if time.monotonic() > deadline:
                raise NotStarted(f"{child.code} does not answer on port {child.port}; see {child.code}.log")
            time.sleep(0.03)

    def _write_settings(self, known: Mapping[str, str]) -> None:
        database = (self.folder / "pbb.sqlite").as_uri()
        write_private(
            self.folder / "settings.json",
            {
                "BAPENDA_DATABASE": f"sqlite:///{database}?mode=ro&uri=true",
                "BAPENDA_INBOX": f"sqlite:///{database}?mode=rw&uri=true",
                "DPMPTSP_URL": self._children["oss"].url,
                "DINSOS_URL": self._children["dtsen"].url,
                "BPJS_URL": self._children["bpjs"].url,
                "KEMENKES_URL": self._children["nakes"].url,
                "QRIS_URL": self._children["qris"].url,
                "DISDIK_FOLDER": str(self.folder / "dapodik"),
                "DISDIK_INBOX": str(self.folder / "dapodik-masuk"),
                "SMS_URL": self._children["sms"].url,
                "MAIL_HOST": "127.0.0.1",
                "MAIL_PORT": (self.folder / "mail.port").read_text(encoding="utf-8"),
                "MAIL_SECURITY": "none",
                "CLAMD_HOST": "127.0.0.1",
                "CLAMD_PORT": (self.folder / "clamd.port").read_text(encoding="utf-8"),
                **known,
            },
        )
        write_private(self.folder / "systems.json", self.urls)

    def _watch(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_SECONDS):
            for child in self._children.values():
                if child.process.poll() is not None:
                    self._start_again(child)

    def _start_again(self, child: _Child) -> None:
        """After a crash: at once the first time, and ever later (up to 10 s) for one that keeps crashing."""
        child.crashes = child.crashes + 1 if time.monotonic() - child.started < _CRASHES_COUNT_FOR_SECONDS else 1
        if self._stopping.wait(min(0.5 * (child.crashes - 1), 10.0)):
            return
        child.let_go()
        child.process, child.started = self._spawn(child.code, child.port), time.monotonic()


def _free_port(wanted: int, taken: set[int]) -> int:
    """The wanted port when nobody has it, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
            if found not in taken:
                return found
    return _free_port(0, taken)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_simulated/", timeout=1.0) as answer:  # noqa: S310 - our own address
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, HTTPException):
        return False


def running(folder: Path) -> dict[str, str]:
    """The face of each system that a supervisor of ``folder`` has started, by code; empty when none has."""
    try:
        faces: dict[str, str] = json.loads((folder / "systems.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return faces
