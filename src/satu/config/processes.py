"""Starting several processes together and stopping them together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

_STOP_SECONDS = 10.0


class StartError(Exception):
    """A part did not come up; the message is for the person at the terminal."""


@dataclass
class Processes:
    """Children that live as long as the ``with`` block. Their output goes to ``logs/<name>.log``."""

    logs: Path
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _passing: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], *, passing: bool = False, **environment: str) -> None:
        """Start a child in a session of its own, so that a Ctrl-C at the terminal reaches us first, and only us.

        ``passing``: it ends by itself when it has done, and then has not fallen.
        """
        if passing:
            self._passing.add(name)
        with (self.logs / f"{name}.log").open("ab") as log:
            self._children[name] = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def fallen(self) -> str | None:
        """The name of a child that has ended by itself, if one has."""
        lasting = (name for name in self._children if name not in self._passing)
        return next((name for name in lasting if self._children[name].poll() is not None), None)

    def take_passed(self) -> tuple[str, int] | None:
        """The name and exit code of a passing child that has ended, once each."""
        for name in self._passing & self._children.keys():
            if (code := self._children[name].poll()) is not None:
                del self._children[name]
                return name, code
        return None

    def wait_for(self, url: str, name: str, seconds: float = 30.0) -> None:
        """Wait until ``url`` answers. Raises ``StartError`` with the end of the child's log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._children[name].poll() is not None:
                break
            try:
                with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        tail = "\n".join((self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-15:])
        raise StartError(f"{name} did not start. The end of {self.logs / name}.log:\n{tail}")

    def stop(self) -> None:
        """Ask the last started first; kill what has not ended after ten seconds."""
        for child in reversed(self._children.values()):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()


def port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def until_told_to_stop(
    processes: Processes, passed: Callable[[str, int], object] = lambda _name, _code: None
) -> str | None:
    """Block until Ctrl-C, SIGTERM or the fall of a child; returns the fallen child's name.

    ``passed`` is called with the name and exit code of each passing child that ends meanwhile.
    """
    told = False

    def tell(_signal: int, _frame: FrameType | None) -> None:
        nonlocal told
        told = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    while not told:
        if fallen := processes.fallen():
            return fallen
        if ended := processes.take_passed():
            passed(*ended)
        time.sleep(0.3)
    return None


def satu_command(*arguments: str) -> list[str]:
    """This very ``satu``, whatever the PATH."""
    return [sys.executable, "-m", "satu.config.cli", *arguments]
