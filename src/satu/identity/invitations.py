"""Inviting an officer who was added: a link and a code to her work address, which hold once and for some days."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity import actions, types
from satu.identity.models import Account, ContactPoint, OfficerChange
from satu.identity.officers import own_officer
from satu.identity.types import SYSTEM, Actor
from satu.kernel.errors import Conflict, Missing

INVITATION_HOLDS = timedelta(days=3)


@transaction.atomic
def invite_officer(*, account_id: int, by: Actor) -> types.ContactPoint:
    """Her work address, waiting for a code of some days; an invitation from before opens nothing any more.

    The caller sends it in this transaction. To withdraw it is to suspend her (``officers.suspend_officer``). Raises
    as ``officers.change_rights``, ``Conflict`` once she has opened her account, and ``TooManyAttempts``.
    """
    return _invite(own_officer(account_id, by=by), by)


@transaction.atomic
def invite_by_login(*, login: str) -> types.ContactPoint:
    """The same, by whoever runs Satu. Raises ``Missing``, ``Conflict`` and ``TooManyAttempts``."""
    rows = Account.objects.select_for_update().filter(kind=Account.Kind.OFFICER)
    account = rows.filter(login=actions.as_kept(login)).first()
    if account is None:
        raise Missing(_("There is no officer with this address."))
    return _invite(account, SYSTEM)


def _invite(account: Account, by: Actor) -> types.ContactPoint:
    if not account.waits_to_be_opened:
        raise Conflict(_("She has opened her account already, or is suspended."))
    point = actions.add_contact_point(channel="email", address=account.login, by=account.actor)
    ContactPoint.objects.filter(pk=point.id).update(code_expires_at=timezone.now() + INVITATION_HOLDS)
    actions.note_change(account, OfficerChange.Kind.INVITED, {}, {}, by=by)
    return point
