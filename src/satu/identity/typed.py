"""What people type at the door: codes as an app shows them (``123 456``), and passwords that are none."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.utils.translation import gettext as _

from satu.kernel.typed import compact


class CodeField(forms.CharField):
    """Digits, without what stands between them."""

    def to_python(self, value: Any) -> str:
        return compact(str(super().to_python(value)))


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    code = CodeField()


class AgainForm(ReauthenticateForm):  # type: ignore[misc]
    code = CodeField()


class SetUpAppForm(ActivateTOTPForm):  # type: ignore[misc]
    code = CodeField()


class NotOnesOwnName(UserAttributeSimilarityValidator):
    """A password that is close to one's own name or login is refused, in a sentence of ours."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("display_name", "login"))

    def get_error_message(self) -> str:
        return _("This is too close to your own name. Choose something that nobody would guess.")

    def get_help_text(self) -> str:
        return ""
