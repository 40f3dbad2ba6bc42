"""What the hub tells without pulling: systems and their health, how facts group, an officer's open inquiry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.hub.models import Inquiry, SystemHealth, Telling
from satu.hub.news import News
from satu.hub.reasons import the_reasons
from satu.hub.systems import System
from satu.hub.types import Dossier, Outcome, Purpose, Subject
from satu.identity.types import Actor
from satu.kernel import endpoints
from satu.kernel.city import Label
from satu.kernel.errors import Missing

_RECENT = timedelta(minutes=15)
State = Literal["unknown", "answering", "troubled", "skipped"]


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """One system, and which facts of a purpose come from it: one panel of a page, and one pull to fill it."""

    system: str
    name: Label
    agency: str
    """The agency's short name."""
    simulated: bool
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One system's part of a dossier."""

    system: str
    name: Label
    agency: str
    simulated: bool
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class SystemState:
    """How a system answers, as last heard from any process."""

    system: str
    name: Label
    agency: str
    simulated: bool
    state: State
    """``skipped``: it failed so often that it is left in peace for some seconds. ``troubled``: its last answer was a
    failure. ``unknown``: nobody has asked it lately."""
    last_answer_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str
    p50_ms: float | None
    report: str
    """For operators, in English; such as a file that is not used and why."""
    settings_missing: tuple[str, ...]
    """Names of settings that this installation lacks to reach it."""


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason that an officer may give, as she reads it."""

    code: str
    label: Label
    legal_basis: str


@dataclass(frozen=True, slots=True)
class OpenInquiry:
    """An inquiry that an officer goes on with: whom it is about, and the purpose to pull for."""

    id: UUID
    subject: Subject
    reason: str
    note: str
    opened_at: datetime
    purpose: Purpose


def facts_by_system(facts: Iterable[str]) -> tuple[SystemFacts, ...]:
    """Group facts by the system that is asked first for each. Derived facts stand with their first input."""
    catalogue = the_catalogue()
    wanted = set(facts)
    groups: dict[str, list[str]] = {}
    for key in catalogue.facts:
        if key in wanted:
            groups.setdefault(catalogue.systems_answering(key)[0].code, []).append(key)
    return tuple(
        SystemFacts(system.code, system.name, _agency(system), system.simulated, tuple(groups[system.code]))
        for system in _in_order()
        if system.code in groups
    )


def facts_about_person() -> tuple[SystemFacts, ...]:
    """Everything that *Data saya* shows: all facts that systems hold about a person, by system.

    Nothing derived, and nothing that only says to a program what another fact says to people.
    """
    facts = the_catalogue().facts.values()
    return facts_by_system(
        f.key for f in facts if f.subject in {"person", "family"} and f.derived is None and not f.internal
    )


def panels(dossier: Dossier) -> tuple[Panel, ...]:
    """A dossier's outcomes by the system that answered, or should have."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in dossier:
        groups.setdefault(system_of(outcome), []).append(outcome)
    return tuple(
        Panel(system.code, system.name, _agency(system), system.simulated, tuple(groups[system.code]))
        for system in _in_order()
        if system.code in groups
    )


def system_of(outcome: Outcome) -> str:
    """The code of the system that an outcome came from."""
    from satu.hub.types import Found

    return outcome.provenance.system if isinstance(outcome, Found) else outcome.system


def systems_health() -> tuple[SystemState, ...]:
    """Every connected system and how it has been answering. One query."""
    seen = {row.system: row for row in SystemHealth.objects.all()}
    return tuple(_state(system, seen.get(system.code)) for system in _in_order())


def reasons_for(by: Actor) -> tuple[ReasonChoice, ...]:
    """The reasons that an officer's duties allow her to give."""
    return tuple(
        ReasonChoice(reason.code, reason.officer, reason.legal_basis)
        for reason in the_reasons().values()
        if any(by.has_duty(duty) for duty in reason.duties)
    )


def inquiry_for(reference: str, *, by: Actor) -> OpenInquiry:
    """The inquiry that an officer opened herself. Raises ``Missing`` for one of somebody else, or none."""
    try:
        row = Inquiry.objects.get(id=UUID(reference), opened_by=by.reference)
        reason = the_reasons()[row.reason]
    except (ValueError, KeyError, Inquiry.DoesNotExist):
        raise Missing(_("There is no such inquiry of yours.")) from None
    return OpenInquiry(
        id=row.id,
        subject=Subject(row.subject_kind, row.subject_key),  # type: ignore[arg-type]
        reason=row.reason,
        note=row.note,
        opened_at=row.opened_at,
        purpose=Purpose("inquiry", str(row.id), reason.label, reason.legal_basis, reason.facts),
    )


@dataclass(frozen=True, slots=True)
class Untold:
    """What a system has not been told yet, or would not take. Nothing in it says whom it is about."""

    id: UUID
    system: str
    system_name: Label
    news: Label
    refused: bool
    attempts: int
    trouble: str
    """For operators, in English."""
    announced_at: datetime
    due_at: datetime


def untold(*, limit: int = 200) -> tuple[Untold, ...]:
    """What waits or was refused, oldest first. One query."""
    catalogue = the_catalogue()
    rows = Telling.objects.filter(state__in=[Telling.State.WAITING, Telling.State.REFUSED]).order_by("announced_at")
    return tuple(
        Untold(
            id=row.id,
            system=row.system,
            system_name=_label(catalogue.systems, row.system),
            news=_label(catalogue.news, row.news),
            refused=row.state == Telling.State.REFUSED,
            attempts=row.attempts,
            trouble=row.last_trouble,
            announced_at=row.announced_at,
            due_at=row.due_at,
        )
        for row in rows[:limit]
    )


def _label(things: Mapping[str, System] | Mapping[str, News], key: str) -> Label:
    """Its name; its code for what the city's files do not list any more."""
    thing = things.get(key)
    if thing is None:
        return Label(id=key, en=key)
    return thing.label if isinstance(thing, News) else thing.name


def _in_order() -> tuple[System, ...]:
    """Systems as people expect them: the register first, then by name of code."""
    systems = the_catalogue().systems.values()
    return tuple(sorted(systems, key=lambda system: (system.kind != "registry", system.code)))


def _agency(system: System) -> str:
    return the_catalogue().agencies[system.agency].short


def _state(system: System, row: SystemHealth | None) -> SystemState:
    return SystemState(
        system=system.code,
        name=system.name,
        agency=_agency(system),
        simulated=system.simulated,
        state=_word(row),
        last_answer_at=row.last_answer_at if row else None,
        last_failure_at=row.last_failure_at if row else None,
        last_failure=row.last_failure if row else "",
        p50_ms=row.p50_ms if row else None,
        report=row.report if row else "",
        settings_missing=tuple(name for name in system.connection.settings() if not endpoints.is_set(name)),
    )


def _word(row: SystemHealth | None) -> State:
    if row is None or timezone.now() - row.seen_at > _RECENT:
        return "unknown"
    if row.skipped:
        return "skipped"
    return "troubled" if row.failures_in_a_row else "answering"
