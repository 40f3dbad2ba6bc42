"""Who may pull what about whom. Checked inside ``pull`` itself, so that no page can forget to."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.hub import acting
from satu.hub.models import Inquiry
from satu.hub.reasons import Reason, the_reasons
from satu.hub.types import Purpose, Subject
from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput, NotAllowed

INQUIRY_LASTS = timedelta(hours=12)  # one working day at the desk; the next day needs a reason of its own


def check_pull(*, about: Subject, purpose: Purpose, by: Actor) -> None:
    """Raises ``NotAllowed`` unless ``by`` may pull about this subject for this purpose.

    A resident: about herself, to see her data or for her case; and for a case about those for whom she may act, which
    ``pull`` then checks against the record that says so. An officer: for an inquiry that she opened, about whom she
    opened it. Satu itself: for a case.
    """
    if by.kind == "resident":
        if by.nik is None or purpose.kind not in {"self", "case"}:
            raise not_her_own()
        if about != Subject.person(by.nik) and (purpose.kind != "case" or about.kind not in acting.RECORDS):
            raise not_her_own()
    elif by.kind == "officer":
        _check_inquiry(about, purpose, by)
    elif purpose.kind != "case":
        raise NotAllowed(_("Satu itself looks at data only for a request that somebody made."))


def not_her_own() -> NotAllowed:
    return NotAllowed(_("You can see your own data only."))


def check_reason(*, reason: str, by: Actor) -> Reason:
    """The reason that an officer gives. Raises ``InvalidInput`` (not on the list), ``NotAllowed`` (not her duty)."""
    chosen = the_reasons().get(reason)
    if chosen is None:
        raise InvalidInput(_("Choose one of the reasons."), field="reason")
    if by.kind != "officer" or not any(by.has_duty(duty) for duty in chosen.duties):
        raise NotAllowed(_("Your duties do not include this reason for looking at somebody's data."))
    return chosen


def _check_inquiry(about: Subject, purpose: Purpose, by: Actor) -> None:
    inquiry = _open_inquiry(purpose)
    if inquiry is None or inquiry.opened_by != by.reference:
        raise NotAllowed(_("State your reason before you look at somebody's data."))
    if (inquiry.subject_kind, inquiry.subject_key) != (about.kind, about.key):
        raise NotAllowed(_("Your reason was given for somebody else. State it again for this person."))
    if timezone.now() - inquiry.opened_at > INQUIRY_LASTS:
        raise NotAllowed(_("Your reason was given too long ago. State it again."))
    if not purpose.facts <= check_reason(reason=inquiry.reason, by=by).facts:
        raise NotAllowed(_("Your reason does not cover all of this data."))


def _open_inquiry(purpose: Purpose) -> Inquiry | None:
    if purpose.kind != "inquiry":
        return None
    try:
        return Inquiry.objects.filter(id=UUID(purpose.reference)).first()
    except ValueError:
        return None
