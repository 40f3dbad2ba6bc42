"""What officers keep for themselves about their queue, and who works on what."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from satu.identity.types import Actor
from satu.services.work.models import SavedFilter, Taking
from satu.services.work.types import QueueFilter, SavedFilterView, TakenView


def filters_of(by: Actor) -> Sequence[SavedFilterView]:
    """The filters that she has kept, by name."""
    rows = SavedFilter.objects.filter(by=by.reference).order_by("name")
    return [SavedFilterView(id=row.pk, name=row.name, where=QueueFilter.read(row.conditions)) for row in rows]


def taken(task_id: UUID, *, by: Actor) -> TakenView | None:
    """Who works on a task now; ``None`` when nobody does. The caller has checked that it is hers to see."""
    row = Taking.objects.filter(task_id=task_id, until__gt=timezone.now()).first()
    return TakenView(row.by_name, row.at, row.until, hers=row.by == by.reference) if row else None
