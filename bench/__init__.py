"""Measured figures. Each ``bench/bench_<what>.py`` has ``run(*, full: bool) -> Iterator[Figure]``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, next to the limit it is held against or the peer measured in the same run."""

    what: str
    value: str
    beside: str = ""
    """The limit or the peer's figure, with its name."""
    holds: bool | None = None
    """Whether the limit is kept; ``None`` where there is none."""
    note: str = ""
