"""`puntal simulate` and `puntal export`: what a draft would have done, and rows as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from puntal.entrypoints import shell
from puntal.entrypoints.opened import opened
from puntal.insight.exports import making
from puntal.insight.exports import operations as exports
from puntal.insight.exports.model import Export, Filters, Format, Kind, Language
from puntal.insight.simulation import operations, running
from puntal.insight.simulation.model import LEAST_DAYS, MOST_DAYS, USUAL_DAYS
from puntal.insight.simulation.outcome import ImpactOut, spoken
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.kit.settings import settings
from puntal.programs import queries, source
from puntal.programs.errors import ProgramNotFound

app = typer.Typer()

ACTOR = "command-line"
_LOOK_SECONDS = 0.5
_DAYS = ["%Y-%m-%d"]
Slug = Annotated[str, typer.Option("--program", "-p", help="Address of the program.")]


@app.command("simulate")
def simulate(
    draft: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A YAML or JSON document.")],
    program: Slug,
    *,
    days: Annotated[
        int, typer.Option(min=LEAST_DAYS, max=MOST_DAYS, help="How many local days, today included.")
    ] = USUAL_DAYS,
    as_json: shell.Json = False,
) -> None:
    """Decide the last days again, by the live program and by a draft, and tell what differs. Nothing is changed."""
    text = draft.read_text(encoding="utf-8")
    found = shell.run(_simulate(program, text, days, json=draft.suffix == ".json", quiet=as_json), as_json=as_json)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        _show(found)


async def _simulate(slug: str, text: str, days: int, *, json: bool, quiet: bool) -> ImpactOut:
    document = source.load_json(text) if json else source.load_yaml(text)
    async with opened(size=4) as database:
        program_id, offset = await _program(database, slug)
        now = clock.now() - offset
        async with database.program_transaction(program_id) as tx:
            asked = await operations.start(tx, program_id, document, days=days, note="", by=ACTOR, now=now, defer=False)

        async def look() -> tuple[int, int | None]:
            async with database.program_transaction(program_id) as tx:
                one = await operations.load(tx, program_id, asked.id)
            return one.events_done, one.events_total

        work = running.run(database, program_id, asked.id, now=now)
        if not await _watched("Simulating", work, look, quiet=quiet):
            raise RuntimeError("Somebody cancelled the simulation.")
        async with database.program_transaction(program_id) as tx:
            done = await operations.load(tx, program_id, asked.id)
    assert done.result is not None, "it is done"
    return spoken(done.result, settings().locale)


def _show(found: ImpactOut) -> None:
    typer.echo(f"{found.events} events of {found.members} members, each under both programs.")
    if found.same:
        typer.echo("Nothing would have been different.")
        return
    typer.echo(
        f"{found.members_differing} members differ; {found.members_up} in a higher tier, {found.members_down} in a"
        f" lower one; expected cost {found.cost_minor.difference:+} minor units {found.currency}."
    )
    shell.show_table(
        ("Wallet", "Earned, live", "Draft", "Difference", "Cost, minor units"),
        [
            (one.wallet, str(one.earned.live), str(one.earned.draft), f"{one.earned.difference:+}",
             f"{one.cost_minor.difference:+}")
            for one in found.wallets
        ],
    )  # fmt: skip
    shell.show_table(
        ("Rule", "Wallet", "Live", "Draft", "Difference"),
        [
            (one.rule, one.wallet, str(one.points.live), str(one.points.draft), f"{one.points.difference:+}")
            for one in found.rules
        ],
    )


@app.command("export")
def export(
    kind: Annotated[str, typer.Argument(help="members, orders, transfers, redemptions, vouchers, events or audit.")],
    file: Annotated[Path, typer.Argument(dir_okay=False, writable=True, help="Where to; .csv or .xlsx.")],
    program: Slug,
    *,
    first: Annotated[datetime | None, typer.Option("--from", formats=_DAYS, help="First day.")] = None,
    through: Annotated[datetime | None, typer.Option(formats=_DAYS, help="Last day, included.")] = None,
    segment: Annotated[str | None, typer.Option(help="Of members: who is in it.")] = None,
    words: Annotated[Language | None, typer.Option(help="For people: columns, names and local times in words.")] = None,
    as_json: shell.Json = False,
) -> None:
    """Write rows to a CSV or XLSX file; what spreadsheets would run is text in it."""
    if kind not in Kind.__args__:  # type: ignore[attr-defined] # a Literal has them
        shell.fail(f"There is no export of {kind}; see --help.", as_json=as_json)
    format = file.suffix.removeprefix(".").lower()
    if format not in Format.__args__:  # type: ignore[attr-defined] # a Literal has them
        shell.fail("Name a file that ends in .csv or .xlsx.", as_json=as_json)
    filters = Filters(
        since=None if first is None else first.date(),
        through=None if through is None else through.date(),
        segment=segment,
        words=words,
    )
    done = shell.run(_export(program, kind, format, filters, file, quiet=as_json), as_json=as_json)  # type: ignore[arg-type] # both were looked at
    if as_json:
        shell.say_json({"file": str(file), "rows": done.rows_done, "bytes": done.size})
    else:
        typer.echo(f"{done.rows_done} rows in {file}.")


async def _export(slug: str, kind: Kind, format: Format, filters: Filters, file: Path, *, quiet: bool) -> Export:
    async with opened(size=4) as database:
        program_id, _ = await _program(database, slug)
        now = clock.now()
        async with database.program_transaction(program_id) as tx:
            asked = await exports.start(tx, program_id, kind, format, filters, by=ACTOR, now=now, defer=False)

        async def look() -> tuple[int, int | None]:
            async with database.program_transaction(program_id) as tx:
                return (await exports.load(tx, program_id, asked.id)).rows_done, None

        work = making.make(database, program_id, asked.id, now=now)
        if not await _watched("Exporting", work, look, quiet=quiet):
            raise RuntimeError("Somebody cancelled the export.")
        async with database.program_transaction(program_id) as tx:
            done = await exports.fetched(tx, program_id, asked.id, by=ACTOR, now=now)
        await _save(database, program_id, asked.id, file)
    return done


async def _save(database: Database, program_id: int, id: UUID, file: Path) -> None:
    with file.open("wb") as out:
        async for data in exports.pieces(database, program_id, id):
            out.write(data)


async def _program(database: Database, slug: str) -> tuple[int, timedelta]:
    async with database.transaction() as tx:
        row = await queries.find_by_slug(tx, slug)
    if row is None:
        raise ProgramNotFound
    return row.id, row.clock_offset


async def _watched(
    what: str,
    work: Awaitable[bool],
    look: Callable[[], Awaitable[tuple[int, int | None]]],
    *,
    quiet: bool,
) -> bool:
    """Wait for the work, and show how far it is."""
    task = asyncio.ensure_future(work)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True, quiet=quiet), transient=True) as bar:
        shown = bar.add_task(what, total=None)
        while not task.done():
            done, total = await look()
            bar.update(shown, completed=done, total=total)
            await asyncio.wait([task], timeout=_LOOK_SECONDS)
    return await task
