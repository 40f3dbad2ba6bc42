"""The readers of an agency's officers, for its administrator."""

from collections.abc import Sequence
from typing import Literal

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.models import Account, ContactPoint, OfficerChange
from satu.identity.queries import account_id_of
from satu.identity.types import ADMINISTRATOR, Actor, ChangeView, OfficerView
from satu.kernel.errors import Missing, NotAllowed


def is_administrator(by: Actor) -> bool:
    return by.kind == "officer" and by.has_duty(ADMINISTRATOR)


def officers_of(by: Actor) -> Sequence[OfficerView]:
    """The officers of the administrator's agency, within her areas, by name. Raises ``NotAllowed``."""
    return [_view(row, by) for row in _with_invitation(_hers(by)).order_by("display_name", "pk")]


def officer_for(account_id: int, *, by: Actor) -> OfficerView:
    """One of them. Raises ``NotAllowed``, and ``Missing`` for another's."""
    row = _with_invitation(_hers(by)).filter(pk=account_id).first()
    if row is None:
        raise Missing(_("There is no such officer in your agency."))
    return _view(row, by)


def changes_for(by: Actor, *, account_id: int | None = None, limit: int = 50) -> Sequence[ChangeView]:
    """What was changed about her officers, or one of them, the newest first. Raises ``NotAllowed``."""
    hers = _hers(by).filter(pk=account_id) if account_id else _hers(by)
    rows = OfficerChange.objects.select_related("account").filter(account__in=hers, agency=by.agency)
    return [
        ChangeView(
            at=row.at,
            by_name=row.by_name,
            officer_id=row.account_id,
            officer_name=row.account.display_name,
            kind=row.kind,  # type: ignore[arg-type]  # the column's choices are the type's
            before=row.before,
            after=row.after,
        )
        for row in rows.order_by("-id")[:limit]
    ]


def _hers(by: Actor) -> "QuerySet[Account]":
    if not is_administrator(by):
        raise NotAllowed(_("Only the administrator of an agency looks after its officers."))
    rows = Account.objects.filter(kind=Account.Kind.OFFICER, agency=by.agency)
    return rows.filter(areas__contained_by=sorted(by.areas)).exclude(areas=[]) if by.areas else rows


def _with_invitation(rows: "QuerySet[Account]") -> "QuerySet[Account]":
    waits = ContactPoint.objects.filter(account=OuterRef("pk"), verified_at=None, code_expires_at__gt=timezone.now())
    return rows.annotate(is_invited=Exists(waits))


def _view(row: Account, by: Actor) -> OfficerView:
    unopened: Literal["invited", "added"] = "invited" if getattr(row, "is_invited", False) else "added"
    return OfficerView(
        id=row.pk,
        login=row.login,
        name=row.display_name,
        agency=row.agency,
        duties=tuple(row.duties),
        areas=tuple(row.areas),
        state="suspended" if row.suspended_at else "open" if row.is_active else unopened,
        herself=row.pk == account_id_of(by),
    )
