"""Service packages from the command line."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from satu.services import commands_try, commands_versions

if TYPE_CHECKING:
    from satu.services.packages import Loader
    from satu.services.types import DocumentSpec, ServicePackage

app = typer.Typer(help="Write, check and try services.", no_args_is_help=True)
commands_versions.add_to(app)
commands_try.add_to(app)
_console = Console()
_STARTER = Path(__file__).parent / "starter"


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="One package's folder; all of the city's if left out.")] = None,
) -> None:
    """Check packages: what they ask, their tables, their process, and their document with sample values."""
    from satu.hub.catalogue import load_catalogue
    from satu.kernel.city import the_city
    from satu.kernel.citydata import CityDataError
    from satu.services.packages import Loader

    try:
        loader = Loader(the_city(), load_catalogue(the_city()))
    except CityDataError as error:
        _console.print(f"[red]✗[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    folders = [path.resolve()] if path else loader.folders()
    refused = [folder for folder in folders if not _check_one(loader, folder)]
    if not path:
        refused += _check_together(loader)
    if refused:
        raise typer.Exit(1)


def _check_one(loader: "Loader", folder: Path) -> bool:
    from satu.kernel.citydata import CityDataError
    from satu.services.leftovers import leftovers
    from satu.services.samples import render_sample
    from satu.services.unconfirmed import unconfirmed

    try:
        package = loader.load(folder)
        for spec in package.documents:
            render_sample(package, loader.city, loader.catalogue, spec)
            _render_the_least(package, loader, spec)
    except CityDataError as error:
        _console.print(f"[red]✗[/red] {folder.name}\n{escape(str(error))}", highlight=False, soft_wrap=True)
        return False
    _console.print(
        f"[green]✓[/green] {package.slug}: {len(package.needs)} facts pulled, {len(package.questions)} asked",
        highlight=False,
    )
    for note in leftovers(folder):
        _console.print(f"  [yellow]still the starter's text[/yellow] {escape(note)}", highlight=False, soft_wrap=True)
    for note in unconfirmed(package):
        _console.print(f"  [yellow]not confirmed[/yellow] {escape(note)}", highlight=False, soft_wrap=True)
    return True


def _render_the_least(package: "ServicePackage", loader: "Loader", spec: "DocumentSpec") -> None:
    """The same where an optional fact or answer is missing: it would stop the request at its last step."""
    from satu.kernel.citydata import CityDataError
    from satu.services.samples import render_sample

    try:
        render_sample(package, loader.city, loader.catalogue, spec, least=True)
    except CityDataError as error:
        mend = (
            "So it is where a question was not asked, or a fact that is not required is missing. Write for example:"
            '  #if data.answers.road != none [ … ]   or   data.facts.at("person.address", default: none)'
        )
        raise CityDataError(error.path, error.line, error.what, mend) from error


def _check_together(loader: "Loader") -> list[Path]:
    """What only shows between packages: two with one prefix."""
    loaded, refused = loader.load_all()
    clashes = [error for error in refused if error.path.parent.name not in loaded and "prefix" in error.what]
    for error in clashes:
        _console.print(f"[red]✗[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
    return [error.path.parent for error in clashes]


@app.command()
def new(slug: Annotated[str, typer.Argument(help="The service's short name: small letters, digits and -.")]) -> None:
    """Begin a package from a small one that already passes the check."""
    from satu.hub.catalogue import the_catalogue
    from satu.kernel.city import the_city
    from satu.services.packages import Loader

    if not re.fullmatch(r"[a-z][a-z0-9-]*", slug):
        _console.print("[red]✗[/red] A short name is small letters, digits and -, beginning with a letter.")
        raise typer.Exit(1)
    folder = the_city().folder / "services" / slug
    if folder.exists():
        _console.print(f"[red]✗[/red] {folder} is there already.")
        raise typer.Exit(1)
    folder.mkdir(parents=True)
    taken = {package.prefix for package in Loader(the_city(), the_catalogue()).load_all()[0].values()}
    for source in sorted(_STARTER.iterdir()):
        text = (
            source.read_text(encoding="utf-8").replace("__SLUG__", slug).replace("__PREFIX__", _prefix(slug, taken))
        )
        (folder / source.name).write_text(text, encoding="utf-8")
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    _console.print(
        f"[green]✓[/green] {shown}\n  Now: docs/guides/write-a-service.md, then satu service check {shown}",
        soft_wrap=True,
        highlight=False,
    )


@app.command()
def draw(service: Annotated[str, typer.Argument(help="The service's short name.")]) -> None:
    """Print a service's process as BPMN, with its picture, for any modeller; its steps compiled if it has steps."""
    from satu.kernel.errors import Missing
    from satu.services.packages import the_package

    try:
        typer.echo(the_package(service).bpmn, nl=False)
    except Missing as error:
        _console.print(f"[red]✗[/red] {escape(str(error))}")
        raise typer.Exit(1) from error


def _prefix(slug: str, taken: set[str]) -> str:
    letters = "".join(filter(str.isalpha, slug)).upper()
    wanted = [letters[:length] for length in (3, 4, 5) if len(letters) >= length]
    wanted += [f"{letters[:2]}{chr(extra)}" for extra in range(ord("A"), ord("Z") + 1)]
    return next(prefix for prefix in wanted if len(prefix) > 1 and prefix not in taken)
