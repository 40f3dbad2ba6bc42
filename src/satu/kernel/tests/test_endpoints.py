import json
import os

import pytest

from satu.kernel.endpoints import SettingMissing, is_set, setting


@pytest.fixture
def written(tmp_path, settings):
    """What simulated systems wrote about themselves; call it to write it anew."""
    settings.SATU_SIMULATED_SYSTEMS = tmp_path

    def write(**values: str) -> None:
        fresh = tmp_path / "fresh.json"
        fresh.write_text(json.dumps(values), encoding="utf-8")
        fresh.replace(tmp_path / "settings.json")

    return write


def test_a_setting_comes_from_the_environment_first(written, monkeypatch):
    written(OFFICE_URL="http://simulated")
    monkeypatch.setenv("SATU_OFFICE_URL", "http://real")
    assert setting("OFFICE_URL") == "http://real"


def test_in_development_simulated_systems_say_where_they_are_and_may_move(written):
    written(OFFICE_URL="http://127.0.0.1:1")
    assert setting("OFFICE_URL") == "http://127.0.0.1:1"
    written(OFFICE_URL="http://127.0.0.1:22")
    assert setting("OFFICE_URL") == "http://127.0.0.1:22"


def test_in_production_nothing_simulated_is_believed(written, settings):
    written(OFFICE_URL="http://127.0.0.1:1")
    settings.DEVELOPMENT = False
    assert not is_set("OFFICE_URL")


def test_a_missing_setting_is_named(tmp_path, settings):
    settings.SATU_SIMULATED_SYSTEMS = tmp_path
    with pytest.raises(SettingMissing, match="SATU_OFFICE_URL is not set"):
        setting("OFFICE_URL")
    (tmp_path / "settings.json").write_text('{"OFFICE', encoding="utf-8")
    assert not is_set("OFFICE_URL")
    assert "SATU_OFFICE_URL" not in os.environ
