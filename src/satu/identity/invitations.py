"""Inviting an officer who was added: a link and a code to her work address, which hold once and for some days."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity import actions, types
from satu.identity.models import ContactPoint, OfficerChange
from satu.identity.officers import own_officer
from satu.identity.types import Actor
from satu.kernel.errors import Conflict

INVITATION_HOLDS = timedelta(days=3)


@transaction.atomic
def invite_officer(*, account_id: int, by: Actor) -> types.ContactPoint:
    """Her work address, waiting for a code of some days; an invitation from before opens nothing any more.

    The caller sends it in this transaction. To withdraw it is to suspend her (``officers.suspend_officer``). Raises
    as ``officers.change_rights``, ``Conflict`` once she has opened her account, and ``TooManyAttempts``.
    """
    account = own_officer(account_id, by=by)
    if not account.waits_to_be_opened:
        raise Conflict(_("She has opened her account already, or is suspended."))
    point = actions.add_contact_point(channel="email", address=account.login, by=account.actor)
    ContactPoint.objects.filter(pk=point.id).update(code_expires_at=timezone.now() + INVITATION_HOLDS)
    actions.note_change(account, OfficerChange.Kind.INVITED, {}, {}, by=by)
    return point
