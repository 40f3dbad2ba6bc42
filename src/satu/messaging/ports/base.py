"""What every way out offers."""

from dataclasses import dataclass, field
from typing import Protocol

from satu.kernel import endpoints

SECONDS = 10.0
"""How long a provider may take to answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out. ``key`` is the same however often one message is tried, and names it to the provider."""

    key: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


class NotTaken(Exception):
    """The provider did not take the message over, as far as we know. ``reason`` is a key of ``types.REASONS``.

    ``again``: it may be taken later without a change on our side.
    """

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason, self.again = reason, again


class Port(Protocol):
    """A way out."""

    def send(self, message: Message) -> str:
        """Hand over a message; the provider's own reference. Raises ``NotTaken``. It blocks."""


def needed(name: str) -> str:
    """A setting that sending cannot do without. Raises ``NotTaken``."""
    try:
        return endpoints.setting(name)
    except endpoints.SettingMissing as error:
        raise NotTaken("not-set-up", again=True) from error


def optional(name: str, otherwise: str = "") -> str:
    try:
        return endpoints.setting(name)
    except endpoints.SettingMissing:
        return otherwise
