"""What the register tells an officer who looks after a kind of licence."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from satu.documents.queries import document_for
from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import show
from satu.identity.types import Actor
from satu.kernel.errors import Missing, NotAllowed
from satu.permits.kinds import the_kinds
from satu.permits.models import Licence, LicenceEvent
from satu.permits.policies import kinds_of, may_manage
from satu.permits.types import LicenceEventView, LicenceState, LicenceView

_PAGE = 50


def licences_for(
    by: Actor, *, text: str = "", limit: int = _PAGE, before: UUID | None = None
) -> tuple[LicenceView, ...]:
    """The newest licences of her kinds; with ``text``, those whose number, request, holder or place begins so.

    ``before`` is the last one of the page before. Raises ``NotAllowed`` for whoever looks after no kind.
    """
    kinds = [kind.code for kind in kinds_of(by)]
    if not kinds:
        raise NotAllowed(_("Only officers who look after licences can see the register."))
    rows = Licence.objects.filter(kind__in=kinds)
    if wanted := " ".join(text.split()):
        rows = rows.filter(
            Q(number__istartswith=wanted)
            | Q(case_number__istartswith=wanted)
            | Q(holder_name__icontains=wanted)
            | Q(place__icontains=wanted)
            | Q(business=wanted)
        )
    if before is not None:
        last = Licence.objects.filter(kind__in=kinds, pk=before).only("granted_at").first()
        older = (
            Q(granted_at__lt=last.granted_at) | Q(granted_at=last.granted_at, pk__lt=last.pk) if last else Q(pk=None)
        )
        rows = rows.filter(older)
    return tuple(_view(licence) for licence in rows.order_by("-granted_at", "-id")[:limit])


def looks_after_licences(by: Actor) -> bool:
    return bool(kinds_of(by))


def licence_for(licence_id: UUID, *, by: Actor) -> LicenceView:
    """One licence with its history. Raises ``Missing``, also for a kind that is not hers."""
    licence = Licence.objects.filter(pk=licence_id).first()
    if licence is None or not may_manage(by, the_kinds()[licence.kind]):
        raise Missing(_("There is no such licence among yours."))
    code = document_for(licence.document_id, by=by).code if licence.document_id else ""
    return _view(licence, list(licence.events.order_by("id")), code)


def state_today(licence: Licence) -> LicenceState:
    """One whose last day is over has expired, also before the night's job says so."""
    if licence.state == Licence.State.ACTIVE and licence.valid_until < timezone.localdate():
        return "expired"
    return licence.state  # type: ignore[return-value]  # the column's choices are the type's


def may_be_renewed(licence: Licence) -> bool:
    """Whether it ends so soon that its renewal is offered."""
    today = timezone.localdate()
    days = the_kinds()[licence.kind].renewable_days(today)
    return (
        days is not None and state_today(licence) == "active" and licence.valid_until <= today + timedelta(days=days)
    )


def _view(licence: Licence, events: Sequence[LicenceEvent] = (), code: str = "") -> LicenceView:
    state = state_today(licence)
    catalogue = the_catalogue()
    return LicenceView(
        id=licence.pk,
        number=licence.number,
        kind=licence.kind,
        kind_name=the_kinds()[licence.kind].name,
        holder_name=licence.holder_name,
        business=licence.business,
        place=licence.place,
        kept=tuple(
            (catalogue.fact(key).label, show(key, value))
            for key, value in licence.detail.items()
            if key in catalogue.facts
        ),
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        state=state,
        state_label=_label(state),
        case_number=licence.case_number,
        document_id=licence.document_id,
        document_code=code,
        granted_at=licence.granted_at,
        events=tuple(
            LicenceEventView(event.kind, _text(event.kind), event.at, event.actor_name, event.reason)
            for event in events
        ),
    )


def _label(state: LicenceState) -> str:
    match state:
        case "active":
            return _("In force")
        case "expired":
            return _("Expired")
        case "replaced":
            return _("Replaced by a newer one")
        case "revoked":
            return _("Revoked")


def _text(kind: str) -> str:
    texts = {
        "granted": _("Granted"),
        "document": _("Its document was issued"),
        "renewal-offered": _("The holder was offered a renewal"),
        "replaced": _("Replaced by a newer one"),
        "expired": _("Expired"),
        "revoked": _("Revoked"),
    }
    return texts[kind]
