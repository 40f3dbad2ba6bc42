"""What stands in a log when something fails."""

import pytest
import structlog


def test_a_failure_is_logged_with_its_place_and_without_what_the_functions_held(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nik = "3671" + "0145" * 3
    try:
        _fail(nik)
    except ZeroDivisionError:
        structlog.get_logger("satu").exception("something.failed", case=7)
    said = capsys.readouterr().out
    assert "something.failed" in said
    assert "in _fail" in said
    assert "ZeroDivisionError" in said
    assert nik not in said


def _fail(nik: str) -> float:
    return len(nik) / 0
