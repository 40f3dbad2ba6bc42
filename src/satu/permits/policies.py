"""Who may see and end licences: officers of the agency that gives the kind, with its duty."""

from satu.identity.types import Actor
from satu.permits.kinds import LicenceKind, the_kinds


def may_manage(by: Actor, kind: LicenceKind) -> bool:
    return by.kind == "officer" and by.agency == kind.agency and by.has_duty(kind.duty)


def kinds_of(by: Actor) -> tuple[LicenceKind, ...]:
    """The kinds that are hers to look after."""
    return tuple(kind for kind in the_kinds().values() if may_manage(by, kind))
