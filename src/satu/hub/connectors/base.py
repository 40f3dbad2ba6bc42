"""What every connector is: it takes a question to a system and brings back records, or says what the trouble was.

The steps are the same for each kind: fill in the parameters, authenticate, ask, check the reply. Mapping the records
to facts is not the connector's business (``hub.mapping``), nor is waiting (``hub.asking``).
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from satu.hub.mapping import Records
from satu.hub.systems import Operation, Setting, System, Tell
from satu.hub.types import Reason, Subject
from satu.kernel import endpoints


class Trouble(Exception):
    """The system did not answer usably. ``str`` is for operators and holds neither secrets nor personal data."""

    def __init__(self, reason: Reason, what: str) -> None:
        super().__init__(what)
        self.reason: Reason = reason


class Refusal(Exception):
    """The system understood the news and would not take it. Telling it again would change nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """One piece of news on its way to a system. ``parameters`` fill the templates; ``id`` is the same at each try."""

    tell: Tell
    id: UUID
    parameters: Mapping[str, str | date] = field(repr=False)
    until: float
    """When it is too late for this try, by ``time.monotonic``."""

    def fill(self, templates: Mapping[str, str]) -> dict[str, str]:
        return {name: template.format_map(self.parameters) for name, template in templates.items()}

    @property
    def seconds_left(self) -> float:
        return max(self.until - time.monotonic(), 0.001)


@dataclass(frozen=True, slots=True)
class Question:
    operation: Operation
    subject: Subject
    today: date
    until: float
    """When the answer is of no use any more, by ``time.monotonic``."""
    parameters: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        key = self.subject.key
        object.__setattr__(self, "parameters", {"nik": key, "key": key, "today": self.today.isoformat()})

    @property
    def seconds_left(self) -> float:
        return max(self.until - time.monotonic(), 0.001)


def setting(name: Setting | None) -> str:
    """The value of a setting. One that is missing is trouble with the system, not with Satu."""
    if name is None:
        raise Trouble("unreachable", "its description has no address")
    try:
        return endpoints.setting(name.name)
    except endpoints.SettingMissing as error:
        raise Trouble("unreachable", str(error)) from error


class Connector:
    """Speaks to one system. Kept for the life of the process and asked from many threads or tasks at once."""

    def __init__(self, system: System) -> None:
        self.system = system

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.system.code}>"

    def report(self) -> str:
        """What an operator should know, such as a file that could not be read; empty when all is well."""
        return ""


class AsyncConnector(Connector, ABC):
    """Asked in the background event loop."""

    @abstractmethod
    async def fetch(self, question: Question) -> Records:
        """Raises ``Trouble``. It may be cancelled at any point, when the deadline has passed."""

    @abstractmethod
    async def tell(self, message: Message) -> None:
        """Returns when the system has the message, also from an earlier try. Raises ``Trouble`` or ``Refusal``."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of connections."""


class BlockingConnector(Connector, ABC):
    """Asked in a thread of its own system's pool; for drivers that block."""

    @abstractmethod
    def fetch(self, question: Question) -> Records:
        """Raises ``Trouble``. It should give up by itself when ``question.seconds_left`` has passed."""

    @abstractmethod
    def tell(self, message: Message) -> None:
        """Returns when the system has the message, also from an earlier try. Raises ``Trouble`` or ``Refusal``."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is open."""


class LocalConnector(Connector, ABC):
    """Asked in the caller's own thread, on the caller's own database connection."""

    @abstractmethod
    def fetch(self, question: Question) -> Records:
        """Raises ``Trouble``, also when the time is over."""
