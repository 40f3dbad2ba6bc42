"""What ``satu check`` says about files: in production somebody has to look at them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004 - Django's name

from satu.kernel import endpoints


@register
def files_can_be_scanned(app_configs: Sequence[Any] | None, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    missing = [name for name in ("CLAMD_HOST", "CLAMD_PORT") if not endpoints.is_set(name)]
    if settings.DEVELOPMENT or not missing:
        return []
    names = " and ".join(f"SATU_{name}" for name in missing)
    return [Warning(f"{names} not set: no file can be scanned, so none is taken.", id="satu.W061")]
