"""Versions of services from the command line: publish, list, compare; and explain what a case was decided by."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

_console = Console()
_Service = Annotated[str, typer.Argument(help="The service's short name.")]


def add_to(app: typer.Typer) -> None:
    """The commands stand beside the others of ``satu service``."""
    for command in (publish, versions, diff, explain):
        app.command()(command)


def publish(
    service: _Service,
    *,
    why: Annotated[str, typer.Option(prompt="Why, in a sentence", help="For whoever asks later.")],
    by: Annotated[str, typer.Option(prompt="Who publishes it", help="Your name.")],
) -> None:
    """Make the folder's version the one for new requests. Open requests keep the version that they began with."""
    from satu.identity.types import SYSTEM
    from satu.kernel.citydata import CityDataError
    from satu.kernel.errors import SatuError
    from satu.services.actions.publishing import publish as publish_it

    try:
        number = publish_it(service=service, why=why, name=by, by=SYSTEM)
    except (CityDataError, SatuError) as error:
        _console.print(f"[red]✗[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    _console.print(f"[green]✓[/green] {service} version {number} is the one for new requests")


def versions(service: _Service) -> None:
    """Which versions there are, which one new requests take, and which open requests go on in."""
    from django.conf import settings
    from django.utils.timezone import localtime

    from satu.services.queries.versions import is_published, versions_of

    grid = Grid("number", "version", "since", "by", "why", "open requests")
    for one in versions_of(service):
        number = f"{one.number}{' *' if one.is_current else ''}" if one.number else "not published"
        grid.add_row(
            number, one.version[:8], f"{localtime(one.at):%Y-%m-%d %H:%M}", one.by, one.why, str(one.open_cases)
        )
    _console.print(grid)
    now = is_published(service)
    use = "used by new requests, as this is development" if not settings.SATU_ONLY_PUBLISHED else "not used"
    if now is None:
        _console.print(
            f"[yellow]Nothing of it is published, or the folder does not load.[/yellow] The folder is {use}."
        )
    elif not now:
        _console.print(
            f"[yellow]The folder differs from what was published last[/yellow] and is {use}: "
            f"satu service diff {service} {_last(service)} folder"
        )


def _last(service: str) -> int:
    from satu.services.queries.versions import versions_of

    return max(one.number or 0 for one in versions_of(service))


def diff(
    service: _Service,
    before: Annotated[str, typer.Argument(help="A published number, the beginning of a version, or folder.")],
    after: Annotated[str, typer.Argument(help="The same; the folder as it is now if left out.")] = "folder",
) -> None:
    """What changed between two versions: needs, questions, tables row by row, steps, fee, texts, the letter."""
    from itertools import groupby

    from satu.kernel.citydata import CityDataError
    from satu.services.packages.differences import differences
    from satu.services.queries.versions import files_at

    try:
        found = list(differences(files_at(service, before), files_at(service, after)))
    except KeyError as error:
        _console.print(
            f"[red]✗[/red] {service} has no version {escape(str(error))}. See: satu service versions {service}"
        )
        raise typer.Exit(1) from error
    except CityDataError as error:
        _console.print(f"[red]✗[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    if not found:
        _console.print("They say the same.")
    for file, lines in groupby(found, key=lambda one: one[0]):
        _console.print(f"[bold]{file}[/bold]")
        for _file, line in lines:
            _console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


def explain(
    number: Annotated[str, typer.Argument(help="The request's number, for example DOM-2026-000123.")],
) -> None:
    """What a request was decided by: table, edition, row, values; and whether doing it again gives the same."""
    from satu.identity.types import SYSTEM
    from satu.kernel.errors import SatuError
    from satu.services.actions.explaining import explain as explain_it

    try:
        explained = explain_it(number=number, by=SYSTEM)
    except SatuError as error:
        _console.print(f"[red]✗[/red] {escape(str(error))}")
        raise typer.Exit(1) from error
    if not explained:
        _console.print("No table has decided anything in this request.")
    for one in explained:
        _console.print(
            f"[bold]{one.name or one.table}[/bold] ({one.table}, version {one.version}, "
            f"in force from {one.in_force_from or 'unknown'})",
            highlight=False,
        )
        _console.print(f"  row {one.row}: {one.result}", highlight=False)
        for name, value in one.values.items():
            _console.print(f"    {name} = {value}", highlight=False, markup=False, soft_wrap=True)
        if one.is_same:
            _console.print("  [green]✓[/green] done again, it gives the same")
        else:
            _console.print(f"  [red]✗[/red] done again, it does not: {one.again or one.why_not}", highlight=False)
    if not all(one.is_same for one in explained):
        raise typer.Exit(1)
