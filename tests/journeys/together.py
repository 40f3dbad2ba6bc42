"""Several people, or one impatient one, at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Call all of them at once, each in a thread with a connection of its own; what each gave, or the error."""
    ready = threading.Barrier(len(calls))
    given: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        ready.wait()
        try:
            given[place] = calls[place]()
        except Exception as error:  # noqa: BLE001 - what it was is what the test looks at
            given[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
