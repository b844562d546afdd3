"""`puntal award-history`: one rule over orders of the past, each order once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from puntal.entrypoints import shell
from puntal.entrypoints.history import Done, HistoryAwards, Wanted
from puntal.entrypoints.opened import opened
from puntal.entrypoints.programs import Programs
from puntal.kit.db import Database
from puntal.programs import queries
from puntal.programs.errors import ProgramNotFound

app = typer.Typer()

ACTOR = "command-line"
_DAYS = ["%Y-%m-%d"]
_MOST_SHOWN = 20


@app.command("award-history")
def award_history(
    program: Annotated[str, typer.Option("--program", "-p", help="Address of the program.")],
    rule: Annotated[str, typer.Option(help="Id of a rule on purchases of the published program.")],
    first: Annotated[datetime, typer.Option("--from", formats=_DAYS, help="First day, by the order's date.")],
    through: Annotated[datetime, typer.Option(formats=_DAYS, help="Last day, included.")],
    *,
    preview: Annotated[bool, typer.Option("--preview", help="Say what it would give, and write nothing.")] = False,
    as_json: shell.Json = False,
) -> None:
    """Give now what a rule would have given for orders of the past, net of refunds.

    Each order gets it once: a second run gives nothing, and one that was cut short goes on.
    """
    wanted = Wanted(rule, first.date(), through.date())
    done = shell.run(_award(program, wanted, preview=preview, quiet=as_json), as_json=as_json)
    totals = done.totals
    if as_json:
        shell.say_json(
            {
                "preview": preview,
                "orders": totals.orders,
                "awarded": totals.awarded,
                "members": totals.members,
                "points": totals.points,
                "failed_count": len(done.failed),
                "failed": done.failed[:_MOST_SHOWN],
            }
        )
    else:
        points = ", ".join(f"{amount} {wallet}" for wallet, amount in totals.points.items()) or "nothing"
        verb = "would get" if preview else "got"
        typer.echo(f"{totals.awarded} of {totals.orders} orders, {totals.members} members {verb}: {points}.")
        for order, code in done.failed[:_MOST_SHOWN]:
            typer.echo(f"  {order}: {code}", err=True)
    if done.failed:
        raise typer.Exit(shell.REFUSED)


async def _program_id(database: Database, slug: str) -> int:
    async with database.transaction() as tx:
        row = await queries.find_by_slug(tx, slug)
    if row is None:
        raise ProgramNotFound
    return row.id


async def _award(slug: str, wanted: Wanted, *, preview: bool, quiet: bool) -> Done:
    async with opened(size=2) as database:
        awards = HistoryAwards(database, Programs(), await _program_id(database, slug))
        with Console(stderr=True, quiet=quiet).status("Awarding") as status:

            def report(done: Done) -> None:
                status.update(f"{done.totals.orders} orders, {done.totals.awarded} awarded")

            return await awards.run(wanted, by=ACTOR, preview=preview, report=report)
