"""Who may change the register."""

from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor
from satu.kernel.errors import NotAllowed

REGISTRAR = "civil-registrar"


def require_registrar(by: Actor) -> None:
    """Raise ``NotAllowed`` unless a civil registrar, or a part of Satu itself, acts."""
    if by.kind != "system" and not (by.kind == "officer" and by.has_duty(REGISTRAR)):
        raise NotAllowed(_("Only a civil registrar may change the population register."))
