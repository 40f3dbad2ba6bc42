"""The doors on the home page. One that leads nowhere yet says so, and cannot be pressed."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Door:
    """A life event, for which the city has no service yet."""

    title: str | Promise
    icon: str


NOT_YET: tuple[Door, ...] = (
    Door(title=_("Opening a business"), icon="building-store"),
    Door(title=_("School"), icon="school"),
    Door(title=_("Seeing a doctor"), icon="stethoscope"),
    Door(title=_("Marriage"), icon="users"),
    Door(title=_("A death in the family"), icon="flower"),
    Door(title=_("Assistance"), icon="heart-handshake"),
)
