"""Correcting what was wrong all along."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput
from satu.kernel.identifiers import Nik
from satu.registry import events
from satu.registry.actions.holding import FIELDS, finish, hold, save
from satu.registry.history import Statement, believed
from satu.registry.models import Membership, Resident, ResidentPast, ResidentState
from satu.registry.policies import require_registrar

_CORRECTABLE = frozenset(FIELDS) - {"death_date", "life_status"}


@transaction.atomic
def correct_resident(*, nik: Nik, changes: Mapping[str, Any], by: Actor) -> None:
    """Correct what was wrong all along: every period in which the wrong value is believed gets the right one.

    ``changes`` are fields of a resident by name (codes as numbers). What was believed before stays on record.
    Raises ``Missing`` or ``InvalidInput`` (a field that is not corrected so, or a value the register refuses).
    """
    require_registrar(by)
    unknown = sorted(set(changes) - _CORRECTABLE)
    if unknown or not changes:
        raise InvalidInput(
            _("This cannot be corrected so: %(fields)s.") % {"fields": ", ".join(unknown)}, field="changes"
        )
    held = hold([nik])
    resident = held.resident(nik)
    wrong = {field: getattr(resident, field) for field in changes}
    first_day = changes.get("birth_date", resident.birth_date)
    periods = believed(_statements(resident))
    try:
        with transaction.atomic():
            for period in periods:
                if all(period.state[field] == wrong[field] for field in changes):
                    _restate(resident, period, changes, first_day)
            _correct_membership(held.memberships.get(resident.id), wrong.get("birth_date"), first_day)
    except IntegrityError as error:
        raise InvalidInput(
            _("The register cannot hold this: %(fields)s.") % {"fields": ", ".join(sorted(changes))}
        ) from error
    finish(events.CORRECTED, resident, by, fields=sorted(changes))


def _restate(
    resident: Resident, period: Statement[dict[str, Any]], changes: Mapping[str, Any], first_day: date
) -> None:
    valid_from = period.valid_from
    if valid_from == period.state["birth_date"]:
        valid_from = min(valid_from, first_day)
    if period.valid_until is None:
        for field, value in changes.items():
            setattr(resident, field, value)
        resident.valid_from = max(valid_from, first_day)
        save(resident)
    until = period.valid_until or (resident.valid_from if resident.valid_from > valid_from else None)
    if until is not None:
        state = {**period.state, **changes}
        ResidentPast.objects.create(resident=resident, valid=DateRange(valid_from, until), recorded_at=Now(), **state)


def _correct_membership(membership: Membership | None, old_birth: date | None, birth: date) -> None:
    if membership is not None and (membership.valid_from < birth or membership.valid_from == old_birth):
        membership.valid_from = birth
        membership.save(update_fields=["valid_from"])


def _statements(resident: Resident) -> list[Statement[dict[str, Any]]]:
    now: Statement[dict[str, Any]] = Statement(resident.valid_from, None, resident.recorded_at, _state(resident))
    past = [
        Statement(row.valid.lower, row.valid.upper, row.recorded_at, _state(row))
        for row in ResidentPast.objects.filter(resident=resident).order_by("id")
    ]
    return [*past, now]


def _state(row: ResidentState) -> dict[str, Any]:
    return {field: getattr(row, field) for field in FIELDS}
