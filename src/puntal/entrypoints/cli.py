"""`puntal`: everything that is done from a shell."""

from __future__ import annotations

from typing import Annotated

import typer

from puntal.entrypoints.cli_access import keys_app, staff_app
from puntal.entrypoints.cli_program import app as program_app
from puntal.kit.settings import settings

app = typer.Typer(
    name="puntal",
    help="Loyalty programs on your own machine: points, tiers, wallets, rules and budgets.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(program_app)
app.add_typer(keys_app)
app.add_typer(staff_app)


@app.command("serve")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
    workers: Annotated[int | None, typer.Option(help="Processes.", min=1, max=256)] = None,
    *,
    insecure: Annotated[bool, typer.Option("--insecure", help="Listen beyond this machine without an owner.")] = False,
) -> None:
    """Serve the API; several processes share the port."""
    from puntal.entrypoints import serving  # noqa: PLC0415 - other commands need no server

    given = {"host": host, "port": port, "workers": workers}
    chosen = settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    serving.serve(chosen, insecure=insecure)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
