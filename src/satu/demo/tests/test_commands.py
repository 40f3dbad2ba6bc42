"""``satu city build`` as it is typed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection


def satu(state: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    given = connection.settings_dict
    address = (
        f"postgresql://{given['USER'] or ''}@/{given['NAME']}?host={given['OPTIONS'].get('host', given['HOST'])}"
    )
    return subprocess.run(
        [sys.executable, "-m", "satu.config.cli", *words],
        env={**os.environ, "DATABASE_URL": address, "SATU_STATE": str(state), "COLUMNS": "120"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--residents", "0"], "1"),
        (["--seed", "-1"], "seed"),
        (["--processes", "0", "--residents", "10"], "1"),
        (["--today", "yesterday"], "yesterday"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_built_is_answered_by_a_sentence_not_a_trace(tmp_path, words, said):
    answer = satu(tmp_path, "city", "build", *words)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
