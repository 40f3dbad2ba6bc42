"""A MariaDB of one's own, from Debian's package, in a temporary folder; and the tax agency's database in it."""

import getpass
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pymysql

from satu.demo.systems import pbb

NEEDS = ("mariadbd", "mariadb-install-db")


def what_is_missing() -> str:
    """Why no MariaDB can be started here; empty when one can."""
    missing = [program for program in NEEDS if shutil.which(program) is None]
    return f"{', '.join(missing)} not installed (Debian: mariadb-server)" if missing else ""


@dataclass(slots=True)
class MariaDb:
    port: int
    socket: Path
    process: "subprocess.Popen[bytes]" = field(repr=False)

    @property
    def url(self) -> str:
        """As Satu reaches it: an account that may read and no more."""
        return f"mysql+pymysql://satu:baca@127.0.0.1:{self.port}/sismiop?charset=utf8mb4"

    def as_root(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(unix_socket=str(self.socket), user="root", autocommit=True)


@contextmanager
def a_mariadb(folder: Path) -> Iterator[MariaDb]:
    """Runs until the block ends. It listens on the loopback address and keeps its files in ``folder``."""
    me = ["--user=root"] if getpass.getuser() == "root" else []
    data = folder / "data"
    subprocess.run(
        [
            *("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db"),
            *("--auth-root-authentication-method=normal", *me),
        ],
        check=True,
        capture_output=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = folder / "s"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *("mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={where}", f"--port={port}"),
                *("--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}", "--innodb-buffer-pool-size=32M", *me),
            ],
            stdout=log,
            stderr=log,
        )
    database = MariaDb(port, where, process)
    try:
        _wait(database, folder / "log")
        yield database
    finally:
        process.terminate()
        process.wait(30)


def _wait(database: MariaDb, log: Path) -> None:
    for _ in range(300):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(database.socket)) == 0:
                return
        assert database.process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))


def move_taxes(storage: Path, database: MariaDb) -> None:
    """Copy the simulated tax database into MariaDB, table by table."""
    with closing(database.as_root()) as target, target.cursor() as cursor:
        cursor.execute("CREATE DATABASE sismiop CHARACTER SET utf8mb4")
        cursor.execute("CREATE USER satu@127.0.0.1 IDENTIFIED BY 'baca'")
        cursor.execute("GRANT SELECT ON sismiop.* TO satu@127.0.0.1")
        cursor.execute("USE sismiop")
        for statement in pbb.TABLES:
            cursor.execute(statement)
        with closing(sqlite3.connect(storage / pbb.FILE)) as source:
            for table in ("DAT_SUBJEK_PAJAK", "DAT_OBJEK_PAJAK", "SPPT"):
                rows = source.execute(f"SELECT * FROM {table}").fetchall()
                cursor.execute("START TRANSACTION")
                cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)
                cursor.execute("COMMIT")
