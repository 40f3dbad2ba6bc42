"""``satu maintenance``: the page that stands for every other one while something is being worked on."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The maintenance page: on, off, or how it stands.")


@app.command()
def on(
    *, until: Annotated[str, typer.Option(help='When it will be over, as people write it: "14.30".')] = ""
) -> None:
    """Show everybody that Satu is being worked on. Workers are another matter: stop them yourself."""
    from satu.theme import maintenance

    maintenance.begin(until=until)
    typer.echo("Every page now says that Satu is being worked on. Over: satu maintenance off")


@app.command()
def off() -> None:
    """Show the pages again."""
    from satu.theme import maintenance

    maintenance.end()
    typer.echo("The pages are there again.")


@app.command()
def status() -> None:
    """Say how it stands; exit code 1 while Satu is being worked on."""
    from satu.theme import maintenance

    until = maintenance.until()
    if until is not None:
        typer.echo(f"Satu is being worked on{f', until {until}' if until else ''}.")
        raise typer.Exit(1)
    typer.echo("The pages are there.")
