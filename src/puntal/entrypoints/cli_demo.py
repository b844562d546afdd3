"""`puntal demo`: a year of a supermarket."""

from __future__ import annotations

from typing import Annotated

import typer

from puntal.entrypoints import shell

app = typer.Typer()


@app.command("demo")
def demo(
    *,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the result.")] = True,
    as_json: shell.Json = False,
) -> None:
    """Build a supermarket's year from real purchases, re-add its books, and serve it."""
    try:
        from puntal.entrypoints.demo import command  # noqa: PLC0415 - needs the extra `demo`
    except ModuleNotFoundError as missing:
        shell.fail(f"The demo needs its extra: pip install 'puntal[demo]' ({missing.name})", as_json=as_json)
    raise typer.Exit(command.run(serve=serve, as_json=as_json))
