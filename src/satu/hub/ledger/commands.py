"""``satu ledger``: the access ledger, as an operator or an auditor asks about it."""

import base64
import binascii
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The access ledger: its tree head, sealing, and proof that it is whole.")


@app.command()
def head() -> None:
    """Print the newest tree head as SIZE:ROOT (worth noting down elsewhere), and what waits to be sealed."""
    from satu.hub.ledger.queries import backlog, tree_head

    newest, waiting = tree_head(), backlog()
    if newest is None:
        typer.echo("Nothing has been sealed yet.")
    else:
        typer.echo(
            f"{newest.size}:{base64.b64encode(newest.root).decode()}  sealed {newest.sealed_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    since = f", the oldest since {waiting.since:%Y-%m-%d %H:%M:%S} UTC" if waiting.since else ""
    typer.echo(f"{waiting.entries} entries wait to be sealed{since}.")


@app.command()
def seal() -> None:
    """Seal now, until nothing is left that can be sealed (the worker does this all the time)."""
    from satu.hub.ledger.actions import seal as seal_batch

    entries = 0
    while sealed := seal_batch():
        entries += sealed.entries
    typer.echo(f"{entries} entries sealed.")
    head()


@app.command()
def verify(
    remembered: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SIZE:ROOT", help="A head noted elsewhere, as `satu ledger head` prints it; repeatable."
        ),
    ] = None,
) -> None:
    """Recompute the whole tree from the entries. Exit code 1 when something was changed; it is named."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from satu.hub.ledger.verification import verify as verify_ledger

    heads = [_read_head(text) for text in remembered or []]
    columns = (TextColumn("Recomputing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("")
        report = verify_ledger(
            remembered=heads, progress=lambda done, size: bar.update(task, completed=done, total=size)
        )
    for finding in report.findings:
        typer.echo(finding)
    if report.wrong > len(report.findings):
        typer.echo(f"... and {report.wrong - len(report.findings)} more.")
    if not report.holds:
        typer.echo(f"The ledger is NOT what was sealed ({report.leaves} leaves, {report.heads} heads checked).")
        raise typer.Exit(1)
    typer.echo(
        f"The ledger is what was sealed: {report.leaves} entries and {report.heads} heads recomputed and right."
    )
    typer.echo(f"{report.leaves}:{base64.b64encode(report.root).decode()}")


def _read_head(text: str) -> tuple[int, bytes]:
    size, _, root = text.partition(":")
    try:
        return int(size), base64.b64decode(root, validate=True)
    except (ValueError, binascii.Error) as error:
        raise typer.BadParameter(f"{text!r} is not SIZE:ROOT as `satu ledger head` prints it") from error
