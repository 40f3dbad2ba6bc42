"""Service packages from the command line."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from satu.services import commands_versions

if TYPE_CHECKING:
    from satu.services.packages import Loader
    from satu.services.types import CaseView

app = typer.Typer(help="Write, check and try services.", no_args_is_help=True)
commands_versions.add_to(app)
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
        _console.print(f"[red]✗[/red] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    folders = [path.resolve()] if path else loader.folders()
    refused = [folder for folder in folders if not _check_one(loader, folder)]
    if not path:
        refused += _check_together(loader)
    if refused:
        raise typer.Exit(1)


def _check_one(loader: "Loader", folder: Path) -> bool:
    from satu.kernel.citydata import CityDataError
    from satu.services.samples import render_sample

    try:
        package = loader.load(folder)
        for spec in package.documents:
            render_sample(package, loader.city, loader.catalogue, spec)
    except CityDataError as error:
        _console.print(f"[red]✗[/red] {folder.name}\n{error}", highlight=False, soft_wrap=True)
        return False
    _console.print(
        f"[green]✓[/green] {package.slug}: {len(package.needs)} facts pulled, {len(package.questions)} asked",
        highlight=False,
    )
    for figure, what in (
        *((f, "fee") for f in package.fees),
        *((v, "validity") for spec in package.documents for v in spec.validity_months),
    ):
        if not figure.confirmed:
            _console.print(f"  [yellow]not confirmed[/yellow] {what} {figure.value}: {figure.basis}", soft_wrap=True)
    return True


def _check_together(loader: "Loader") -> list[Path]:
    """What only shows between packages: two with one prefix."""
    loaded, refused = loader.load_all()
    clashes = [error for error in refused if error.path.parent.name not in loaded and "prefix" in error.what]
    for error in clashes:
        _console.print(f"[red]✗[/red] {error}", highlight=False, soft_wrap=True)
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
    _console.print(
        f"[green]✓[/green] {folder}\n  Now: docs/guides/write-a-service.md, then satu service check {folder}"
    )


@app.command()
def draw(service: Annotated[str, typer.Argument(help="The service's short name.")]) -> None:
    """Print a service's process as BPMN, with its picture, for any modeller; its steps compiled if it has steps."""
    from satu.kernel.errors import Missing
    from satu.services.packages import the_package

    try:
        typer.echo(the_package(service).bpmn, nl=False)
    except Missing as error:
        _console.print(f"[red]✗[/red] {error}")
        raise typer.Exit(1) from error


def _prefix(slug: str, taken: set[str]) -> str:
    letters = "".join(filter(str.isalpha, slug)).upper()
    wanted = [letters[:length] for length in (3, 4, 5) if len(letters) >= length]
    wanted += [f"{letters[:2]}{chr(extra)}" for extra in range(ord("A"), ord("Z") + 1)]
    return next(prefix for prefix in wanted if len(prefix) > 1 and prefix not in taken)


@app.command(name="try")
def try_out(
    service: Annotated[str, typer.Argument(help="The service's short name.")],
    *,
    nik: Annotated[
        str, typer.Option(prompt="NIK of a resident of the demonstration city", help="Asked if left out.")
    ],
    answer: Annotated[list[str] | None, typer.Option(help="An answer, as key=value. Repeat for more.")] = None,
) -> None:
    """Go through a service as a resident of the demonstration city: a real case, with its letter if you answer."""
    from django.conf import settings

    from satu.identity.types import Actor
    from satu.kernel.errors import SatuError
    from satu.kernel.identifiers import Nik
    from satu.services import actions, queries

    if not settings.DEVELOPMENT:
        _console.print("[red]✗[/red] Only in the demonstration: this begins a real case in somebody's name.")
        raise typer.Exit(1)
    try:
        by = Actor(reference="system:try", kind="resident", name="", nik=Nik.parse(nik))
        case = actions.begin_case(service=service, by=by)
        _print_facts(case)
        if answer:
            given = dict(one.partition("=")[::2] for one in answer)
            case = actions.submit_case(case_id=case.id, answers=given, by=by)
            actions.advance_case(case_id=case.id)
            _print_end(queries.case_for(case.id, by=by))
        else:
            for question in case.questions:
                _console.print(f"asks: [bold]{question.label}[/bold]  (--answer {question.key}=…)")
    except SatuError as error:
        for key, sentence in getattr(error, "errors", {"": error}).items():
            _console.print(f"[red]✗[/red] {key} {sentence}")
        raise typer.Exit(1) from error


def _print_facts(case: "CaseView") -> None:
    from django.utils.timezone import localtime

    grid = Grid("fact", "value", "from", "as of")
    for fact in case.facts:
        as_of = f"{localtime(fact.as_of):%Y-%m-%d %H:%M}" if fact.as_of else ""
        grid.add_row(str(fact.label), fact.shown or f"[yellow]{fact.outcome}[/yellow]", str(fact.system_name), as_of)
    _console.print(grid)


def _print_end(case: "CaseView") -> None:
    from django.utils.timezone import localtime

    for step in case.timeline:
        at = f"{localtime(step.at):%H:%M:%S}" if step.at else "…"
        _console.print(f"{at} {step.text}" + (f" ({step.who})" if step.who else ""))
    if case.decision:
        decided = case.decision
        _console.print(f"[bold]{decided.result}[/bold] by row {decided.row} of {decided.table}: {decided.reason}")
        for label, shown in decided.values:
            _console.print(f"  {label}: {shown}")
    if case.document:
        _console.print(f"[green]✓[/green] {case.document.title} {case.document.code}")
    saved = case.savings
    counts = f"{saved.fields_avoided} fields, {saved.photocopies_avoided} photocopies, {saved.visits_avoided} visits"
    _console.print(f"saved: {counts}")
