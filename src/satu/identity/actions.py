"""The only writers of accounts."""

from collections.abc import Iterable

from django.db import transaction

from satu.identity.models import Account
from satu.kernel.audit import audit
from satu.kernel.identifiers import Nik


@transaction.atomic
def open_resident_account(*, nik: Nik, name: str, password: str, demo: bool = False) -> Account:
    """Open (or refresh, for the demonstration) a resident's account. Her login is her NIK."""
    account, created = Account.objects.get_or_create(
        nik=nik.value,
        defaults={"login": nik.value, "kind": Account.Kind.RESIDENT, "display_name": name, "is_demo": demo},
    )
    return _finish(account, created=created, name=name, password=password)


@transaction.atomic
def open_officer_account(
    *,
    login: str,
    name: str,
    password: str,
    agency: str,
    duties: Iterable[str],
    areas: Iterable[str] = (),
    demo: bool = False,
) -> Account:
    """Open (or refresh) an officer's account with her agency, duties and areas (empty: the whole city)."""
    account, created = Account.objects.get_or_create(
        login=login,
        defaults={"kind": Account.Kind.OFFICER, "agency": agency, "display_name": name, "is_demo": demo},
    )
    account.agency, account.duties, account.areas = agency, sorted(duties), sorted(areas)
    return _finish(account, created=created, name=name, password=password)


def _finish(account: Account, *, created: bool, name: str, password: str) -> Account:
    account.display_name = name
    account.set_password(password)
    account.save()
    audit(
        actor="system:satu",
        action="identity.account_opened" if created else "identity.account_refreshed",
        thing=f"account:{account.pk}",
        detail={"kind": account.kind},
    )
    return account
