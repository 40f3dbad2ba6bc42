"""Asking systems: all at once, each with its own deadline that holds whatever the system does.

One event loop a process runs in the background and keeps connections open. Drivers that block run in threads of
their system's own pool, so that a system that hangs holds up nobody else. The register is asked in the caller's
thread, meanwhile.
"""

import asyncio
import atexit
import concurrent.futures
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import structlog
from django.utils import timezone

from satu.hub.breaker import Breaker
from satu.hub.connectors.base import (
    AsyncConnector,
    BlockingConnector,
    Connector,
    LocalConnector,
    Message,
    Question,
    Refusal,
    Trouble,
)
from satu.hub.connectors.file import FileConnector
from satu.hub.connectors.local import LocalSourceConnector
from satu.hub.connectors.registry import RegistryConnector
from satu.hub.connectors.rest import RestConnector
from satu.hub.connectors.sql import SqlConnector
from satu.hub.facts import Fact
from satu.hub.mapping import Records, outcomes, unavailable
from satu.hub.observing import Tally
from satu.hub.systems import Operation, System, SystemKind
from satu.hub.types import Outcome, Subject

_THREADS = 8  # a system whose driver blocks may hold this many threads, and no more
_GRACE = 1.0  # seconds; only for a background loop that is itself stuck
_KINDS: dict[SystemKind, Callable[[System], Connector]] = {
    "registry": RegistryConnector,
    "local": LocalSourceConnector,
    "rest": RestConnector,
    "sql": SqlConnector,
    "file": FileConnector,
}
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Request:
    """One call to one system, and the facts that its answer is wanted for."""

    system: System
    operation: Operation
    facts: tuple[Fact, ...]


class Line:
    """The line to one system: its connector, its threads if it needs any, and how it has been answering."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.connector = _KINDS[system.kind](system)
        self.breaker = Breaker()
        self.tally = Tally()
        self._threads: concurrent.futures.ThreadPoolExecutor | None = None

    @property
    def is_local(self) -> bool:
        return isinstance(self.connector, LocalConnector)

    async def ask(self, question: Question) -> Records:
        """In the background loop. Raises ``Trouble``, and does so at the deadline, come what may."""
        return await self._in_time(self._fetch(question), question.seconds_left)

    async def tell(self, message: Message) -> None:
        """In the background loop. Raises ``Trouble`` or ``Refusal``; ``Trouble`` at the deadline, come what may."""
        await self._in_time(self._pass_on(message), message.seconds_left)

    async def _in_time(self, work: Coroutine[Any, Any, _T], seconds: float) -> _T:
        task = asyncio.ensure_future(work)
        done, _waiting = await asyncio.wait({task}, timeout=seconds)
        if done:
            return task.result()
        # Not awaited: whatever the connector does to clean up must not take more of the caller's time.
        task.add_done_callback(_look_away)
        task.cancel()
        raise Trouble("deadline", f"no answer within {self.system.deadline:g} s")

    def ask_here(self, question: Question) -> Records:
        """In the caller's thread, for what is in this process. Raises ``Trouble``."""
        assert isinstance(self.connector, LocalConnector)  # noqa: S101 - is_local says so
        return self.connector.fetch(question)

    async def close(self) -> None:
        if isinstance(self.connector, AsyncConnector):
            await self.connector.close()
        elif isinstance(self.connector, BlockingConnector):
            self.connector.close()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _fetch(self, question: Question) -> Records:
        if isinstance(self.connector, AsyncConnector):
            return await self.connector.fetch(question)
        assert isinstance(self.connector, BlockingConnector)  # noqa: S101 - there is no fourth sort
        return await asyncio.get_running_loop().run_in_executor(self._pool(), self.connector.fetch, question)

    async def _pass_on(self, message: Message) -> None:
        if isinstance(self.connector, AsyncConnector):
            await self.connector.tell(message)
        elif isinstance(self.connector, BlockingConnector):
            await asyncio.get_running_loop().run_in_executor(self._pool(), self.connector.tell, message)
        else:
            raise Refusal("the register is told by what happens in it")

    def _pool(self) -> concurrent.futures.ThreadPoolExecutor:
        if self._threads is None:
            self._threads = concurrent.futures.ThreadPoolExecutor(_THREADS, thread_name_prefix=self.system.code)
        return self._threads


def _look_away(task: "asyncio.Task[Any]") -> None:
    """Take note of how an abandoned task ended, so that it is not reported as forgotten."""
    if not task.cancelled():
        task.exception()


