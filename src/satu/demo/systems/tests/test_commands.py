"""``satu systems`` against running processes."""

import shutil

import httpx
import pytest
from typer.testing import CliRunner

from satu.demo.systems.commands import app
from satu.demo.systems.supervisor import Supervisor

run = CliRunner().invoke


@pytest.fixture
def folder(filled, tmp_path, settings):
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    settings.SATU_SIMULATED_SYSTEMS = tmp_path
    return tmp_path


def test_a_system_is_broken_shown_and_mended_from_the_terminal(folder):
    with Supervisor(folder) as supervisor:

        def knobs() -> dict[str, object]:
            return dict(httpx.get(f"{supervisor.urls['oss']}/_simulated/").json())

        assert run(app, ["break", "oss", "--latency", "150", "--errors", "0.3"]).exit_code == 0
        assert (knobs()["latency_ms"], knobs()["errors_permille"], knobs()["down"]) == (150, 300, False)
        shown = run(app, ["status"])
        assert shown.exit_code == 0
        assert "disturbed" in shown.output
        assert "400-900" in shown.output
        assert run(app, ["break", "oss"]).exit_code == 0
        assert knobs()["down"] is True
        assert run(app, ["mend", "oss"]).exit_code == 0
        assert knobs()["as_usual"] is True


def test_an_unknown_system_is_named_with_those_that_are_known(folder):
    refused = run(app, ["mend", "simbg"])
    assert refused.exit_code != 0
    assert "dapodik" in refused.output


def test_the_terminal_says_when_nothing_runs_and_how_to_start_it(folder, tmp_path, settings):
    assert "satu run" in run(app, ["status"]).output
    settings.SATU_SIMULATED_SYSTEMS = tmp_path / "empty"
    nothing = run(app, ["start"])
    assert (nothing.exit_code, "satu city build" in nothing.output) == (1, True)
