"""``satu insight``: the figures of city hall."""

import typer

app = typer.Typer(help="The figures of city hall, counted from events.", no_args_is_help=True)


@app.command()
def rebuild() -> None:
    """Make every figure again from the events. The pages show the old ones until it is done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from satu.insight import actions
    from satu.services.queries.statistics import sent

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("Requests", total=sent())
        cases = actions.rebuild(lambda more: progress.advance(task, more))
    typer.echo(f"{cases:,} requests counted")


@app.command()
def fold() -> None:
    """Count now what the worker counts every twenty seconds."""
    from satu.insight import actions

    typer.echo(f"{actions.fold():,} requests counted")
