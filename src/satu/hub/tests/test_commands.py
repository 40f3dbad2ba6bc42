from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from satu.hub import commands
from satu.hub.catalogue import the_catalogue
from satu.hub.coverage import as_markdown
from satu.hub.tests.register import SITI_NIK, register_sitis_family


@pytest.fixture
def satu(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(commands, "_console", commands.Console(width=200))
    return lambda *arguments, **how: CliRunner().invoke(commands.app, arguments, **how)


@pytest.mark.django_db
def test_trying_a_system_is_a_pull_that_the_person_can_read_about(satu, new_entries):
    register_sitis_family()
    result = satu("try", "siak", input=f"{SITI_NIK}\n")
    assert result.exit_code == 0, result.output
    assert "found" in result.output
    assert "Siti Aminah" not in result.output
    assert SITI_NIK not in result.output
    (entry,) = new_entries()
    assert (entry.actor, entry.purpose_id) == ("system:command-line", "Menguji sambungan antar sistem")
    assert "Siti Aminah" in satu("try", "siak", "--show", "--nik", SITI_NIK).output


@pytest.mark.django_db
def test_a_try_says_what_is_wrong(satu):
    assert "no such system" in satu("try", "sipd", "--nik", SITI_NIK).output
    result = satu("try", "siak", "--nik", "12")
    assert result.exit_code == 1
    assert "NIK" in result.output


@pytest.mark.django_db
def test_the_systems_are_listed_with_what_they_lack(satu, settings, tmp_path):
    settings.SATU_SIMULATED_SYSTEMS = tmp_path
    output = satu("systems").output
    assert "pbb" in output
    assert "BAPENDA_DATABASE" in output


def test_a_check_names_the_missing_settings(satu, settings, tmp_path):
    settings.SATU_SIMULATED_SYSTEMS = tmp_path
    result = satu("check")
    assert result.exit_code == 1
    assert "they fit" in result.output
    assert "pbb cannot be reached: set SATU_BAPENDA_DATABASE" in result.output


def test_a_check_names_file_and_line(satu, small_city):
    path = small_city / "facts" / "all.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("agency: disdik", "agency: nobody"), encoding="utf-8")
    result = satu("check")
    assert result.exit_code == 1
    assert "all.yaml:" in result.output
    assert "no agency 'nobody'" in result.output


def test_the_page_on_coverage_is_what_the_citys_files_say(satu, tmp_path):
    satu("systems", "--write", str(tmp_path / "systems.md"))
    page = (tmp_path / "systems.md").read_text(encoding="utf-8")
    assert page == as_markdown(the_catalogue())
    kept = Path(settings.BASE_DIR) / "docs" / "systems.md"
    assert kept.read_text(encoding="utf-8") == page, "run: satu hub systems --write docs/systems.md"
