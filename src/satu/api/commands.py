"""`satu api`: the interface for programs."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The interface for programs: its OpenAPI document.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """A group even while it has one command only."""


@app.command()
def document(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("docs/api/openapi.json"),
) -> None:
    """Write the OpenAPI document, as it is served at /api/openapi.json."""
    from satu.api import openapi

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(openapi.as_text(), encoding="utf-8")
    typer.echo(str(path))
