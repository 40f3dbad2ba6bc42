"""Telling systems what has happened: each once, in order, for as long as it takes, and to whom it concerns only.

``tell`` stands in the transaction of the news; a job goes to the system. A system that can't be reached is tried
again, ever later but never given up; one that refuses waits for a person. Every try carries the same id: should we
die between its yes and our noting it, the next try finds that the system has it. Whoever a system is
told of reads so in her access ledger, written before the system hears anything.
"""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.hub import asking
from satu.hub.catalogue import the_catalogue
from satu.hub.connectors.base import Message, Refusal, Trouble
from satu.hub.ledger import actions as ledger
from satu.hub.ledger.types import NewEntry, ReleasedFact
from satu.hub.models import Telling
from satu.hub.news import News
from satu.hub.systems import System, Tell
from satu.hub.types import Purpose, Subject
from satu.identity.types import Actor
from satu.kernel import jobs
from satu.kernel.audit import audit
from satu.kernel.errors import Missing, NotAllowed

INTEGRATOR = "integrator"
_LONGEST_WAIT = 600  # seconds
_LONGEST_TRY = timedelta(minutes=2)
_OVERDUE = timedelta(seconds=30)  # then its job was lost
_log = structlog.get_logger(__name__)


def tell(*, news: str, about: Subject, parts: Mapping[str, str], change: str) -> int:
    """Pass news on to every system that takes it. Call it in the transaction of what the news is about.

    ``parts`` must be those of ``news.yaml`` (dates as ISO 8601); ``change`` names the change: told again about the
    same one, nothing happens. Returns how many systems take such news. Raises ``KeyError`` for news that no city file
    lists.
    """
    kind = the_catalogue().news[news]
    if set(parts) != set(kind.parts):
        raise ValueError(f"the news {news} has the parts {sorted(kind.parts)}, not {sorted(parts)}")
    kind.read(parts)
    rows = [
        Telling(
            system=system.code,
            tell=one.name,
            news=news,
            change=change,
            subject_kind=about.kind,
            subject_key=about.key,
            parts=dict(parts),
            due_at=timezone.now(),
        )
        for system in the_catalogue().systems.values()
        for one in system.tells.values()
        if one.news == news
    ]
    Telling.objects.bulk_create(rows, ignore_conflicts=True)
    fresh = Telling.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True)
    for telling_id in fresh:
        _plan(telling_id, None)
    return len(rows)


def send(*, telling_id: UUID) -> None:
    """One try at one telling; plans the next one if it is needed. May be called any number of times."""
    telling = _take(telling_id)
    if telling is None:
        return
    system, one, news = _description(telling)
    if system is None or one is None or news is None:
        _end(telling, Telling.State.REFUSED, "no system or news of the city's files fits it any more")
        return
    subject = Subject(telling.subject_kind, telling.subject_key)  # type: ignore[arg-type]  # written by ``tell``
    try:
        if one.only_known and not asking.knows(
            system, system.operations[one.only_known], subject, timezone.localdate()
        ):
            _end(telling, Telling.State.UNCONCERNED, "")
            return
        _write_down(telling, system, news)
        asking.tell(system, _message(telling, system, one, news))
    except Refusal as refusal:
        _log.warning("hub.telling_refused", system=system.code, tell=one.name, id=str(telling.id), why=str(refusal))
        _end(telling, Telling.State.REFUSED, str(refusal))
    except Trouble as trouble:
        _log.warning("hub.telling_failed", system=system.code, tell=one.name, id=str(telling.id), why=str(trouble))
        _try_later(telling, f"{trouble.reason}: {trouble}")
    else:
        _end(telling, Telling.State.TOLD, "")


def send_overdue(*, limit: int = 200) -> int:
    """Try what is due and whose job was lost. Returns how many were tried."""
    overdue = Telling.objects.filter(state=Telling.State.WAITING, due_at__lt=timezone.now() - _OVERDUE)
    ids = list(overdue.order_by("due_at").values_list("id", flat=True)[:limit])
    for telling_id in ids:
        send(telling_id=telling_id)
    return len(ids)


