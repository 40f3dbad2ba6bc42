"""How officers share a queue: taking a task, and filters that one keeps for herself."""

from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.calendar import WorkingDays, due_after, the_calendar
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.services.models import Task
from satu.services.policies import own_task
from satu.services.queries.work import share_of
from satu.services.work.models import SavedFilter, Taking
from satu.services.work.types import QueueFilter

NAME_LENGTH = 40
FILTERS = 12
#: A task that was taken is free again when so many working days are over.
TAKEN_FOR = WorkingDays(1)


def take_task(*, task_id: UUID, by: Actor) -> None:
    """She works on it, until the next working day is over, so that no two do the same. Twice is once.

    It forbids nobody to decide. Raises what ``policies.own_task`` raises, and ``Conflict`` when it is closed or
    somebody else works on it.
    """
    own_task(task_id, by=by)
    now = timezone.now()
    with transaction.atomic():
        task = Task.objects.select_for_update().get(pk=task_id)
        if task.state != Task.State.OPEN:
            raise Conflict(_("This task is closed."))
        before = Taking.objects.filter(task=task, until__gt=now).first()
        holder, name = share_of(by).holder(before.by, before.by_name) if before else ("", "")
        if holder not in {"", by.reference}:
            raise Conflict(_("%(name)s works on this.") % {"name": name})
        if before is None or before.by != by.reference:
            Taking.objects.update_or_create(
                task=task, defaults={"by": by.reference, "by_name": by.name, "at": now, "until": _until(now)}
            )
            audit(actor=by.reference, action="services.task_taken", thing=f"task:{task_id}")


def release_task(*, task_id: UUID, by: Actor) -> None:
    """She no longer works on it. Of what she does not work on, nothing happens. Raises as ``policies.own_task``."""
    own_task(task_id, by=by)
    with transaction.atomic():
        gone, _rows = Taking.objects.filter(task_id=task_id, by__in=share_of(by).holders).delete()
        if gone:
            audit(actor=by.reference, action="services.task_released", thing=f"task:{task_id}")


def _until(now: datetime) -> datetime:
    """The end of the working day until which a task that is taken now is hers."""
    last = due_after(timezone.localdate(now), TAKEN_FOR, the_calendar()).day
    return timezone.make_aware(datetime.combine(last, time.max))


def keep_filter(*, name: str, where: QueueFilter, by: Actor) -> UUID:
    """Keep what a queue is narrowed to under a name; the same name again is the same filter, changed.

    Raises ``NotAllowed`` for whoever has no queue, and ``InvalidInput`` (``name``).
    """
    _refuse_others(by)
    text = _name(name)
    if not where.conditions():
        raise InvalidInput(_("Choose a filter before you keep it."), field="name")
    others = list(SavedFilter.objects.filter(by=by.reference).exclude(name=text))
    if same := next((one for one in others if one.conditions == where.conditions()), None):
        raise InvalidInput(_("You keep this filter already: %(name)s.") % {"name": same.name}, field="name")
    if len(others) >= FILTERS:
        raise InvalidInput(
            _("You keep %(count)s filters at most. Remove one first.") % {"count": FILTERS}, field="name"
        )
    kept, _created = SavedFilter.objects.update_or_create(
        by=by.reference, name=text, defaults={"conditions": where.conditions()}
    )
    return kept.pk


def rename_filter(*, filter_id: UUID, name: str, by: Actor) -> None:
    """Give a filter of hers another name. Raises ``Missing`` and ``InvalidInput`` (``name``)."""
    kept, text = _own_filter(filter_id, by), _name(name)
    if SavedFilter.objects.filter(by=by.reference, name=text).exclude(pk=kept.pk).exists():
        raise InvalidInput(_("Another filter of yours is called so."), field="name")
    kept.name = text
    kept.save(update_fields=["name"])


def remove_filter(*, filter_id: UUID, by: Actor) -> None:
    """Raises ``Missing`` for a filter that is not hers."""
    _own_filter(filter_id, by).delete()


def _own_filter(filter_id: UUID, by: Actor) -> SavedFilter:
    kept = SavedFilter.objects.filter(pk=filter_id, by=by.reference).first()
    if kept is None:
        raise Missing(_("There is no such filter among yours."))
    return kept


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise InvalidInput(_("Give the filter a name."), field="name")
    if len(name) > NAME_LENGTH:
        raise InvalidInput(_("Use at most %(count)s characters.") % {"count": NAME_LENGTH}, field="name")
    return name


def _refuse_others(by: Actor) -> None:
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer of the city has a queue."))
