"""What ``satu check --deploy`` says of payments."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def no_real_provider(app_configs: Sequence[Any] | None, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    """The sandbox moves no money."""
    if settings.SATU_PAYMENT_PROVIDER != "sandbox":
        return []
    return [
        Error(
            "Payments go to the sandbox provider: nobody is charged anything.",
            hint="Write a port for the city's bank (finance/README.md) and name it in SATU_PAYMENT_PROVIDER.",
            id="satu.E011",
        )
    ]
