"""`puntal vouchers`: codes by the million, from files and into files."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from puntal.entrypoints import shell
from puntal.entrypoints.opened import opened
from puntal.entrypoints.programs import Loaded, Programs
from puntal.kit import clock, ids
from puntal.kit.calendar import midnight
from puntal.kit.db import Database
from puntal.programs import queries
from puntal.programs.errors import ProgramNotFound
from puntal.rewards.api.batches import exported
from puntal.rewards.errors_vouchers import FileUnreadable, RewardHasNoVouchers
from puntal.rewards.model_vouchers import Batch, Imported
from puntal.rewards.operations import batches, vouchers

app = typer.Typer(name="vouchers", help="Codes of vouchers: make, import, export.", no_args_is_help=True)

ACTOR = "command-line"
_MOST_SHOWN = 20
_DAYS = ["%Y-%m-%d"]

Slug = Annotated[str, typer.Option("--program", "-p", help="Address of the program.")]
Reward = Annotated[str, typer.Option(help="Id of the reward they are for.")]
Name = Annotated[str, typer.Option(help="What you call the batch.")]
Through = Annotated[datetime | None, typer.Option(formats=_DAYS, help="Last day on which they can be used.")]


@app.command("generate")
def generate(  # noqa: PLR0913 - the options of a command
    program: Slug,
    reward: Reward,
    count: Annotated[int, typer.Option(min=1, max=batches.MOST_CODES, help="How many.")],
    name: Name = "",
    *,
    prefix: Annotated[str, typer.Option(help="Capital letters and digits before the random part, 8 at most.")] = "",
    length: Annotated[int, typer.Option(min=6, max=20, help="Characters after the prefix.")] = 12,
    through: Through = None,
    resume: Annotated[str | None, typer.Option(help="Id of a batch that was cut short: go on with it.")] = None,
    as_json: shell.Json = False,
) -> None:
    """Make a batch of codes and wait for it; cut short, go on with --resume."""
    done = shell.run(
        _generate(program, reward, count, name or reward, prefix, length, through, resume, quiet=as_json),
        as_json=as_json,
    )
    if as_json:
        shell.say_json({"batch_id": done.id, "made": done.made, "state": done.state})
    else:
        typer.echo(f"{done.made} codes in batch {done.id}.")


@app.command("import")
def import_codes(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV with a column 'code'.")],
    program: Slug,
    reward: Annotated[str | None, typer.Option(help="Id of the reward they are for; of a new batch.")] = None,
    name: Name = "",
    *,
    batch: Annotated[str | None, typer.Option(help="Id of an imported batch to add to.")] = None,
    through: Through = None,
    as_json: shell.Json = False,
) -> None:
    """Take codes in that were made elsewhere; lines that are not taken are named. The same file changes nothing."""
    id, done = shell.run(_import(file, program, reward, name or file.stem, batch, through), as_json=as_json)
    refused = [{"row": bad.row, "reason": bad.reason} for bad in done.refused]
    if as_json:
        shell.say_json({"batch_id": id, "taken": done.taken, "known": done.known, "refused": refused})
    else:
        typer.echo(f"{done.taken} codes taken into batch {id}, {done.known} known before, {len(refused)} refused.")
        for bad in done.refused[:_MOST_SHOWN]:
            typer.echo(f"  line {bad.row}: {bad.reason}", err=True)
    if refused:
        raise typer.Exit(shell.REFUSED)


@app.command("export")
def export(
    batch: Annotated[str, typer.Argument(help="Id of the batch.")],
    program: Slug,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
    *,
    as_json: shell.Json = False,
) -> None:
    """Write a batch of codes, with what became of each, as CSV. Whoever has the file has the codes."""
    count = shell.run(_export(batch, program, output, quiet=as_json), as_json=as_json)
    if as_json:
        shell.say_json({"batch_id": batch, "codes": count, "file": str(output)})
    else:
        typer.echo(f"{count} codes written to {output}.")


async def _loaded(database: Database, slug: str) -> Loaded:
    async with database.transaction() as tx:
        row = await queries.find_by_slug(tx, slug)
    if row is None:
        raise ProgramNotFound
    async with database.program_transaction(row.id) as tx:
        return await Programs().current(tx, row.id)


def _batch(loaded: Loaded, reward: str, name: str, *, kind: Any, through: datetime | None, **more: Any) -> Batch:  # noqa: ANN401 - fields of a batch
    """Return a batch of a reward as the program now says it."""
    newest = loaded.newest
    compiled = newest.rewards.get(reward)
    if compiled is None or compiled.written is None:
        raise RewardHasNoVouchers(reward=reward)
    now = clock.now() - loaded.clock_offset
    ends_at = None if through is None else midnight(newest.zone, through.date() + timedelta(days=1))
    issue = vouchers.issue_of(
        compiled,
        id=ids.new_id(),
        revision=newest.revision,
        currency=newest.currency,
        zone=newest.zone,
        now=now,
        origin="batch",
        ends_at=ends_at,
    )
    return Batch(
        id=issue.id,
        name=name,
        reward=reward,
        kind=kind,
        valid_from=issue.valid_from,
        ends_at=ends_at if kind == "imported" else issue.ends_at,
        currency=issue.currency,
        amount=issue.amount,
        terms=issue.terms,
        created_at=now,
        created_by=ACTOR,
        **more,
    )


async def _generate(  # noqa: PLR0913 - the options of a command
    slug: str,
    reward: str,
    count: int,
    name: str,
    prefix: str,
    length: int,
    through: datetime | None,
    resume: str | None,
    *,
    quiet: bool,
) -> Batch:
    async with opened(size=2) as database:
        loaded = await _loaded(database, slug)
        program = loaded.program_id
        async with database.program_transaction(program) as tx:
            if resume is None:
                wanted = _batch(
                    loaded, reward, name, kind="generated", through=through, state="making", prefix=prefix,
                    length=min(length, 20 - len(prefix)), wanted=count,
                )  # fmt: skip
                batch = await batches.create(tx, program, wanted)
            else:
                batch = await batches.load(tx, program, _id(resume))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as bar:
            task = bar.add_task(f"Batch {batch.id}", total=batch.wanted, completed=batch.made)
            while batch.state == "making":
                async with database.program_transaction(program) as tx:
                    await tx.execute("SET LOCAL statement_timeout = '5min'")
                    batch = await batches.generate(tx, program, batch.id, now=clock.now() - loaded.clock_offset)
                bar.update(task, completed=batch.made)
        return batch


async def _import(
    file: Path, slug: str, reward: str | None, name: str, batch: str | None, through: datetime | None
) -> tuple[UUID, Imported]:
    text = _read(file)
    async with opened(size=2) as database:
        loaded = await _loaded(database, slug)
        async with database.program_transaction(loaded.program_id) as tx:
            await tx.execute("SET LOCAL statement_timeout = '5min'")
            if batch is None:
                wanted = _batch(loaded, reward or "", name, kind="imported", through=through, state="done")
                id = (await batches.create(tx, loaded.program_id, wanted)).id
            else:
                id = _id(batch)
            now = clock.now() - loaded.clock_offset
            return id, await batches.import_codes(tx, loaded.program_id, id, text, zone=loaded.newest.zone, now=now)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as unreadable:
        raise FileUnreadable from unreadable


async def _export(batch: str, slug: str, output: Path, *, quiet: bool) -> int:
    async with opened(size=2) as database:
        loaded = await _loaded(database, slug)
        id = _id(batch)
        async with database.program_transaction(loaded.program_id) as tx:
            total = (await batches.load(tx, loaded.program_id, id)).made
        count = -1
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as bar, output.open("w", newline="") as out:
            task = bar.add_task("Writing", total=total)
            async for part in exported(database, loaded.program_id, id):
                out.write(part)
                count += part.count("\n")
                bar.update(task, completed=max(count, 0))
        return count


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise typer.BadParameter(f"'{written}' is not the id of a batch") from None
