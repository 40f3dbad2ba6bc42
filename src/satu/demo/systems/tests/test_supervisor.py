"""Real processes: they start, are found, are started again, and never outlive their supervisor."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
import pytest

from satu.demo.systems.supervisor import CODES, NotStarted, Supervisor, running


@pytest.fixture
def folder(filled, tmp_path):
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return tmp_path


def _until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_simulated/", timeout=1).is_success
    except httpx.HTTPError:
        return False


def test_all_start_say_where_they_are_and_stop(folder):
    with Supervisor(folder) as supervisor:
        urls = dict(supervisor.urls)
        assert tuple(urls) == CODES
        assert running(folder) == urls
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        assert settings["DPMPTSP_URL"] == urls["oss"]
        assert settings["DPMPTSP_CLIENT_SECRET"].startswith("development-")
        assert {(folder / name).stat().st_mode & 0o777 for name in ("settings.json", "credentials.json")} == {0o600}
        assert all(_answers(url) for url in urls.values())
    assert not any(_answers(url) for url in urls.values())
    assert running(folder) == {}


def test_secrets_are_made_once(folder):
    with Supervisor(folder):
        first = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["BPJS_SECRET_KEY"]
    with Supervisor(folder):
        assert json.loads((folder / "settings.json").read_text(encoding="utf-8"))["BPJS_SECRET_KEY"] == first


def test_one_that_crashes_is_started_again_at_the_same_address(folder):
    with Supervisor(folder) as supervisor:
        child = supervisor._children["oss"]
        url, killed = child.url, child.process.pid
        os.kill(killed, signal.SIGKILL)
        _until(lambda: child.process.pid != killed and _answers(url))
        assert supervisor.urls["oss"] == url


def test_a_second_supervisor_of_the_same_folder_is_refused(folder):
    with Supervisor(folder) as first:
        with pytest.raises(NotStarted, match="already"):
            Supervisor(folder).start()
        assert all(_answers(url) for url in first.urls.values())


def test_nothing_is_left_when_one_cannot_start(folder):
    (folder / "pbb.sqlite").unlink()
    (folder / "pbb.sqlite").mkdir()
    supervisor = Supervisor(folder)
    with pytest.raises(NotStarted, match=r"pbb\.log"):
        supervisor.start()
    assert supervisor.urls == {}
    assert not (folder / "settings.json").exists()


def test_the_systems_die_with_a_supervisor_that_is_killed(folder):
    code = (
        "import sys, time, pathlib; from satu.demo.systems.supervisor import Supervisor;"
        "Supervisor(pathlib.Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        urls = running(folder)
        assert all(_answers(url) for url in urls.values())
        parent.kill()
    _until(lambda: not any(_answers(url) for url in urls.values()))
