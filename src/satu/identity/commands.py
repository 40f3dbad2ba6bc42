"""``satu officers``: the first administrator of an agency. The others are looked after on the desk."""

from typing import Annotated

import typer

app = typer.Typer(help="Officers of the agencies.", no_args_is_help=True)


@app.callback()
def officers() -> None:
    """Officers of the agencies."""


@app.command()
def appoint(
    login: Annotated[str, typer.Argument(help="Her work address; she signs in with it.")],
    name: Annotated[str, typer.Option(help="Her name.")],
    agency: Annotated[str, typer.Option(help="A code of city.yaml.")],
) -> None:
    """Make somebody an agency's administrator. She opens the account herself, with a code sent to her address."""
    from satu.identity.officers import appoint_administrator
    from satu.kernel.errors import SatuError

    try:
        appoint_administrator(login=login, name=name, agency=agency)
    except SatuError as error:
        typer.echo(str(error.sentence), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{login} can open her account now, at /akun/pulih/ of this installation.")
