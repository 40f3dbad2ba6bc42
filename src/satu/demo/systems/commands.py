"""``satu systems``: the simulated existing systems of the demonstration, and their knobs."""

import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    no_args_is_help=True, help="The simulated existing systems: start them, look at them, break and mend them."
)

_Name = Annotated[str, typer.Argument(help="pbb, oss, dtsen, bpjs, dapodik, qris, sms, mail, nakes or clamd")]


def _folder() -> Path:
    from django.conf import settings

    return Path(settings.SATU_SIMULATED_SYSTEMS)


def _address(name: str) -> str:
    from satu.demo.systems.supervisor import CODES, running

    if name not in CODES:
        raise typer.BadParameter(f"{name!r} is not a simulated system. Known are: {', '.join(CODES)}.")
    url = running(_folder()).get(name)
    if url is None:
        typer.echo(
            "The simulated systems are not running. Start them with `satu run` or `satu systems start`.", err=True
        )
        raise typer.Exit(1)
    return url


def _ask(method: str, url: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    import httpx

    try:
        reply = httpx.request(method, url, json=content, timeout=10.0)
    except httpx.HTTPError as error:
        typer.echo(f"{url} does not answer ({type(error).__name__}).", err=True)
        raise typer.Exit(1) from error
    if reply.is_error:
        typer.echo(reply.text, err=True)
        raise typer.Exit(2)
    answer: dict[str, Any] = reply.json()
    return answer


@app.command()
def start() -> None:
    """Start them all and wait until Ctrl-C. (`satu run` does this by itself.)"""
    from satu.demo.systems.storage import STORAGES
    from satu.demo.systems.supervisor import NotStarted, Supervisor

    folder = _folder()
    if not all((folder / storage.file).exists() for storage in STORAGES.values()):
        typer.echo("They have no storage yet. Build the city first: `satu city build`.", err=True)
        raise typer.Exit(1)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Supervisor(folder) as supervisor:
            for name, url in supervisor.urls.items():
                typer.echo(f"{name:<8} {url}")
            stop.wait()
    except NotStarted as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def status() -> None:
    """Show each system, its knobs and what it has counted."""
    from rich.console import Console
    from rich.table import Table

    from satu.demo.systems.supervisor import CODES

    addresses = {name: _address(name) for name in CODES}
    table = Table(
        "system", "address", "state", "ms", "errors", "calls", "refused", "failed", box=None, padding=(0, 1, 0, 0)
    )
    for name, url in addresses.items():
        now = _ask("GET", f"{url}/_simulated/")
        state = "down" if now["down"] else "as usual" if now["as_usual"] else "disturbed"
        latency = str(now["latency_ms"])
        if now["latency_spread_ms"]:
            latency += f"-{now['latency_ms'] + now['latency_spread_ms']}"
        calls = "-" if now["calls"] is None else str(now["calls"])
        counts = (calls, str(now["refused"]), str(now["failed"]))
        table.add_row(name, url, state, latency, f"{now['errors_permille'] / 1000:g}", *counts)
    Console().print(table)


@app.command(name="break")
def break_(
    name: _Name,
    latency: Annotated[int | None, typer.Option(metavar="MS", min=0, help="Delay each call.")] = None,
    errors: Annotated[float | None, typer.Option(min=0, max=1, help="Share of calls that fail.")] = None,
    down: Annotated[bool, typer.Option("--down", help="Dead until mended.")] = False,
) -> None:
    """Make a system slow, faulty or dead. With no option it goes down."""
    wanted: dict[str, Any] = {"latency": latency, "errors": errors}
    if down or (latency is None and errors is None):
        wanted["down"] = True
    _ask("POST", f"{_address(name)}/_simulated/knobs", wanted)
    typer.echo(f"{name} is broken as asked. `satu systems mend {name}` puts it back.")


@app.command()
def mend(name: _Name) -> None:
    """Put a system's knobs back to its usual habits."""
    _ask("POST", f"{_address(name)}/_simulated/mend", {})
    typer.echo(f"{name} runs as usual again.")
