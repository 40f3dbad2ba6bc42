"""Registers of this installation that answer facts, besides the population register.

A package above the hub keeps such a register and offers it when it starts (``AppConfig.ready``); a system of kind
``local`` names it as an operation's ``source``. What it gives goes out through the pull, ledger entry and all.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from satu.hub.types import Subject

Source = Callable[[Subject], Sequence[Mapping[str, Any]]]
"""The records about a subject, as JSON values. It reads in the caller's transaction and changes nothing."""
_sources: dict[str, Source] = {}


def answers(name: str) -> Callable[[Source], Source]:
    """Offer a register under ``name``: its package, a dot, what it holds (``permits.licences``)."""

    def offer(source: Source) -> Source:
        if _sources.setdefault(name, source) is not source:
            raise ValueError(f"two registers are called {name!r}")
        return source

    return offer


def source(name: str) -> Source | None:
    return _sources.get(name)
