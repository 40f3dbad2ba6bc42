"""``make run``: the whole demonstration city on one machine."""

import os
import sys
import time
from pathlib import Path

import typer
from django.conf import settings
from django.core.management import call_command
from rich.console import Console

from satu.config import messages
from satu.config.processes import Processes, StartError, port_is_free, satu_command, until_told_to_stop
from satu.demo.systems.supervisor import NotStarted, Supervisor

_console = Console()


def web_command(*, host: str, port: int, workers: int) -> list[str]:
    """Granian, one process a worker, with threads for requests that wait for other systems."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "satu.config.wsgi:application"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "16"),
        *("--no-ws", "--respawn-failed-workers", "--log-level", "warning"),
    ]


def run_demonstration(*, host: str, port: int, residents: int, seed: int) -> None:
    """Start everything, print where it is and who may sign in, and stop everything when told to."""
    started = time.monotonic()
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    os.environ.setdefault("SATU_PUBLIC_URL", address)  # where the QR codes of this demonstration lead
    if not port_is_free(host, port):
        _console.print(f"[red]Port {port} is taken.[/] Stop what listens there, or: .venv/bin/satu run --port 8080")
        raise typer.Exit(1)
    state = Path(settings.STATE_DIR)
    try:
        _prepare(residents=residents, seed=seed)
        systems = Supervisor(Path(settings.SATU_SIMULATED_SYSTEMS))
        with Processes(logs=state / "logs") as processes:
            _start(processes, systems, host=host, port=port)
            _welcome(address, time.monotonic() - started)
            fallen = until_told_to_stop(processes)
            _console.print("\nStopping …")
            systems.stop()
    except (StartError, NotStarted) as error:
        _console.print(f"[red]{error}[/]")
        raise typer.Exit(1) from error
    if fallen:
        _console.print(f"[red]{fallen} stopped by itself.[/] See {state / 'logs' / fallen}.log")
        raise typer.Exit(1)
    _console.print("Everything has stopped.")


def _prepare(*, residents: int, seed: int) -> None:
    from satu.demo.city.build import is_built
    from satu.demo.commands import build

    messages.compile_stale()
    with _console.status("Bringing the database up to date"):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
    if not is_built():
        _console.print(f"Building a city of {residents:,} residents (once)")
        build(residents=residents, seed=seed)


def _start(processes: Processes, systems: Supervisor, *, host: str, port: int) -> None:
    with _console.status("Starting the existing systems, the web server and the worker"):
        processes.start("web", web_command(host=host, port=port, workers=2))
        processes.start("worker", satu_command("worker"))
        systems.start()
        processes.wait_for(f"http://{host}:{port}/masuk/", "web")


def _welcome(address: str, seconds: float) -> None:
    from satu.demo import accounts

    _console.print(
        f"\n[bold green]Satu is running[/] ({seconds:.1f} s). Everything about people in it is invented.\n"
    )
    _console.print(f"  Portal   {address}/\n  Desk     {address}/desk/\n  Verify   {address}/v/\n")
    _console.print("  Sign in as (login, password, who):")
    accounts_listed = accounts.listing()
    width = max((len(account.login) for account in accounts_listed), default=0)
    for account in accounts_listed:
        line = f"  {account.login:<{width}}  {account.password}  {account.name}: {account.who}"
        _console.print(line, soft_wrap=True, highlight=False)
    _console.print(
        "\nCtrl-C stops everything. To see a system fail: .venv/bin/satu systems break bpjs --down", soft_wrap=True
    )
