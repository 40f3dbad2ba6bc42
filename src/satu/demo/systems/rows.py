"""What an office's generator hands to its storage."""

from typing import NamedTuple


class Row(NamedTuple):
    table: str
    values: tuple[str | int | None, ...]
