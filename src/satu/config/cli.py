"""The ``satu`` command. Each package keeps its commands in its own ``commands.py``."""

import importlib
import os
from pathlib import Path

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__, rich_markup_mode="rich")

#: command group: the module whose ``app`` (a ``typer.Typer``) holds it. A module is imported before Django is set
#: up, so its functions import models and actions inside.
GROUPS: dict[str, str] = {}


def state_folder() -> Path:
    """Where this installation keeps its own: database, development keys, files."""
    return Path(os.environ.get("SATU_STATE", Path(__file__).resolve().parents[3] / ".satu"))


@app.callback()
def prepare() -> None:
    """Satu: the city government that never asks twice."""
    from satu.config.postgres import ensure_database

    # Settings read DATABASE_URL, so the database comes first.
    ensure_database(state_folder())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.config.settings")
    import django

    django.setup()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """Run one of Django's own management commands."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["satu manage", *context.args])


def main() -> None:
    for name, module in GROUPS.items():
        app.add_typer(importlib.import_module(module).app, name=name)
    app()