@transaction.atomic
def tell_again(*, telling_id: UUID, by: Actor) -> None:
    """Try at once what waits, or what a system refused, now that somebody has seen to it.

    Raises ``NotAllowed`` (not an integrator) or ``Missing`` (no such telling, or it is told).
    """
    if not by.has_duty(INTEGRATOR):
        raise NotAllowed(_("Only an integrator may tell a system again."))
    changed = Telling.objects.filter(
        id=telling_id, state__in=[Telling.State.WAITING, Telling.State.REFUSED], parts__isnull=False
    ).update(state=Telling.State.WAITING, due_at=timezone.now(), ended_at=None)
    if not changed:
        raise Missing(_("There is nothing of this kind that waits to be told."))
    audit(actor=by.reference, action="hub.told_again", thing=f"telling:{telling_id}")
    _plan(telling_id, None)


def _take(telling_id: UUID) -> Telling | None:
    """Hold it for one try: nobody else tries meanwhile, and nothing older about the same subject is overtaken."""
    now = timezone.now()
    with transaction.atomic():
        telling = (
            Telling.objects.select_for_update(skip_locked=True)
            .filter(Q(held_until=None) | Q(held_until__lt=now), id=telling_id, state=Telling.State.WAITING)
            .first()
        )
        if telling is None or _older(telling).exists():
            return None
        telling.held_until = now + _LONGEST_TRY
        telling.save(update_fields=["held_until"])
        return telling


def _older(telling: Telling) -> QuerySet[Telling]:
    same = Telling.objects.filter(
        system=telling.system, subject_key=telling.subject_key, state=Telling.State.WAITING
    ).exclude(id=telling.id)
    return same.filter(announced_at__lt=telling.announced_at)


def _description(telling: Telling) -> tuple[System | None, Tell | None, News | None]:
    catalogue = the_catalogue()
    system = catalogue.systems.get(telling.system)
    one = system.tells.get(telling.tell) if system else None
    news = catalogue.news.get(telling.news)
    fits = news is not None and set(news.parts) == set(telling.parts or {})
    return system, one, news if fits else None


def _message(telling: Telling, system: System, one: Tell, news: News) -> Message:
    parts = telling.parts or {}
    written = {name: one.map.get(name, {}).get(str(value), value) for name, value in news.read(parts).items()}
    key = telling.subject_key
    return Message(
        tell=one,
        id=telling.id,
        parameters={
            **written,
            "id": str(telling.id),
            "nik": key,
            "key": key,
            "today": timezone.localdate().isoformat(),
        },
        until=time.monotonic() + system.deadline,
    )


def _write_down(telling: Telling, system: System, news: News) -> None:
    """Into the access ledger of the person, before the system hears anything; once, however many tries it takes."""
    if telling.in_ledger:
        return
    facts = [key for part in news.parts if (key := f"{news.subject}.{part}") in the_catalogue().facts]
    purpose = Purpose("case", f"telling:{telling.id}", news.label, news.legal_basis, frozenset(facts))
    entry = NewEntry(
        subject=Subject(telling.subject_kind, telling.subject_key),  # type: ignore[arg-type]  # written by ``tell``
        kind="told",
        purpose=purpose,
        by=Actor(f"system:{system.code}", "officer", str(system.name), agency=system.agency),
        facts=[ReleasedFact(key, system.code, "found") for key in facts],
    )
    with transaction.atomic():
        ledger.append([entry])
        Telling.objects.filter(id=telling.id).update(in_ledger=True)


def _try_later(telling: Telling, why: str) -> None:
    wait = min(2**telling.attempts, _LONGEST_WAIT)
    due = timezone.now() + timedelta(seconds=wait)
    with transaction.atomic():
        Telling.objects.filter(id=telling.id).update(
            attempts=F("attempts") + 1, last_trouble=why[:200], due_at=due, held_until=None
        )
        _plan(telling.id, due)


def _end(telling: Telling, state: str, why: str) -> None:
    """Note how it ended, and let what was announced later about the same subject follow."""
    kept = telling.parts if state == Telling.State.REFUSED else None
    with transaction.atomic():
        Telling.objects.filter(id=telling.id).update(
            state=state,
            parts=kept,
            last_trouble=why[:200],
            attempts=F("attempts") + 1,
            ended_at=timezone.now(),
            held_until=None,
        )
        later = Telling.objects.filter(
            system=telling.system,
            subject_key=telling.subject_key,
            state=Telling.State.WAITING,
            announced_at__gte=telling.announced_at,
        ).exclude(id=telling.id)
        for telling_id in later.order_by("announced_at").values_list("id", flat=True)[:1]:
            _plan(telling_id, None)


def _plan(telling_id: UUID, at: datetime | None) -> None:
    jobs.defer("hub.send_telling", queue="tellings", arguments={"telling_id": str(telling_id)}, at=at)
