"""`puntal`: everything that is done from a shell.

Only the module of the command that was asked for is imported: together they take seconds on a small machine.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer
from pydantic import ValidationError

from puntal.kit import logging
from puntal.kit.settings import settings

PARTS = {
    "up": "cli_run",
    "serve": "cli_run",
    "work": "cli_run",
    "replay": "cli_data",
    "verify": "cli_data",
    "award-history": "cli_history",
    "simulate": "cli_insight",
    "export": "cli_insight",
    "backup": "cli_database",
    "restore": "cli_database",
    "doctor": "cli_doctor",
    "config": "cli_doctor",
    "demo": "cli_demo",
    "db": "cli_database",
    "program": "cli_program",
    "keys": "cli_access",
    "staff": "cli_access",
    "secrets": "cli_secrets",
    "vouchers": "cli_vouchers",
    "money": "cli_money",
    "gift-cards": "cli_gift_cards",
}
"""Command to the module that has it."""


def application(command: str | None = None) -> typer.Typer:
    """Return the command line with one command's module, or with all of them."""
    app = typer.Typer(
        name="puntal",
        help="Loyalty programs on your own machine: points, tiers, wallets, rules and budgets.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )

    @app.callback()
    def puntal() -> None:
        """Loyalty programs on your own machine: points, tiers, wallets, rules and budgets."""

    wanted = {PARTS[command]} if command in PARTS else dict.fromkeys(PARTS.values())
    for name in wanted:
        module = import_module(f"puntal.entrypoints.{name}")
        for part in (value for value in vars(module).values() if isinstance(value, typer.Typer)):
            if part.info.name:
                app.add_typer(part)
            else:
                app.registered_commands += part.registered_commands
    return app


def __getattr__(name: str) -> typer.Typer:
    """Give whoever runs it from Python the whole command line, as `app`."""
    if name == "app":
        return application()
    raise AttributeError(name)


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
        application(sys.argv[1] if len(sys.argv) > 1 else None)()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
