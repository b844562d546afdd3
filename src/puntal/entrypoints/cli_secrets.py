"""`puntal secrets`: the key that seals stored secrets, and sealing them anew by another."""

from __future__ import annotations

import asyncio

import typer

from puntal.access.errors_sign_in import SecretUnreadable
from puntal.access.operations import factors, sso
from puntal.entrypoints import shell
from puntal.entrypoints.opened import opened
from puntal.kit.sealing import KeyUnreadableError, new_key, sealer_of
from puntal.kit.settings import settings

app = typer.Typer(name="secrets", help="The key that seals stored secrets, and its rotation.", no_args_is_help=True)


@app.command("key")
def key() -> None:
    """Print a fresh key for PUNTAL_SECRET_KEY."""
    typer.echo(new_key())


@app.command("reseal")
def reseal(*, as_json: shell.Json = False) -> None:
    """Seal every stored secret by the present key; afterwards the old ones can go."""
    try:
        count = asyncio.run(_reseal())
    except (SecretUnreadable, KeyUnreadableError) as unreadable:
        shell.fail(str(unreadable), as_json=as_json)
    except shell.OUTAGES as outage:
        shell.fail(f"The database cannot be reached: {str(outage).strip()}", as_json=as_json, code=shell.UNAVAILABLE)
    if as_json:
        shell.say_json({"resealed": count})
    else:
        typer.echo(f"{count} secrets were sealed by the present key.")


async def _reseal() -> int:
    sealer = sealer_of(settings())
    async with opened() as database, database.transaction() as tx:
        return await factors.reseal(tx, sealer=sealer) + await sso.reseal(tx, sealer=sealer)
