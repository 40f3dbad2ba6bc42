import subprocess
import sys
from pathlib import Path

_START = """
import sys
from pathlib import Path
import psycopg
from satu.config.postgres import EmbeddedPostgres
embedded = EmbeddedPostgres(Path(sys.argv[1]) / "postgres", fsync="off")
with psycopg.connect(embedded.start()) as connection:
    print(connection.execute("SHOW data_directory").fetchone()[0])
sys.stdin.read()
embedded.stop()
"""


def test_two_that_come_at_once_make_one_database(tmp_path: Path) -> None:
    """As the stages of the tests do on a clean checkout."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _START, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [(one.stdout.readline().strip(), one) for one in started if one.stdout]
    ended = [one.communicate()[1] for _line, one in said]
    assert [line for line, _one in said] == [str(tmp_path / "postgres")] * 2, ended
