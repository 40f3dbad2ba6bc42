"""What officers keep for themselves about their queue, and who works on what."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils import timezone

from satu.identity.absence import away_from
from satu.identity.types import Actor, Away
from satu.services.work.models import Taking
from satu.services.work.types import QueueFilter, SavedFilterView, TakenView


def filters_of(by: Actor) -> Sequence[SavedFilterView]:
    """The filters that she has kept, by name."""
    with connection.cursor() as cursor:  # written out: the queue asks it with every page
        cursor.execute(
            "SELECT id, name, conditions FROM work_savedfilter WHERE by = %s ORDER BY name", [by.reference]
        )
        rows = cursor.fetchall()
    return [SavedFilterView(id=pk, name=name, where=QueueFilter.read(json.loads(kept))) for pk, name, kept in rows]


@dataclass(frozen=True, slots=True)
class Share:
    """Whose the tasks are that somebody has taken, as officers are away today: who stands in has them, else nobody.

    Nobody sees a task by it that is not hers to decide.
    """

    by: str
    away: Mapping[str, Away]

    @property
    def holders(self) -> list[str]:
        """Whose takings are hers."""
        return [self.by, *(reference for reference, one in self.away.items() if one.stand_in == self.by)]

    @property
    def gone(self) -> list[str]:
        """Whose takings are nobody's."""
        return [reference for reference, one in self.away.items() if not one.stand_in]

    def holder(self, taken_by: str, name: str) -> tuple[str, str]:
        """Who works on what somebody has taken: reference and name, empty when nobody does."""
        away = self.away.get(taken_by)
        return (away.stand_in, away.stand_in_name) if away else (taken_by, name)

    def is_hers(self, holder: str) -> bool:
        return holder == self.by


def share_of(by: Actor) -> Share:
    """As it is today; one query."""
    return Share(by.reference, away_from(by.agency))


def taken(task_id: UUID, *, by: Actor) -> TakenView | None:
    """Who works on a task now; ``None`` when nobody does. The caller has checked that it is hers to see."""
    row = Taking.objects.filter(task_id=task_id, until__gt=timezone.now()).first()
    if row is None:
        return None
    share = share_of(by)
    holder, name = share.holder(row.by, row.by_name)
    return TakenView(name, row.at, row.until, hers=share.is_hers(holder)) if holder else None
