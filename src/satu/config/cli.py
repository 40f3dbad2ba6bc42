"""The ``satu`` command. Each package keeps its commands in its own ``commands.py``."""

import importlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

#: command group: the module whose ``app`` (a ``typer.Typer``) holds it. A module is imported before Django is set
#: up, so its functions import models and actions inside.
GROUPS: dict[str, str] = {
    "api": "satu.api.commands",
    "city": "satu.demo.commands",
    "documents": "satu.documents.commands",
    "finance": "satu.finance.commands",
    "ledger": "satu.hub.ledger.commands",
    "maintenance": "satu.theme.commands",
    "messages": "satu.config.commands_messages",
    "names": "satu.registry.search.commands",
    "notices": "satu.messaging.commands",
    "officers": "satu.messaging.commands_officers",
    "service": "satu.services.commands",
    "systems": "satu.demo.systems.commands",
    "hub": "satu.hub.commands",
    "insight": "satu.insight.commands",
}

#: a command of its own, without a group: the module and the function.
COMMANDS: dict[str, tuple[str, str]] = {
    "verify": ("satu.documents.commands", "verify"),
}

ROOT = Path(__file__).resolve().parents[3]


def state_folder() -> Path:
    """Where this installation keeps its own: database, development keys, files."""
    return Path(os.environ.get("SATU_STATE", ROOT / ".satu"))


@app.callback()
def prepare() -> None:
    """Satu: the city government that never asks twice."""
    if "--help" in sys.argv:
        return
    from satu.config.postgres import ensure_database

    # Settings read DATABASE_URL, so the database comes first.
    ensure_database(state_folder())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.config.settings")
    import django

    django.setup()


@app.command()
def run(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    residents: Annotated[int, typer.Option(help="How large a city to build if there is none.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The seed of that city.")] = 1,
    requests: Annotated[
        int, typer.Option(help="How many requests a new city's residents send by themselves.", min=0, max=5_000)
    ] = 56,
) -> None:
    """Start the demonstration city: database, existing systems, web and worker. Ctrl-C stops everything."""
    from satu.config.run import run_demonstration

    run_demonstration(host=host, port=port, residents=residents, seed=seed, requests=requests)


@app.command()
def web(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Worker processes.")] = 2,
) -> None:
    """Serve the pages with Granian (what `satu run` starts; in production, behind a proxy with TLS)."""
    from satu.config.run import web_command

    os.execv(sys.executable, web_command(host=host, port=port, workers=workers))  # noqa: S606 - our own command


@app.command()
def worker(*, concurrency: Annotated[int, typer.Option(help="Jobs at once.")] = 4) -> None:
    """Work on jobs, deliver events and seal the access ledger. Any number of workers may run."""
    from satu.config.worker import work

    work(concurrency=concurrency)


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)


@app.command()
def check(
    *, deploy: Annotated[bool, typer.Option("--deploy", help="Also say what is not safe for production.")] = False
) -> None:
    """Check this installation."""
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    try:
        call_command("check", deploy=deploy, fail_level="WARNING" if deploy else "ERROR")
    except SystemCheckError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """Run one of Django's own management commands."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["satu manage", *context.args])


def main() -> None:
    """The entry point of the ``satu`` command."""
    for name, module in GROUPS.items():
        app.add_typer(importlib.import_module(module).app, name=name)
    for name, (module, function) in COMMANDS.items():
        app.command(name)(getattr(importlib.import_module(module), function))
    try:
        app()
    except Exception as error:
        from satu.config.complaints import in_words

        sentence = in_words(error)
        if sentence is None:
            raise
        typer.echo(sentence, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
