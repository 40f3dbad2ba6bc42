"""``make run``: the whole demonstration city on one machine."""

import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

import typer
from django.conf import settings
from django.core.management import call_command
from rich.console import Console

from satu.config import messages
from satu.config.processes import Processes, StartError, port_is_free, satu_command, until_told_to_stop
from satu.demo.systems.supervisor import NotStarted, Supervisor

_console = Console()
_RESIDENTS = "residents"
#: So many residents ask at the first start of a later day, so that a city that runs for days has days to show.
_A_DAY = 12


def web_command(*, host: str, port: int, workers: int) -> list[str]:
    """Granian, one process a worker, with threads for requests that wait for other systems."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "satu.config.wsgi:application"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "16"),
        *("--no-ws", "--respawn-failed-workers", "--log-level", "warning"),
    ]


def run_demonstration(*, host: str, port: int, residents: int, seed: int, requests: int) -> None:
    """Start everything, print where it is and who may sign in, and stop everything when told to.

    ``requests``: how many the residents of a new city send by themselves, in the background, so that nobody meets
    an empty desk and an empty city hall. What an earlier start was stopped in the middle of is gone on with.
    """
    started = time.monotonic()
    # Until it waits for being told, too: whoever ends this takes what it has started along.
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(143))
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
            _let_residents_ask(processes, up_to=requests)
            fallen = until_told_to_stop(processes, partial(_tell_passed, address, state / "logs"))
            _console.print("\nStopping …")
            processes.stop()  # first: whoever is asking a system gets an answer
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
        _employ()
        processes.wait_for(f"http://{host}:{port}/masuk/", "web")


def _employ() -> None:
    """A service that was written since the last start may need officers whom nobody has seen yet."""
    from satu.demo import accounts

    accounts.staff()


def _let_residents_ask(processes: Processes, *, up_to: int) -> None:
    from satu.demo.city.living import still_to_ask

    if missing := still_to_ask(up_to=up_to, a_day=_A_DAY):
        arguments = ("--up-to", str(up_to), "--a-day", str(_A_DAY))
        processes.start(_RESIDENTS, satu_command("city", "live", *arguments), passing=True)
        _console.print(
            f"\nResidents of the city now send {missing} requests, in the background, for about a minute.",
            soft_wrap=True,
        )


def _tell_passed(address: str, logs: Path, name: str, code: int) -> None:
    if code:
        _console.print(f"[red]{name} stopped early[/] and goes on at the next start. See {logs / name}.log")
    else:
        _console.print(f"The residents have asked. What waits: {address}/desk/. What came of it: {address}/kota/")


def _welcome(address: str, seconds: float) -> None:
    from satu.demo import accounts

    _console.print(
        f"\n[bold green]Satu is running[/] ({seconds:.1f} s). Everything about people in it is invented.\n"
    )
    _console.print(
        f"  Portal     {address}/\n  Desk       {address}/desk/\n  City hall  {address}/kota/\n"
        f"  Verify     {address}/v/\n"
    )
    _console.print("  Sign in as (login, password, who):")
    accounts_listed = accounts.listing()
    width = max((len(account.login) for account in accounts_listed), default=0)
    for account in accounts_listed:
        line = f"  {account.login:<{width}}  {account.password}  {account.name}: {account.who}"
        _console.print(line, soft_wrap=True, highlight=False)
    _console.print(
        "\nCtrl-C stops everything. To see a system fail: .venv/bin/satu systems break bpjs --down", soft_wrap=True
    )
