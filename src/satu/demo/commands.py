"""``satu city``: building the synthetic city."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from satu.demo.city.build import Built
    from satu.demo.city.load import Plan

app = typer.Typer(
    no_args_is_help=True, help="The synthetic city: residents, families and areas for the demonstration."
)


@app.callback()
def city() -> None:
    """What comes before each of them: nothing."""


@app.command()
def build(
    residents: Annotated[int, typer.Option(help="How many residents.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city, byte for byte.")] = 1,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day as of which the city is built.")
    ] = None,
    processes: Annotated[int | None, typer.Option(help="Processes at work. Default: one a core, at most 8.")] = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Demolish the city that stands there.")] = False,
    systems: Annotated[bool, typer.Option(help="Fill the simulated existing systems too.")] = True,
) -> None:
    """Build a believable Tangerang in an empty register."""
    from django.core.management import call_command

    from satu.demo.city.build import REFERENCE_DAY, plan
    from satu.kernel.errors import SatuError

    workers = processes if processes is not None else min(os.cpu_count() or 1, 8)
    try:
        chosen = plan(residents=residents, seed=seed, today=today.date() if today else REFERENCE_DAY)
        call_command("migrate", interactive=False, verbosity=0)
        # A small city is built before a second process has started.
        filled_on = today.date() if today else None
        _build(
            chosen,
            processes=min(workers, max(chosen.blocks, 1)),
            replace=replace,
            systems=systems,
            filled_on=filled_on,
        )
    except SatuError as error:
        typer.echo(str(error.sentence), err=True)
        raise typer.Exit(2) from error


@app.command()
def live(
    requests: Annotated[int, typer.Option(help="How many residents ask for something.", min=1, max=5_000)] = 56,
    seed: Annotated[str, typer.Option(help="Another seed lets others ask. Default: others each time.")] = "",
    up_to: Annotated[
        int | None, typer.Option(help="Only as many as are missing until so many have been sent.", min=0, max=5_000)
    ] = None,
    a_day: Annotated[
        int, typer.Option(help="With --up-to: at least so many today, once those have been sent.", min=0, max=100)
    ] = 0,
) -> None:
    """Let residents of the built city ask for its services, and officers decide on some: real ones, of this moment.

    Ctrl-C ends it once the request at hand is through.
    """
    from uuid import uuid4

    from django.conf import settings
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from satu.demo.city.build import is_built
    from satu.demo.city.living import live as live_on
    from satu.demo.city.living import still_to_ask

    if not settings.DEVELOPMENT or not is_built():
        typer.echo("Only in the demonstration, and once its city is built: `satu city build`.", err=True)
        raise typer.Exit(1)
    if up_to is not None:
        requests = still_to_ask(up_to=up_to, a_day=a_day)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _systems(), _told_to_stop() as enough, Progress(*columns, transient=True) as progress:
        task = progress.add_task("Requests", total=requests)
        lived = live_on(
            requests=requests,
            seed=seed or str(uuid4()),
            report=lambda: progress.advance(task),
            enough=enough.is_set,
        )
    typer.echo(
        f"{lived.sent} requests: {lived.documents} documents, {lived.refused} refused, {lived.waiting} waiting"
        + (f"; {lived.stopped} not sent" if lived.stopped else "")
    )
    typer.echo("City hall counts them within half a minute where a worker runs, or by: satu insight fold")


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Set by Ctrl-C or SIGTERM, which then end nothing by themselves."""
    told = threading.Event()
    before = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _systems() -> AbstractContextManager[object]:
    """The existing systems: those that run, or ours until we have done."""
    from pathlib import Path

    from django.conf import settings

    from satu.demo.systems.supervisor import Supervisor, running

    folder = Path(settings.SATU_SIMULATED_SYSTEMS)
    return nullcontext() if running(folder) else Supervisor(folder)


def _build(chosen: "Plan", *, processes: int, replace: bool, systems: bool, filled_on: date | None) -> None:
    """``filled_on``: the day of the existing systems' records; today, where none is given, so that they are fresh."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from satu.demo import accounts
    from satu.demo.city.build import build as build_city

    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("Residents", total=chosen.residents)
        built = build_city(
            chosen, processes=processes, replace=replace, report=lambda added: progress.advance(task, added)
        )
        loaded = time.monotonic()
        progress.add_task("Name search", total=None)
        _index_names()
        indexed = time.monotonic()
        if systems:
            progress.add_task("Existing systems", total=None)
            _fill_systems(chosen, filled_on)
        accounts.build(chosen.today)
    _tell(built, load=loaded - started, index=indexed - loaded, whole=time.monotonic() - started)


def _index_names() -> None:
    from satu.registry.search.actions import rebuild

    rebuild()


def _fill_systems(chosen: "Plan", on: date | None) -> None:
    from pathlib import Path

    from django.conf import settings

    from satu.demo.systems.storage import build_all

    build_all(Path(settings.SATU_SIMULATED_SYSTEMS), chosen.seed, today=on)


def _tell(built: "Built", *, load: float, index: float, whole: float) -> None:
    typer.echo(f"{built.residents:,} residents in {built.families:,} families")
    typer.echo(f"register {load:.1f} s, name search {index:.1f} s, everything {whole:.1f} s")
    typer.echo(f"digest {built.digest}")
