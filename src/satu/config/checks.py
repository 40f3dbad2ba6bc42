"""What ``satu check --deploy`` says beyond Django's own checks."""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name


@register(Tags.security)
def secrets_are_there(app_configs: Sequence[Any] | None, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    """Every other command stops at the first of them; this one names them beside all that is missing."""
    hint = "A long random text, for example of: openssl rand -base64 48"
    return [Error(sentence, hint=hint, id="satu.E004") for sentence in settings.SATU_SECRETS_REFUSED]


@register(Tags.security, deploy=True)
def not_safe_yet(app_configs: Sequence[Any] | None, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    """What an operator has to change before citizens come."""
    found: list[CheckMessage] = []
    if settings.DEVELOPMENT:
        found.append(
            Error(
                "SATU_MODE is development: keys are made on this machine and demonstration accounts may sign in.",
                hint="Set SATU_MODE=production and give every secret by the environment (docs/guides/operate.md).",
                id="satu.E001",
            )
        )
    if not os.environ.get("DATABASE_URL") or ".satu" in os.environ["DATABASE_URL"]:
        found.append(
            Error(
                "The database is the embedded one: no replica, no backup, every local user may enter.",
                hint="Set DATABASE_URL to a PostgreSQL 15 or later that is backed up.",
                id="satu.E002",
            )
        )
    if not settings.SATU_PUBLIC_URL.startswith("https://"):
        found.append(
            Error(
                f"SATU_PUBLIC_URL is {settings.SATU_PUBLIC_URL}: the QR code on a letter must lead to an https page.",
                hint="Set SATU_PUBLIC_URL to the address that citizens use.",
                id="satu.E003",
            )
        )
    if set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
        found.append(Warning("SATU_HOSTS names this machine only.", hint="List the public names.", id="satu.W001"))
    return found
