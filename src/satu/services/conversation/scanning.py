"""The scanner port: a file is kept only when a scanner has looked at it and found nothing.

Behind it clamd (ClamAV), over TCP: ``zINSTREAM``, the bytes in chunks, then one line of answer. A scanner that does
not answer, or answers something else, has not found the file clean.
"""

import socket
from dataclasses import dataclass
from typing import Protocol

import structlog
from django.utils.translation import gettext_lazy as _

from satu.kernel import endpoints
from satu.kernel.errors import InvalidInput, SatuError

SECONDS = 15.0
"""How long a scanner may take for one file."""
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_log = structlog.get_logger(__name__)


class Infected(InvalidInput):
    """The scanner found something. Nothing was kept."""

    code = "infected"

    def __init__(self, signature: str) -> None:
        super().__init__(
            _("The virus scanner found something in this file (%(name)s). It was not kept. Send another file.")
            % {"name": signature},
            field="file",
        )


class ScannerDown(SatuError):
    """Nobody could look at the file, so it was not kept."""

    code = "scanner-down"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("Files cannot be checked at the moment, so this one was not kept. Please send it again later."),
            field="file",
        )


class Scanner(Protocol):
    """Whoever looks at a file."""

    def scan(self, content: bytes) -> str:
        """The scanner's own name, when it found nothing. Raises ``Infected`` and ``ScannerDown``. It blocks."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """``SATU_CLAMD_HOST`` and ``SATU_CLAMD_PORT``."""

    host: str
    port: int

    def scan(self, content: bytes) -> str:
        answer = self._ask(content)
        if answer == "stream: OK":
            return "clamd"
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            signature = answer.removeprefix("stream: ").removesuffix(" FOUND")
            _log.warning("services.infected_file", signature=signature)
            raise Infected(signature)
        _log.error("services.scanner_failed", answer=answer[:200])
        raise ScannerDown

    def _ask(self, content: bytes) -> str:
        try:
            with socket.create_connection((self.host, self.port), timeout=SECONDS) as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), _CHUNK):
                    chunk = content[start : start + _CHUNK]
                    line.sendall(len(chunk).to_bytes(4, "big") + chunk)
                line.sendall(b"\0\0\0\0")
                return _read(line)
        except OSError as error:
            _log.error("services.scanner_unreachable", error=type(error).__name__)
            raise ScannerDown from error


def _read(line: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        piece = line.recv(_LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def the_scanner() -> Scanner:
    """The scanner of this installation. Raises ``ScannerDown`` when it has none."""
    try:
        return Clamd(endpoints.setting("CLAMD_HOST"), int(endpoints.setting("CLAMD_PORT")))
    except endpoints.SettingMissing as error:
        raise ScannerDown from error
