"""``satu officers``: the first administrator of an agency. The other officers are looked after on the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

app = typer.Typer(help="Officers of the agencies: the first administrator of each.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="Her work address; she signs in with it.")]


@app.command()
def appoint(
    login: Login,
    name: Annotated[str, typer.Option(help="Her name.")],
    agency: Annotated[str, typer.Option(help="A code of city.yaml.")],
) -> None:
    """Make somebody an agency's administrator, and send her the invitation with which she opens her account."""
    from satu.messaging.actions import appoint_administrator

    with _refusals():
        appoint_administrator(login=login, name=name, agency=agency)
    _tell(login)


@app.command()
def invite(login: Login) -> None:
    """Send the invitation again, to whoever has not opened her account yet; the one before opens nothing any more."""
    from satu.messaging.actions import invite_again

    with _refusals():
        invite_again(login=login)
    _tell(login)


def _tell(login: str) -> None:
    from satu.identity.invitations import INVITATION_HOLDS

    days = INVITATION_HOLDS.days
    typer.echo(f"An invitation goes to {login}: a link and a code, which hold for {days} days. A worker sends it;")
    typer.echo("`satu notices failed` says if it did not go out, `satu officers invite` sends another one.")


@contextmanager
def _refusals() -> Iterator[None]:
    from satu.kernel.errors import SatuError

    try:
        yield
    except SatuError as error:
        typer.echo(str(error.sentence), err=True)
        raise typer.Exit(1) from error
