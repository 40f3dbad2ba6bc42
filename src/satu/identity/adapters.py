"""What django-allauth is told of our accounts: who they are called, where they land, how their secrets are kept."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from satu.identity.models import Account
from satu.identity.policies import home_of, note_second_factor, second_factors_of
from satu.kernel.city import the_city


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are opened by Satu, never signed up for; their login is a NIK or an officer's name."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "enter_current_password": gettext_lazy("This is not your password. Try again."),
        "incorrect_password": gettext_lazy("This is not your password. Try again."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    def get_password_change_redirect_url(self, _request: HttpRequest) -> str:
        return reverse("mfa_index") + "?kata-sandi=diganti"

    def respond_user_inactive(self, _request: HttpRequest, _user: Account) -> HttpResponse:
        """Somebody suspended, or closed: back to the sign-in page, which does not say why."""
        return redirect("sign-in")

    def login(self, request: HttpRequest, user: Account) -> None:
        """Let her in; an officer without a second factor is first sent to set one up."""
        super().login(request, user)
        note_second_factor(request, user)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors. No NIK leaves with them: an authenticator app shows the name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code does not fit. Wait for the next one and type it at once."),
        "cannot_delete_authenticator": gettext_lazy(
            "An officer needs a second step. Set up another one before you remove this one."
        ),
    }

    def get_totp_issuer(self) -> str:
        return f"Satu {the_city().name}"

    def _get_user_identifier(self, user: Account) -> str:
        return user.display_name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.display_name}

    def generate_authenticator_name(self, user: Account, type: str) -> str:  # noqa: A002 - allauth's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Key %(number)s") % {"number": number}

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """An officer keeps one second factor at least."""
        owner: Account = authenticator.user
        others = second_factors_of(owner.pk).exclude(pk=authenticator.pk)
        return owner.kind != Account.Kind.OFFICER or others.exists()


def _cipher() -> Fernet:
    """The installation's own key: a copy of the database alone opens no second factor."""
    key = hashlib.sha256(b"satu.identity.second_factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
