"""Accesses as a person counts them: one officer's visit to her data is one look, however many systems answered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone

from satu.hub.ledger.types import Access, ReleasedFact


@dataclass(frozen=True, slots=True)
class Look:
    """Accesses next to each other by the same person for the same reason on the same day, newest first."""

    entries: Sequence[Access]

    @property
    def first(self) -> Access:
        """The newest entry: it speaks for all in who, when and why."""
        return self.entries[0]

    @property
    def times(self) -> int:
        """How often: systems that answer one by one are one time; a fact that is asked for again is another."""
        asked = Counter(fact for entry in self.entries for fact in {one.fact for one in entry.facts})
        return max(asked.values(), default=len(self.entries))

    @property
    def since(self) -> datetime:
        return self.entries[-1].at

    @property
    def found(self) -> int:
        return len({fact.fact for fact in self.facts if fact.outcome == "found"})

    @property
    def facts(self) -> Sequence[ReleasedFact]:
        """Each fact with what came of it, once."""
        return list(dict.fromkeys(fact for entry in reversed(self.entries) for fact in entry.facts))

    @property
    def sealed(self) -> bool:
        return all(entry.sealed for entry in self.entries)

    @property
    def day(self) -> date:
        return timezone.localtime(self.first.at).date()


def looks(accesses: Iterable[Access]) -> list[Look]:
    """Group what the ledger gives, newest first."""
    return [Look(list(entries)) for _key, entries in groupby(accesses, key=_same)]


def _same(access: Access) -> tuple[object, ...]:
    day = timezone.localtime(access.at).date()
    return day, access.actor, access.kind, access.purpose_kind, access.reference, access.why.id
