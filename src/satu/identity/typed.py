"""The forms of django-allauth that take a code, as people type one: an app shows ``123 456``."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

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
