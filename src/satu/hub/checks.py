"""What ``satu check`` says of the connected systems: in production each needs the settings that its file names."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name

from satu.hub.catalogue import the_catalogue
from satu.kernel import endpoints
from satu.kernel.citydata import CityDataError


@register
def systems_can_be_reached(app_configs: Sequence[Any] | None, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    """Without one of its settings a system is unavailable, and everything else works."""
    if settings.DEVELOPMENT:
        return []
    try:
        systems = the_catalogue().systems.values()
    except CityDataError as error:
        return [Error(str(error), hint="satu hub check", id="satu.E030")]
    missing = {
        system.code: [f"SATU_{name}" for name in system.connection.settings() if not endpoints.is_set(name)]
        for system in systems
    }
    return [
        Warning(
            f"The system {code} cannot be reached: {', '.join(names)} not set.",
            hint="See docs/guides/connect-a-system.md, on settings.",
            id="satu.W030",
        )
        for code, names in missing.items()
        if names
    ]
