import sys

import structlog
from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "satu.config"
    label = "config"

    def ready(self) -> None:
        from satu.config import checks  # noqa: F401 - registers itself

        _log_no_variables()


def _log_no_variables() -> None:
    """A traceback says where it happened. By itself structlog also prints what each function held: people's data."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])
