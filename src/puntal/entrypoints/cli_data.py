"""`puntal replay|verify`: history in, and the books re-added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from puntal.entrypoints import shell
from puntal.entrypoints.opened import opened
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.replay import Progress as Done
from puntal.entrypoints.replay import Replay
from puntal.entrypoints.verifying import verify as verify_books
from puntal.kit import garbage
from puntal.kit.db import Database
from puntal.ledger.model import Disagreement
from puntal.programs import queries
from puntal.programs.errors import ProgramNotFound

app = typer.Typer()

Slug = Annotated[str, typer.Option("--program", "-p", help="Address of the program.")]
_MOST_SHOWN = 20

ALL = "SELECT id, slug FROM program ORDER BY slug"


@app.command("replay")
def replay(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="One event a line, oldest first.")
    ],
    program: Slug,
    *,
    set_clock: Annotated[
        bool, typer.Option("--set-clock/--keep-clock", help="Let the program's clock go on from the last event.")
    ] = True,
    as_json: shell.Json = False,
) -> None:
    """Decide a history of events, each as of its own time, with the program's nights in between.

    A second run changes nothing.
    """
    done = shell.run(_replay(file, file.stat().st_size, program, set_clock=set_clock, quiet=as_json), as_json=as_json)
    if as_json:
        shell.say_json(done)
    else:
        typer.echo(
            f"{done['events']} events, {done['replayed']} of them known before, {done['nights']} nights,"
            f" {done['refused_count']} refused."
        )
        for id, code in done["refused"]:
            typer.echo(f"  {id}: {code}", err=True)
    if done["refused_count"]:
        raise typer.Exit(shell.REFUSED)


@app.command("verify")
def verify(
    program: Annotated[str | None, typer.Option("--program", "-p", help="One program; without, all.")] = None,
    *,
    recent: Annotated[
        bool, typer.Option("--recent/--full", help="Only since the last closed day, as every night; or all of it.")
    ] = False,
    as_json: shell.Json = False,
) -> None:
    """Re-add the books: transfers, balances, lots, usage, orders. Exit code 1 when two sides disagree."""
    found = shell.run(_verify(program, recent=recent), as_json=as_json)
    wrong = any(any(checks.values()) for checks in found.values())
    if as_json:
        shell.say_json({"ok": not wrong, "programs": found})
    else:
        for slug, checks in found.items():
            _tell(slug, checks)
        if not found:
            typer.echo("There is no program yet.")
    if wrong:
        raise typer.Exit(shell.REFUSED)


async def _program_id(database: Database, slug: str) -> int:
    async with database.transaction() as tx:
        row = await queries.find_by_slug(tx, slug)
    if row is None:
        raise ProgramNotFound
    return row.id


async def _replay(file: Path, size: int, slug: str, *, set_clock: bool, quiet: bool) -> dict[str, Any]:
    async with opened(size=4) as database:
        garbage.settle()
        run = Replay(database, Programs(), await _program_id(database, slug))
        console = Console(stderr=True, quiet=quiet)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("Replaying", total=size)
            read = 0

            def lines() -> Iterator[bytes]:
                nonlocal read
                with file.open("rb") as source:
                    for line in source:
                        read += len(line)
                        if line.strip():
                            yield line

            def report(progress: Done) -> None:
                day = "" if progress.last is None else f"{progress.last:%Y-%m-%d}"
                bar.update(task, completed=read, description=f"Replaying {day}")

            done = await run.run(lines(), report=report, set_clock=set_clock)
    return {
        "events": done.events,
        "replayed": done.replayed,
        "nights": done.nights,
        "refused_count": len(done.refused),
        "refused": done.refused[:_MOST_SHOWN],
    }


async def _verify(slug: str | None, *, recent: bool) -> dict[str, dict[str, list[Disagreement]]]:
    async with opened(size=2) as database:
        async with database.transaction() as tx:
            rows = await (await tx.execute(ALL)).fetchall()
        wanted = [(id, name) for id, name in rows if slug in {None, name}]
        if slug is not None and not wanted:
            raise ProgramNotFound
        return {name: await verify_books(database, id, recent=recent) for id, name in wanted}


def _tell(slug: str, checks: dict[str, list[Disagreement]]) -> None:
    for check, wrong in checks.items():
        typer.echo(f"{slug}: {check}: {'right' if not wrong else f'{len(wrong)} disagree'}")
        _tell_wrong(wrong)


def _tell_wrong(wrong: Sequence[Disagreement]) -> None:
    for one in wrong[:_MOST_SHOWN]:
        typer.echo(f"  {one}")
    if len(wrong) > _MOST_SHOWN:
        typer.echo(f"  and {len(wrong) - _MOST_SHOWN} more")
