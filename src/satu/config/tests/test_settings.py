import os
import subprocess
import sys

import psycopg
import pytest


def satu(*arguments, **environment):
    """Run the ``satu`` command in a process of its own, with nothing of ours in its environment but the database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SATU_") or name == "SATU_STATE"}
    return subprocess.run(
        [sys.executable, "-m", "satu.config.cli", *arguments],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_does_not_start_without_its_secrets():
    done = satu("check", SATU_MODE="production")
    assert done.returncode != 0
    assert "SATU_SECRET_KEY is not set" in done.stderr


def test_a_check_names_everything_that_is_missing_at_once():
    said = satu("check", "--deploy", SATU_MODE="production", SATU_PUBLIC_URL="").stderr
    for missing in ("SATU_SECRET_KEY", "SATU_SEAL_FILE", "SATU_MAIL_HOST", "SATU_BAPENDA_DATABASE", "SATU_HOSTS"):
        assert missing in said
    assert "Traceback" not in said


def test_before_anything_is_built_a_command_says_what_to_do():
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute("DROP DATABASE IF EXISTS satu_nothing_yet")
        database.execute("CREATE DATABASE satu_nothing_yet")
        address = os.environ["DATABASE_URL"].replace("/postgres?", "/satu_nothing_yet?")
        done = satu("hub", "systems", DATABASE_URL=address)
        database.execute("DROP DATABASE satu_nothing_yet WITH (FORCE)")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "`satu migrate`" in done.stderr


def test_production_refuses_a_development_key():
    done = satu("check", SATU_MODE="production", SATU_SECRET_KEY="development-" + "x" * 60)
    assert done.returncode != 0
    assert "Production refuses it" in done.stderr


def test_a_mode_that_does_not_exist_is_named():
    done = satu("check", SATU_MODE="staging")
    assert done.returncode != 0
    assert "'staging'" in done.stderr


def test_an_operator_is_told_what_is_not_safe_yet():
    done = satu("check", "--deploy")
    assert done.returncode == 1
    for concern in ("SATU_MODE is development", "must lead to an https page"):
        assert concern in done.stderr


def test_development_is_sound_as_it_comes():
    done = satu("check")
    assert done.returncode == 0, done.stderr


def test_development_keys_are_readable_by_their_owner_only(tmp_path):
    satu("check", SATU_STATE=str(tmp_path))
    key = tmp_path / "keys" / "secret_key"
    assert key.read_text().startswith("development-")
    assert key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["worker", "--help"], ["systems", "--help"]])
def test_help_helps(arguments):
    done = satu(*arguments)
    assert done.returncode == 0
    assert "Usage" in done.stdout
