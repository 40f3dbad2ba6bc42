"""The officers of an agency, as its own administrator looks after them. Each change is written down.

The duties that an agency has are the city's (``city.yaml``); an administrator is who has the duty ``ADMINISTRATOR``.
She manages her own agency's officers, within her own areas, and never herself: so there is always one left.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.actions import note_change
from satu.identity.areas import every_kelurahan
from satu.identity.models import Account, ContactPoint, OfficerChange
from satu.identity.queries import account_id_of
from satu.identity.types import ADMINISTRATOR, SYSTEM, Actor, account_reference
from satu.kernel.audit import audit
from satu.kernel.city import the_city
from satu.kernel.errors import Gathering, InvalidInput, Missing, NotAllowed
from satu.kernel.typed import read_email

_NAME_LENGTH, _LOGIN_LENGTH = 120, 100


@transaction.atomic
def add_officer(*, login: str, name: str, duties: Iterable[str], areas: Iterable[str], by: Actor) -> int:
    """An officer of the administrator's agency, by her work address, which is her login. Returns its number.

    She opens it herself, with a code sent to that address (``opening.begin_recovery``); nobody knows a password of
    hers. Raises ``NotAllowed``, and ``InvalidInput`` (``login``, ``name``, ``duties``, ``areas``).
    """
    administrator, gather = _administrator(by), Gathering()
    given: list[str] = []
    where: list[str] = []
    with gather():
        _address_and_name(login, name)
    with gather("duties"):
        given = _duties(duties, administrator)
    with gather("areas"):
        where = _areas(areas, administrator)
    gather.refuse()
    return _add(login, name, {"agency": administrator.agency, "duties": given, "areas": where}, by)


@transaction.atomic
def appoint_administrator(*, login: str, name: str, agency: str) -> int:
    """The first administrator of an agency, by whoever runs Satu (``satu officers``). Raises ``InvalidInput``."""
    if agency not in the_city().agencies:
        raise InvalidInput(_("There is no such agency."), field="agency")
    return _add(login, name, {"agency": agency, "duties": [ADMINISTRATOR], "areas": []}, SYSTEM)


@transaction.atomic
def change_rights(*, account_id: int, duties: Iterable[str], areas: Iterable[str], by: Actor) -> None:
    """Other duties and areas for an officer; at her next look she has these and no others. The same is no change.

    Raises ``NotAllowed`` for oneself and for whoever is no administrator, ``Missing`` for another agency's officer,
    and ``InvalidInput`` (``duties``, ``areas``).
    """
    administrator = _administrator(by)
    account = _officer(account_id, administrator)
    before = account.rights
    account.duties, account.areas = _duties(duties, administrator), _areas(areas, administrator)
    if account.rights == before:
        return
    account.save(update_fields=["duties", "areas"])
    _note(account, OfficerChange.Kind.RIGHTS, before, account.rights, by)


@transaction.atomic
def suspend_officer(*, account_id: int, by: Actor) -> None:
    """She is signed out everywhere at once, and cannot sign in until it is resumed. Twice is once.

    Of one who has not opened her account yet, the invitation is withdrawn: its code opens nothing any more.

    Raises as ``change_rights``.
    """
    account = _officer(account_id, _administrator(by))
    if account.suspended_at is not None:
        return
    kind = OfficerChange.Kind.WITHDRAWN if account.waits_to_be_opened else OfficerChange.Kind.SUSPENDED
    before = {"open": account.is_active}
    account.is_active, account.suspended_at = False, timezone.now()
    account.save(update_fields=["is_active", "suspended_at"])
    for visit in UserSession.objects.filter(user_id=account.pk):
        visit.end()
    ContactPoint.objects.filter(account=account, verified_at=None).delete()
    _note(account, kind, before, {"open": False}, by)


@transaction.atomic
def resume_officer(*, account_id: int, by: Actor) -> None:
    """She may sign in again, with her own password. Twice is once. Raises as ``change_rights``."""
    account = _officer(account_id, _administrator(by))
    if account.suspended_at is None:
        return
    account.is_active, account.suspended_at = account.has_usable_password(), None
    account.save(update_fields=["is_active", "suspended_at"])
    _note(account, OfficerChange.Kind.RESUMED, {"open": False}, {"open": account.is_active}, by)


def _add(login: str, name: str, rights: Mapping[str, Any], by: Actor) -> int:
    address, called = _address_and_name(login, name)
    account = Account(
        login=address,
        kind=Account.Kind.OFFICER,
        display_name=called,
        is_active=False,
        **rights,
    )
    account.set_unusable_password()
    account.save()
    _note(account, OfficerChange.Kind.ADDED, {}, account.rights, by)
    return account.pk


def _address_and_name(login: str, name: str) -> tuple[str, str]:
    """Both as they are kept. Raises ``InvalidInput`` (``name``, ``login``)."""
    gather, called, address = Gathering(), " ".join(name.split()), ""
    with gather():
        if not called:
            raise InvalidInput(_("Write her name."), field="name")
        _refuse_longer(called, _NAME_LENGTH, "name")
    with gather():
        address = _address(login)
        _refuse_longer(address, _LOGIN_LENGTH, "login")
        if Account.objects.filter(login=address).exists():
            raise InvalidInput(_("There is an account with this address already."), field="login")
    gather.refuse()
    return address, called


def _refuse_longer(text: str, longest: int, field: str) -> None:
    if len(text) > longest:
        raise InvalidInput(_("Write at most %(longest)s characters.") % {"longest": longest}, field=field)


def _administrator(by: Actor) -> Account:
    """The administrator who acts, as her rights are now; changes in one agency happen one after the other.

    Raises ``NotAllowed``.
    """
    rows = Account.objects.select_for_update().filter(
        kind=Account.Kind.OFFICER, agency=by.agency, duties__contains=[ADMINISTRATOR], is_active=True
    )
    administrators = {row.pk: row for row in rows.order_by("pk")}
    found = administrators.get(account_id_of(by) or 0)
    if found is None:
        raise NotAllowed(_("Only the administrator of an agency looks after its officers."))
    return found


def own_officer(account_id: int, *, by: Actor) -> Account:
    """An officer whom the administrator looks after, locked. Raises as ``change_rights``."""
    return _officer(account_id, _administrator(by))


def _officer(account_id: int, administrator: Account) -> Account:
    if account_id == administrator.pk:
        raise NotAllowed(_("Nobody changes her own duties. Ask another administrator."))
    rows = Account.objects.select_for_update().filter(kind=Account.Kind.OFFICER, agency=administrator.agency)
    account = rows.filter(pk=account_id).first()
    if account is None or not within(account.areas, administrator.areas):
        raise Missing(_("There is no such officer in your agency."))
    return account


def within(areas: list[str], wider: list[str]) -> bool:
    """Whether an officer's areas lie within an administrator's; none are the whole city."""
    return not wider or (bool(areas) and set(areas) <= set(wider))


def _duties(duties: Iterable[str], administrator: Account) -> list[str]:
    chosen = sorted(set(duties))
    if not chosen:
        raise InvalidInput(_("Choose at least one duty. Who is to do nothing any more is suspended."), field="duties")
    if not set(chosen) <= set(the_city().agencies[administrator.agency].duties):
        raise InvalidInput(_("Your agency does not have this duty."), field="duties")
    return chosen


def _areas(areas: Iterable[str], administrator: Account) -> list[str]:
    chosen = sorted(set(areas))
    if chosen and not set(chosen) <= set(every_kelurahan()):
        raise InvalidInput(_("There is no such kelurahan."), field="areas")
    if not within(chosen, administrator.areas):
        raise InvalidInput(_("You can only give areas that are yours."), field="areas")
    return chosen


def _address(login: str) -> str:
    try:
        return read_email(login)
    except InvalidInput as error:
        raise InvalidInput(_("Write her work address, such as nama@kota.go.id."), field="login") from error


def _note(
    account: Account, kind: OfficerChange.Kind, before: dict[str, Any], after: dict[str, Any], by: Actor
) -> None:
    note_change(account, kind, before, after, by=by)
    audit(actor=by.reference, action=f"identity.officer_{kind.value}", thing=account_reference(account.pk))
