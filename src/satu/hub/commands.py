"""The hub's commands: try a system, list what is connected, check the city's catalogue."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from satu.hub.types import Dossier, Outcome
    from satu.identity.types import Actor
    from satu.kernel.identifiers import Nik

app = typer.Typer(no_args_is_help=True, help="Connected systems and the facts they answer.")
_console = Console()


@app.command("try")
def try_system(
    system: Annotated[str, typer.Argument(help="Code of the system, such as pbb.")],
    nik: Annotated[str, typer.Option(prompt="NIK", hide_input=True, help="About whom; asked for when left out.")],
    show: Annotated[bool, typer.Option(help="Print the values, too.")] = False,
) -> None:
    """Ask one system everything it answers about one person, and print what came of it.

    This is a pull like any other: the person reads in her access ledger that the connection was tested.
    """
    from satu.hub.catalogue import the_catalogue
    from satu.kernel.citydata import CityDataError
    from satu.kernel.errors import SatuError
    from satu.kernel.identifiers import Nik

    try:
        catalogue = the_catalogue()
        if system not in catalogue.systems:
            raise typer.BadParameter(f"no such system; known are {', '.join(catalogue.systems)}")
        started = time.monotonic()
        dossier = _pull(Nik.parse(nik), catalogue.system(system).facts)
    except (SatuError, CityDataError) as error:
        _console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    _console.print(_table(dossier, show=show))
    _console.print(f"{time.monotonic() - started:.3f} s, the ledger entry included")


def _operator() -> "Actor":
    from satu.identity.types import Actor
    from satu.kernel.city import the_city

    agencies = the_city().agencies
    agency = "diskominfo" if "diskominfo" in agencies else next(iter(agencies))
    return Actor("system:command-line", "officer", "Satu", agency=agency, duties=frozenset({"integrator"}))


def _pull(nik: "Nik", facts: tuple[str, ...]) -> "Dossier":
    from satu.hub.actions import pull
    from satu.hub.purposes import inquiry
    from satu.hub.types import Subject

    subject, by = Subject.person(nik), _operator()
    purpose = inquiry(reason="connection-test", subject=subject, by=by)
    return pull(about=subject, facts=facts, purpose=purpose, by=by)


def _table(dossier: "Dossier", *, show: bool) -> Table:
    table = Table("fact", "outcome", "record", "as of", *(["value"] if show else []))
    for outcome in dossier:
        row = _row(outcome, show=show)
        table.add_row(*(row if show else row[:-1]))
    return table


def _row(outcome: "Outcome", *, show: bool) -> tuple[str, str, str, str, str]:
    from django.utils import timezone

    from satu.hub.formatting import show as in_words
    from satu.hub.types import Ambiguous, Found, NotFound, Refused, Unavailable

    match outcome:
        case Found():
            as_of = timezone.localtime(outcome.provenance.as_of).strftime("%Y-%m-%d %H:%M")
            age = " (too old)" if outcome.provenance.too_old else ""
            value = in_words(outcome.fact, outcome.value) if show else ""
            return outcome.fact, "[green]found", outcome.provenance.record, as_of + age, value
        case NotFound():
            return outcome.fact, "not found", "", "", ""
        case Ambiguous():
            return outcome.fact, f"[yellow]ambiguous: {outcome.candidates} records", "", "", ""
        case Unavailable():
            return outcome.fact, f"[red]unavailable: {outcome.reason}", "", "", ""
        case Refused():
            return outcome.fact, "[yellow]refused: the reason connection-test does not list it", "", "", ""


@app.command()
def systems(
    write: Annotated[Path | None, typer.Option(help="Write the page on coverage and freshness here.")] = None,
) -> None:
    """List the connected systems and how they answer; with --write, make the page on coverage and freshness."""
    from satu.hub.catalogue import the_catalogue
    from satu.hub.coverage import as_markdown
    from satu.hub.queries import systems_health

    if write is not None:
        write.write_text(as_markdown(the_catalogue()), encoding="utf-8")
        _console.print(f"{write} is written")
        return
    table = Table("system", "name", "agency", "facts", "state", "median", "settings missing", "report")
    for state in systems_health():
        table.add_row(
            state.system,
            str(state.name) + (" (simulated)" if state.simulated else ""),
            state.agency,
            str(len(the_catalogue().system(state.system).facts)),
            state.state,
            "" if state.p50_ms is None else f"{state.p50_ms:.0f} ms",
            ", ".join(state.settings_missing),
            state.report,
        )
    _console.print(table)


@app.command()
def check() -> None:
    """Check facts, systems and reasons of the city, and whether every setting they name is there."""
    from satu.hub.catalogue import the_catalogue
    from satu.hub.reasons import the_reasons
    from satu.kernel import endpoints
    from satu.kernel.citydata import CityDataError

    try:
        catalogue, reasons = the_catalogue(), the_reasons()
    except CityDataError as error:
        _console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    _console.print(
        f"{len(catalogue.facts)} facts, {len(catalogue.systems)} systems, {len(reasons)} reasons: they fit"
    )
    unreachable = False
    for system in catalogue.systems.values():
        if missing := [name for name in system.connection.settings() if not endpoints.is_set(name)]:
            unreachable = True
            _console.print(f"{system.code} cannot be reached: set {', '.join(f'SATU_{n}' for n in missing)}")
    if unreachable:
        raise typer.Exit(1)


@app.command()
def untold() -> None:
    """List what systems have not been told yet, and what they would not take."""
    from django.utils import timezone

    from satu.hub.queries import untold as waiting

    table = Table("id", "system", "news", "state", "tries", "since", "next try", "trouble")
    for one in waiting():
        since, due = (timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") for at in (one.announced_at, one.due_at))
        state = "[red]refused" if one.refused else "waiting"
        table.add_row(
            str(one.id),
            one.system,
            str(one.news),
            state,
            str(one.attempts),
            since,
            "" if one.refused else due,
            one.trouble,
        )
    _console.print(table)


@app.command()
def tell(telling: Annotated[UUID, typer.Argument(help="The id that `satu hub untold` shows.")]) -> None:
    """Tell a system again, at once: what waits, or what it refused and will take now."""
    from satu.hub.actions import tell_again
    from satu.kernel.errors import SatuError

    try:
        tell_again(telling_id=telling, by=_operator())
    except SatuError as error:
        _console.print(str(error.sentence), style="red")
        raise typer.Exit(1) from error
    _console.print("A worker tells it now.")
