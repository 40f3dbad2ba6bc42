"""``satu names``: the name index."""

import time

import typer

app = typer.Typer(no_args_is_help=True, help="The index of names.")


@app.callback()
def names() -> None:
    """Keep ``rebuild`` a command of a group."""


@app.command()
def rebuild() -> None:
    """Make the index anew from the register. Searching goes on meanwhile."""
    from satu.registry.search.actions import rebuild as make_anew

    started = time.monotonic()
    made = make_anew()
    typer.echo(f"{made.residents:,} residents, {made.names:,} names of {made.words:,} words")
    typer.echo(f"{time.monotonic() - started:.1f} s")
