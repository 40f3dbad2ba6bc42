"""Job workers as processes of their own, as in production."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from satu.config.cli import ROOT


class Worker:
    """A job worker as a process of its own, as in production."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.journeys.worker_process", *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                **environment,
                "DATABASE_URL": _url_of_the_test_database(),
                "SATU_STATE": str(settings.STATE_DIR),
                "SATU_SYSTEMS": str(settings.SATU_SIMULATED_SYSTEMS),
                "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
            },
        )

    def kill(self) -> None:
        """As a power cut would."""
        self._process.kill()
        self._process.wait()

    def finish(self, seconds: float = 60) -> None:
        assert self._process.wait(seconds) == 0


def _url_of_the_test_database() -> str:
    name = connection.settings_dict["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
