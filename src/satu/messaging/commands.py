"""``satu notices``: what did not go out, and trying it again."""

from typing import Annotated
from uuid import UUID

import typer

app = typer.Typer(no_args_is_help=True, help="Notices to people: what did not go out, and trying it again.")


@app.command()
def failed() -> None:
    """List the messages that did not go out, with the reason and when they are tried again by themselves."""
    from satu.messaging import queries
    from satu.theme.jinja import moment

    found = queries.failed()
    for one in found:
        again = f"next try {moment(one.next_attempt_at)}" if one.next_attempt_at else "no try planned"
        why = f"{one.state}: {one.reason_label}" if one.reason else f"{one.state} since {moment(one.queued_at)}"
        typer.echo(f"{one.id}  {one.kind}  {one.channel} {one.shown_address}  {why}  {one.attempts} tries, {again}")
    if not found:
        typer.echo("Every message has gone out, or waits less than ten minutes.")


@app.command()
def retry(
    ids: Annotated[list[UUID] | None, typer.Argument(help="Of which messages; all failed ones with --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every message that has not gone out.")] = False,
) -> None:
    """Try messages again now."""
    from satu.identity.types import SYSTEM
    from satu.kernel.errors import SatuError
    from satu.messaging import actions, queries

    wanted = [one.id for one in queries.failed(limit=10_000)] if every else ids or []
    if not wanted and not every:
        raise typer.BadParameter("say which messages, or --all")
    refused = False
    for delivery_id in wanted:
        try:
            actions.retry_delivery(delivery_id=delivery_id, by=SYSTEM)
        except SatuError as error:
            refused = True
            typer.echo(f"{delivery_id}: {error}", err=True)
    if refused:
        raise typer.Exit(1)
    typer.echo(f"{len(wanted)} message(s) are being tried again.")