class _Background:
    """The background loop and the lines to all systems, of one process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._lines: dict[str, Line] = {}
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hub", daemon=True)
        self._thread.start()

    def line(self, system: System) -> Line:
        with self._lock:
            line = self._lines.get(system.code)
            # Equal is enough: threads that start together may each have read the catalogue.
            if line is None or (line.system is not system and line.system != system):
                if line is not None:
                    self.run(line.close())
                line = self._lines[system.code] = Line(system)
            return line

    def lines(self) -> tuple[Line, ...]:
        with self._lock:
            return tuple(self._lines.values())

    def run(self, work: Coroutine[Any, Any, _T]) -> "concurrent.futures.Future[_T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        self.run(self._wind_up()).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        if not self._thread.is_alive():
            self._loop.close()

    async def _wind_up(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for line in self.lines():
            await line.close()


_background: _Background | None = None
_starting = threading.Lock()


def _the_background() -> _Background:
    global _background  # noqa: PLW0603 - one a process is what it is
    with _starting:
        if _background is None or _background.pid != os.getpid():
            _background = _Background()
        return _background


@atexit.register
def stop() -> None:
    """Close every connection and the loop. The next question starts them again."""
    global _background  # noqa: PLW0603
    with _starting:
        if _background is not None and _background.pid == os.getpid():
            _background.stop()
        _background = None


def lines() -> tuple[Line, ...]:
    """The lines of this process to the systems asked so far."""
    return _the_background().lines()


def ask(requests: Iterable[Request], subject: Subject, today: date) -> list[Outcome]:
    """Ask all at once and wait for the slowest. One outcome for each fact of each request; never raises for them."""
    started = time.monotonic()
    background = _the_background()
    asked: list[tuple[Request, Line, concurrent.futures.Future[list[Outcome]] | None]] = []
    for request, line in _slowest_first([(request, background.line(request.system)) for request in requests]):
        question = Question(request.operation, subject, today, until=started + request.system.deadline)
        future = None if line.is_local else background.run(_ask_there(line, request, question))
        asked.append((request, line, future))
    answers = []
    for request, line, future in sorted(asked, key=lambda one: one[2] is not None):
        if future is None:
            question = Question(request.operation, subject, today, until=started + request.system.deadline)
            answers += _ask_here(line, request, question)
        else:
            answers += _await(future, request, started)
    return answers


def knows(system: System, operation: Operation, subject: Subject, today: date) -> bool:
    """Whether a system holds anything about a subject. Raises ``Trouble``."""
    question = Question(operation, subject, today, until=time.monotonic() + system.deadline)
    return bool(_reach(system, lambda line: line.ask(question)).rows)


def tell(system: System, message: Message) -> None:
    """Give a system a message and wait until it has it. Raises ``Trouble`` or ``Refusal``."""
    _reach(system, lambda line: line.tell(message))


def _reach(system: System, work: Callable[[Line], Coroutine[Any, Any, _T]]) -> _T:
    # The breaker is left out: an inbox that fails says nothing of the answers, and a job can wait.
    background = _the_background()
    try:
        return background.run(work(background.line(system))).result(timeout=system.deadline + _GRACE)
    except concurrent.futures.TimeoutError:
        raise Trouble("deadline", "the background loop is stuck") from None


def _slowest_first(requests: list[tuple[Request, Line]]) -> list[tuple[Request, Line]]:
    """Sending takes a little of the loop's time each, and it is the slowest system that everybody waits for."""
    return sorted(requests, key=lambda one: -one[1].breaker.usual)


def _await(future: "concurrent.futures.Future[list[Outcome]]", request: Request, started: float) -> list[Outcome]:
    try:
        return future.result(timeout=started + request.system.deadline + _GRACE - time.monotonic())
    except concurrent.futures.TimeoutError:
        future.cancel()
        return unavailable(request.system, request.facts, "deadline", timezone.now())


async def _ask_there(line: Line, request: Request, question: Question) -> list[Outcome]:
    if (reason := line.breaker.refuses()) is not None:
        line.tally.spared(timezone.now())
        return unavailable(request.system, request.facts, reason, timezone.now())
    started = time.monotonic()
    try:
        records = await line.ask(question)
    except asyncio.CancelledError:
        line.breaker.failed("deadline", timezone.now())
        line.tally.failed("deadline", timezone.now())
        raise
    except Exception as error:  # noqa: BLE001 - whatever a foreign system provokes ends here
        return _failed(line, request, error)
    return _answered(line, request, records, time.monotonic() - started)


def _ask_here(line: Line, request: Request, question: Question) -> list[Outcome]:
    if (reason := line.breaker.refuses()) is not None:
        line.tally.spared(timezone.now())
        return unavailable(request.system, request.facts, reason, timezone.now())
    started = time.monotonic()
    try:
        records = line.ask_here(question)
    except Exception as error:  # noqa: BLE001 - as for the systems outside
        return _failed(line, request, error)
    return _answered(line, request, records, time.monotonic() - started)


def _answered(line: Line, request: Request, records: Records, seconds: float) -> list[Outcome]:
    at = timezone.now()
    line.breaker.answered(seconds, at)
    line.tally.answered(seconds, at)
    return outcomes(request.system, request.operation, request.facts, records, at=at)


def _failed(line: Line, request: Request, error: Exception) -> list[Outcome]:
    """Trouble has a reason; anything else is a fault of the connector, and is reported as such without its text."""
    at = timezone.now()
    trouble = (
        error if isinstance(error, Trouble) else Trouble("error", f"fault in the connector: {type(error).__name__}")
    )
    line.breaker.failed(trouble.reason, at)
    line.tally.failed(trouble.reason, at)
    _log.warning(
        "hub.trouble",
        system=request.system.code,
        operation=request.operation.name,
        reason=trouble.reason,
        why=str(trouble),
    )
    return unavailable(request.system, request.facts, trouble.reason, at)


def plan(wanted: Sequence[tuple[Fact, System]]) -> list[Request]:
    """Group facts into the fewest calls: one for each operation that answers any of them."""
    groups: dict[tuple[str, str], tuple[System, Operation, list[Fact]]] = {}
    for fact, system in wanted:
        operation = system.operation_for(fact.key)
        assert operation is not None  # noqa: S101 - the catalogue checked it
        groups.setdefault((system.code, operation.name), (system, operation, []))[2].append(fact)
    return [Request(system, operation, tuple(facts)) for system, operation, facts in groups.values()]
