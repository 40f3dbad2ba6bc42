"""Opening an account with a code, for the first time or after a password was lost.

Nothing here tells whoever asks whether there is such an account: the page says the same in every case, and who has no
right to the code never sees one.
"""

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity import actions, types
from satu.identity.models import Account, ContactPoint
from satu.identity.types import Channel, account_reference
from satu.kernel.audit import audit
from satu.kernel.errors import Gathering, InvalidInput
from satu.kernel.identifiers import Nik

_NOT_THE_CODE = _("This is not the code that we sent, or it is too old. Look again, or ask for a new one.")


def count_attempt(request: HttpRequest, *, login: str) -> None:
    """One more try to open an account. Raises ``TooManyAttempts``, whoever the account belongs to."""
    keys = actions.attempt_keys(request, login)
    actions.refuse_guessing(keys)
    actions.note_failure(keys)


@transaction.atomic
def begin_activation(*, nik: Nik, name: str, channel: Channel, address: str) -> types.ContactPoint | None:
    """An address that waits for its code, of an account that nobody has opened yet; ``None`` if somebody has.

    The caller has made sure that it is she, and sends the code in this transaction.
    """
    account, created = Account.objects.get_or_create(
        nik=nik.value,
        defaults={
            "login": nik.value,
            "kind": Account.Kind.RESIDENT,
            "display_name": name,
            "is_active": False,
            "password": "",
        },
    )
    if not created and (account.is_active or account.has_usable_password()):
        return None
    account.set_unusable_password()
    account.save(update_fields=["password"])
    return actions.add_contact_point(channel=channel, address=address, by=account.actor)


@transaction.atomic
def begin_recovery(*, login_name: str) -> list[types.ContactPoint]:
    """The verified addresses of an open account, each waiting for a code again; nothing when there is no such one.

    An officer who was added and has not been here yet gets hers at the work address that is her login: that of her
    invitation, while it holds, so that asking shortens nothing. One who is suspended gets none. The caller sends the
    codes in this transaction.
    """
    account = Account.objects.filter(login=actions.as_kept(login_name), suspended_at=None).first()
    if account is None or not (account.is_active or account.waits_to_be_opened):
        return []
    if account.waits_to_be_opened:
        return [_of_an_invitation(account)]
    verified = ContactPoint.objects.filter(account=account, verified_at__isnull=False).order_by("channel")
    return [actions.ask_again(point) for point in verified]


def _of_an_invitation(account: Account) -> types.ContactPoint:
    """Her invitation's code again; a new one, for as long, where that was guessed at too often or holds no more."""
    waiting = ContactPoint.objects.select_for_update().filter(account=account, channel="email", verified_at=None)
    invitation = waiting.filter(code_expires_at__gt=timezone.now() + actions.CODE_HOLDS).first()
    if invitation is not None and invitation.wrong_codes < actions.WRONG_CODES:
        return actions.same_code_again(invitation)
    point = actions.add_contact_point(channel="email", address=account.login, by=account.actor)
    if invitation is not None:
        ContactPoint.objects.filter(pk=point.id).update(code_expires_at=invitation.code_expires_at)
    return point


def open_with_code(
    request: HttpRequest, *, contact_points: list[UUID], code: str, password: str, again: str
) -> HttpResponseBase:
    """Take the code of one of these addresses, give the account its password and sign in.

    Raises ``InvalidInput`` (``code``, ``password``, ``again``) and ``TooManyAttempts``.
    """
    account, gather = _whose(contact_points), Gathering()
    with gather("code"):
        if not code.strip():
            raise InvalidInput(_("Write the six digits that we sent."))
    with gather("password"):
        try:
            validate_password(password)  # without her name: what is refused must not tell that there is an account
        except ValidationError as error:
            raise InvalidInput(" ".join(error.messages)) from error
    with gather("again"):
        if password != again:
            raise InvalidInput(_("The two passwords differ. Type the same one twice."))
    gather.refuse()
    if account is None or account.suspended_at or not _take(contact_points, code, account):
        raise InvalidInput(_NOT_THE_CODE, field="code")
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        if account.suspended_at:
            raise InvalidInput(_NOT_THE_CODE, field="code")
        account.set_password(password)
        account.is_active = True
        account.save(update_fields=["password", "is_active"])
        audit(actor=account.actor.reference, action="identity.opened_with_code", thing=account_reference(account.pk))
    return actions.enter(request, account)


def _whose(contact_points: list[UUID]) -> Account | None:
    point = ContactPoint.objects.select_related("account").filter(pk__in=contact_points).first()
    return point.account if point else None


def _take(contact_points: list[UUID], code: str, account: Account) -> bool:
    """Whether the code is that of one of the addresses that still wait. A wrong one counts for each of them."""
    waiting = ContactPoint.objects.filter(
        pk__in=contact_points, account=account, verified_at=None, code_expires_at__gt=timezone.now()
    )
    for point in waiting:
        try:
            actions.verify_contact_point(contact_point_id=point.pk, code=code, by=account.actor)
        except InvalidInput:
            continue
        ContactPoint.objects.filter(pk__in=contact_points, verified_at=None).delete()
        return True
    return False
