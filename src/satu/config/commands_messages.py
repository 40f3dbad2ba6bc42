"""``satu messages``: the catalogues of translated text."""

import typer

app = typer.Typer(no_args_is_help=True, help="The translated texts: update, check, compile.")


@app.command()
def update() -> None:
    """Bring the catalogues in line with the code."""
    from satu.config import messages

    for po in messages.update():
        typer.echo(f"updated {po}")
    check()


@app.command()
def check() -> None:
    """Say which texts are not translated or no longer used."""
    from satu.config import messages

    found = list(messages.complaints())
    for complaint in found:
        typer.echo(str(complaint))
    if found:
        raise typer.Exit(1)
    typer.echo("Every text is translated, and every translation is used.")


@app.command("compile")
def compile_() -> None:
    """Compile what changed."""
    from satu.config import messages

    typer.echo(f"compiled {messages.compile_stale()}")
