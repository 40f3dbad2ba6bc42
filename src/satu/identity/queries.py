"""The only readers of accounts that others may use."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.conf import settings

from satu.identity.models import Account


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """Somebody whom the sign-in page of a demonstration offers."""

    id: int
    login: str = field(repr=False)
    kind: Literal["resident", "officer"]
    name: str
    agency: str


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
        )
        for row in rows
    ]
