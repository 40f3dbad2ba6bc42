"""Which provider this installation uses (``SATU_PAYMENT_PROVIDER``)."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from satu.finance.ports.port import PaymentProvider, ProviderUnavailable
from satu.finance.ports.sandbox import Sandbox


def the_provider() -> PaymentProvider:
    """Raises ``ProviderUnavailable`` where none is set up."""
    if settings.SATU_PAYMENT_PROVIDER == "sandbox":
        return Sandbox()
    raise ProviderUnavailable(_("This city has not set up a payment provider."))
