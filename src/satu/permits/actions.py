"""The only writers of the register of licences. Each change has its event in the licence's history."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext_lazy as _

from satu.documents.actions import revoke_document
from satu.identity.types import SYSTEM, Actor
from satu.kernel.audit import audit
from satu.kernel.city import Label
from satu.kernel.errors import Conflict, InvalidInput, Missing
from satu.kernel.identifiers import Nik
from satu.messaging.actions import notify
from satu.permits import queries
from satu.permits.kinds import LicenceKind, the_kinds
from satu.permits.models import Licence, LicenceEvent
from satu.permits.policies import may_manage
from satu.permits.types import LicenceView
from satu.services.actions import offer_case

REASON_LENGTH = 1000
SHORTEST_REASON = 10

_TAKE_A_NUMBER = """
INSERT INTO permits_licencecounter (prefix, year, last) VALUES (%s, %s, 1)
ON CONFLICT (prefix, year) DO UPDATE SET last = permits_licencecounter.last + 1
RETURNING last
"""


class TooManyLicences(Conflict):
    """The holder has as many licences of the kind in force as a holder may have."""

    code = "too-many-licences"


@transaction.atomic
def grant_licence(
    *,
    kind: str,
    holder: Nik,
    holder_name: str,
    valid_until: date,
    case_id: UUID,
    case_number: str,
    by: Actor,
    business: str = "",
    place_code: str = "",
    place: str = "",
    detail: Mapping[str, Any] | None = None,
) -> str:
    """Enter a licence from today on and return its number. A case grants one: granting again is the same licence.

    One in force for the same place is replaced by it, and its document revoked. Raises ``TooManyLicences``.
    """
    today = timezone.localdate()
    the = the_kinds()[kind]
    _hold_holder(holder, business)
    if granted := Licence.objects.filter(case_id=case_id).values_list("number", flat=True).first():
        return granted
    _expire(Licence.objects.filter(holder_nik=holder.value, business=business), today)
    mine = Licence.objects.filter(kind=kind, holder_nik=holder.value, business=business, state=Licence.State.ACTIVE)
    old = mine.filter(place_code=place_code).first() if place_code else None
    number = _next_number(the, today.year)
    if old is not None:
        _replace(old, number, by)
    most = the.most(today)
    slot = _free_slot(set(mine.values_list("slot", flat=True)), most)
    licence = Licence.objects.create(
        number=number,
        kind=kind,
        holder_nik=holder.value,
        holder_name=holder_name[:120],
        business=business,
        place_code=place_code,
        place=place[:300],
        detail=dict(detail or {}),
        valid_from=today,
        valid_until=valid_until,
        slot=slot,
        most_at_once=most if slot is not None else None,
        replaces=old,
        case_id=case_id,
        case_number=case_number,
        granted_at=timezone.now(),
    )
    _record(licence, LicenceEvent.Kind.GRANTED, by)
    return number


def revoke_licence(*, licence_id: UUID, reason: str, by: Actor) -> LicenceView:
    """End a licence for a reason that its holder and everybody with its document reads, from this moment on.

    She is told at once.

    Raises ``Missing`` (also for a kind that is not hers), ``InvalidInput`` (no reason), ``Conflict`` (not in force).
    """
    text = " ".join(reason.split())
    if not SHORTEST_REASON <= len(text) <= REASON_LENGTH:
        raise InvalidInput(
            _("Write the reason in %(least)s to %(most)s characters; the holder reads it.")
            % {"least": SHORTEST_REASON, "most": REASON_LENGTH},
            field="reason",
        )
    with transaction.atomic():
        licence = Licence.objects.select_for_update().filter(pk=licence_id).first()
        if licence is None or not may_manage(by, the_kinds()[licence.kind]):
            raise Missing(_("There is no such licence among yours."))
        if licence.state != Licence.State.ACTIVE:
            raise Conflict(_("This licence is no longer in force."))
        _end(licence, Licence.State.REVOKED)
        _record(licence, LicenceEvent.Kind.REVOKED, by, text)
        audit(actor=by.reference, action="permits.revoked", thing=f"licence:{licence.pk}")
        if licence.document_id is not None:
            revoke_document(document_id=licence.document_id, reason=Label(id=text, en=text), by=by)
        _tell_holder(licence)
    return queries.licence_for(licence_id, by=by)


def _tell_holder(licence: Licence) -> None:
    """That her licence was revoked; why stands on her request's page, beside its letter."""
    notify(
        kind="licence-revoked",
        values={
            "service": the_kinds()[licence.kind].name,
            "number": licence.number,
            "case": str(licence.case_id),
        },
        reference=f"case:{licence.case_id}",
        idempotency_key=f"licence:{licence.pk}:revoked",
        nik=Nik(licence.holder_nik),
        by=SYSTEM,
    )


