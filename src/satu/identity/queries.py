"""The only readers of accounts that others may use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from satu.identity import types
from satu.identity.models import Account, ContactPoint
from satu.identity.types import Actor, Recipient
from satu.kernel.identifiers import Nik

_CODE_SPACE = 1_000_000


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """Somebody whom the sign-in page of a demonstration offers."""

    id: int
    login: str = field(repr=False)
    kind: Literal["resident", "officer"]
    name: str
    agency: str
    administers: bool
    """Looks after the officers of the agency, and does nothing else."""


def demonstration_accounts() -> Sequence[DemonstrationAccount]:
    """Those who may sign in with one press; none outside development."""
    if not settings.DEVELOPMENT:
        return []
    rows = Account.objects.filter(is_demo=True, is_active=True).order_by("id")[:50]
    return [
        DemonstrationAccount(
            id=row.pk,
            login=row.login,
            kind="officer" if row.kind == Account.Kind.OFFICER else "resident",
            name=row.display_name,
            agency=row.agency,
            administers=row.duties == [types.ADMINISTRATOR],
        )
        for row in rows
    ]


def account_id_of(by: Actor) -> int | None:
    """The number of the account that acts; ``None`` for a part of Satu."""
    return types.account_number(by.reference)


def recipient(*, account_id: int | None = None, nik: Nik | None = None) -> Recipient | None:
    """Whom to tell, by account or by NIK; ``None`` when nobody of that name has an open account."""
    if (account_id is None) == (nik is None):
        raise ValueError("say either account_id or nik")
    whom = {"pk": account_id} if nik is None else {"nik": nik.value}
    account = Account.objects.filter(is_active=True, **whom).only("id", "language").first()
    if account is None:
        return None
    verified = ContactPoint.objects.filter(account=account, verified_at__isnull=False)
    points = {row.channel: as_seen(row) for row in verified}
    return Recipient(account.pk, cast("Literal['id', 'en']", account.language), points)  # type: ignore[arg-type]


def officers_with(*, agency: str, duty: str, area: str) -> Sequence[int]:
    """The accounts of the officers of an agency with a duty, for an area or for the whole city."""
    officers = Account.objects.filter(kind="officer", is_active=True, agency=agency, duties__contains=[duty])
    for_area = officers.filter(Q(areas=[]) | Q(areas__contains=[area])) if area else officers
    return list(for_area.order_by("pk").values_list("pk", flat=True))


def officers_by_agency() -> Mapping[str, int]:
    """How many officers of each agency may sign in."""
    rows = Account.objects.filter(kind="officer", is_active=True).values("agency").annotate(count=Count("pk"))
    return {row["agency"]: row["count"] for row in rows}


def agencies_that_answer() -> frozenset[str]:
    """The agencies with an officer who may sign in and works for the whole city."""
    officers = Account.objects.filter(kind="officer", is_active=True, areas=[]).exclude(duties=[])
    return frozenset(officers.values_list("agency", flat=True).distinct())


def contact_points_of(by: Actor) -> Sequence[types.ContactPoint]:
    """Her own contact points, verified ones first."""
    rows = ContactPoint.objects.filter(account_id=account_id_of(by) or 0).order_by(
        "channel", "verified_at", "added_at"
    )
    return [as_seen(row) for row in rows]


def contact_point(contact_point_id: UUID) -> types.ContactPoint | None:
    row = ContactPoint.objects.filter(pk=contact_point_id).first()
    return as_seen(row) if row else None


def language_of(account_id: int) -> str:
    return Account.objects.values_list("language", flat=True).get(pk=account_id)


def verification_code(contact_point_id: UUID) -> str | None:
    """The code that whoever reads at this address can tell us; ``None`` when none is waited for any more."""
    row = ContactPoint.objects.filter(pk=contact_point_id, verified_at=None).first()
    if row is None or row.code_expires_at is None or row.code_expires_at <= timezone.now():
        return None
    return code_for(row)


def code_for(row: ContactPoint) -> str:
    """Six digits that nobody can work out from the database alone."""
    digest = salted_hmac("satu.identity.contact_code", f"{row.pk}:{row.code_salt}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % _CODE_SPACE:06d}"


def as_seen(row: ContactPoint) -> types.ContactPoint:
    return types.ContactPoint(
        id=row.pk,
        account_id=row.account_id,
        channel=cast("types.Channel", row.channel),
        address=row.address,
        verified=row.verified_at is not None,
    )
