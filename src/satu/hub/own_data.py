"""What the city holds on whoever asks (UU 27/2022, the right of access)."""

from django.utils.translation import gettext_lazy as _

from satu.hub import purposes, queries
from satu.hub.actions import pull
from satu.hub.types import Dossier, Subject
from satu.identity.types import Actor
from satu.kernel.errors import NotAllowed


def look_at_oneself(*, by: Actor) -> Dossier:
    """Everything that the systems hold about a resident, for herself. Raises ``NotAllowed`` for anybody else."""
    if by.nik is None:
        raise NotAllowed(_("This is a resident's own page. Officers have none."))
    asked = [fact for group in queries.facts_about_person() for fact in group.facts]
    return pull(about=Subject.person(by.nik), facts=asked, purpose=purposes.self_access(by), by=by)
