"""`puntal secrets`: the key that seals stored secrets, whether it opens them, and sealing them anew."""

from __future__ import annotations

import asyncio

import psycopg
import typer

from puntal.entrypoints import sealed, shell
from puntal.entrypoints.opened import address, opened
from puntal.kit.errors import Refusal
from puntal.kit.sealing import KeyUnreadableError, new_key, sealer_of
from puntal.kit.settings import settings

app = typer.Typer(name="secrets", help="The key that seals stored secrets, and its rotation.", no_args_is_help=True)


@app.command("key")
def key() -> None:
    """Print a fresh key for PUNTAL_SECRET_KEY."""
    typer.echo(new_key())


@app.command("check")
def check(*, as_json: shell.Json = False) -> None:
    """Tell which stored secrets the keys that are here do not open."""
    try:
        with address() as (uri, _), psycopg.connect(uri, autocommit=True) as connection:
            stored = survey(connection)
        missing = sealed.lost(stored, sealer_of(settings()))
    except KeyUnreadableError as unreadable:
        shell.fail(str(unreadable), as_json=as_json)
    except shell.OUTAGES as outage:
        shell.fail(f"The database cannot be reached: {str(outage).strip()}", as_json=as_json, code=shell.UNAVAILABLE)
    total = sum(each.count for each in stored)
    if as_json:
        shell.say_json({"secrets": total, "plain": sealed.plain(stored), "lost": missing})
    elif missing:
        typer.echo("\n".join(["Not to be opened with the keys that are here:", *missing]))
    else:
        typer.echo(f"{total} secrets can be opened; {sealed.plain(stored)} of them are not sealed yet.")
    if missing:
        raise typer.Exit(shell.REFUSED)


@app.command("reseal")
def reseal(*, as_json: shell.Json = False) -> None:
    """Seal every stored secret by the present key; afterwards the old ones can go."""
    try:
        count = asyncio.run(_reseal())
    except (Refusal, KeyUnreadableError) as unreadable:
        shell.fail(str(unreadable), as_json=as_json)
    except shell.OUTAGES as outage:
        shell.fail(f"The database cannot be reached: {str(outage).strip()}", as_json=as_json, code=shell.UNAVAILABLE)
    if as_json:
        shell.say_json({"resealed": count})
    else:
        typer.echo(f"{count} secrets were sealed by the present key.")


def survey(connection: psycopg.Connection) -> list[sealed.Stored]:
    """Return what is stored, as the database's owner sees it."""
    rows = connection.execute(sealed.STORED).fetchall()
    return [sealed.Stored(kind=kind, key=name, count=count) for kind, name, count in rows]


async def _reseal() -> int:
    sealer = sealer_of(settings())
    async with opened() as database:
        return await sealed.reseal(database, sealer)
