"""`puntal`: everything that is done from a shell."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError

from puntal.entrypoints import cli_data, cli_database, cli_doctor, cli_history, cli_run, shell
from puntal.entrypoints.cli_access import keys_app, staff_app
from puntal.entrypoints.cli_program import app as program_app
from puntal.kit import logging
from puntal.kit.settings import settings

app = typer.Typer(
    name="puntal",
    help="Loyalty programs on your own machine: points, tiers, wallets, rules and budgets.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for part in (cli_run, cli_data, cli_history, cli_database, cli_doctor):
    app.registered_commands += part.app.registered_commands
app.add_typer(program_app)
app.add_typer(keys_app)
app.add_typer(staff_app)
app.add_typer(cli_database.db_app)


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


def main() -> None:
    """Run the command line; a setting that cannot be read is named."""
    try:
        # What is asked for goes to standard output, all else to standard error; servers say more than commands.
        logging.configure(settings().model_copy(update={"log_level": "warning", "log_format": "pretty"}))
    except ValidationError as wrong:
        for each in wrong.errors(include_url=False, include_input=False):
            typer.echo(f"PUNTAL_{str(each['loc'][0]).upper()}: {each['msg']}", err=True)
        raise SystemExit(2) from None
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