@transaction.atomic
def attach_document(*, case_number: str, document_id: UUID) -> None:
    """The document that a case issued is its licence's. News that comes twice changes nothing."""
    licence = Licence.objects.select_for_update().filter(case_number=case_number, document_id=None).first()
    if licence is None:
        return
    licence.document_id = document_id
    licence.save(update_fields=["document_id"])
    _record(licence, LicenceEvent.Kind.DOCUMENT, SYSTEM)
    if licence.state in {Licence.State.REVOKED, Licence.State.REPLACED}:
        # It ended before its letter was there.
        reason = Label(id="Izinnya sudah tidak berlaku.", en="The licence is no longer in force.")
        revoke_document(document_id=document_id, reason=reason, by=SYSTEM)


@transaction.atomic
def end_expired(*, today: date) -> int:
    """Say of licences whose last day is over that they have expired. Returns how many."""
    return _expire(Licence.objects.all(), today)


def _expire(licences: Any, today: date) -> int:
    over = list(licences.select_for_update().filter(state=Licence.State.ACTIVE, valid_until__lt=today))
    for licence in over:
        _end(licence, Licence.State.EXPIRED)
        _record(licence, LicenceEvent.Kind.EXPIRED, SYSTEM)
    return len(over)


def _replace(old: Licence, number: str, by: Actor) -> None:
    _end(old, Licence.State.REPLACED)
    _record(old, LicenceEvent.Kind.REPLACED, by)
    if old.document_id is not None:
        reason = Label(id=f"Diperpanjang dengan izin nomor {number}.", en=f"Renewed by licence number {number}.")
        revoke_document(document_id=old.document_id, reason=reason, by=SYSTEM)


def _end(licence: Licence, state: str) -> None:
    licence.state, licence.ended_at = state, timezone.now()
    licence.save(update_fields=["state", "ended_at"])


def _hold_holder(holder: Nik, business: str) -> None:
    """Grants to one holder stand in a row, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"permits:{holder.value}:{business}"]
        )


def _free_slot(taken: set[int | None], most: int | None) -> int | None:
    if most is None:
        return None
    free = sorted(set(range(1, most + 1)) - taken)
    if not free:
        raise TooManyLicences(
            _("The holder has %(most)s licences of this kind in force, which is all there may be.") % {"most": most}
        )
    return free[0]


def _next_number(kind: LicenceKind, year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_A_NUMBER, [kind.prefix, year])
        (serial,) = cursor.fetchone()
    return f"{kind.prefix}-{year}-{serial:06d}"


def _record(licence: Licence, kind: str, by: Actor, reason: str = "") -> None:
    LicenceEvent.objects.create(
        licence=licence, kind=kind, at=timezone.now(), actor=by.reference, actor_name=by.name[:120], reason=reason
    )


def due_for_renewal(*, today: date, limit: int = 200) -> list[UUID]:
    """Licences in force whose renewal is to be offered, those that end first at the head."""
    due: list[UUID] = []
    for kind in the_kinds().values():
        if (days := kind.renewable_days(today)) is not None:
            due += (
                Licence.objects.filter(
                    kind=kind.code,
                    state=Licence.State.ACTIVE,
                    valid_until__lte=today + timedelta(days=days),
                    renewal_offered_on=None,
                )
                .order_by("valid_until", "id")
                .values_list("id", flat=True)[:limit]
            )
    return due


def offer_renewals(*, today: date) -> int:
    """Offer each holder whose licence ends soon its renewal, once a licence. Returns how many were offered.

    The offer waits on her home page until the licence ends, also for one who has no account yet.
    """
    return sum(_offer_renewal(licence_id, today) for licence_id in due_for_renewal(today=today))


@transaction.atomic
def _offer_renewal(licence_id: UUID, today: date) -> bool:
    licence = Licence.objects.select_for_update().get(pk=licence_id)
    if licence.state != Licence.State.ACTIVE or licence.renewal_offered_on is not None or licence.valid_until < today:
        return False
    where = f" ({licence.place})" if licence.place else ""
    offer_case(
        service=the_kinds()[licence.kind].service,
        about=Nik(licence.holder_nik),
        because=Label(
            id=f"Izin {licence.number}{where} berlaku sampai {_day(licence.valid_until, 'id')}.",
            en=f"Licence {licence.number}{where} is valid until {_day(licence.valid_until, 'en')}.",
        ),
        idempotency_key=f"licence:{licence.pk}:renewal",
        until=licence.valid_until,
        business=licence.business,
        by=SYSTEM,
    )
    licence.renewal_offered_on = today
    licence.save(update_fields=["renewal_offered_on"])
    _record(licence, LicenceEvent.Kind.RENEWAL_OFFERED, SYSTEM)
    return True


def _day(day: date, language: str) -> str:
    with translation.override(language):
        return format_date(day, "j F Y")
