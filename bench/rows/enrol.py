"""Enrolling a million people at once, beside a bare COPY of the rows that come of it into the same indexed tables."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from bench import program
from bench.context import row_of
from bench.table import Goal, Row
from puntal.entrypoints.programs import Programs
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.members.operations.bulk import import_many
from puntal.members.person import Membership

if TYPE_CHECKING:
    from pathlib import Path

    from bench.context import Context

GOAL = Goal(5, of="value", better="lower")
PEOPLE = 1_000_000
SHORT_PEOPLE = 50_000
TABLES = ("member", "identity", "member_token", "holder")
DATABASE = "bench_enrol"


async def run(ctx: Context) -> list[Row]:
    """Import, then copy the rows out and in again."""
    count = SHORT_PEOPLE if ctx.short else PEOPLE
    uri = await program.fresh(ctx.server, DATABASE)
    folder = ctx.disk / "copied"
    folder.mkdir(exist_ok=True)
    database = await Database.open(uri, size=4)
    try:
        program_id = await program.publish(database, program.document(), now=clock.now())

        async def enrol() -> int:
            async with database.program_transaction(program_id) as tx:
                # One transaction of minutes: longer than any statement of the API may take.
                await tx.execute("SET LOCAL statement_timeout = 0")
                membership = Membership.of((await Programs().current(tx, program_id)).newest.document)
                await import_many(tx, program_id, program.people(count), membership=membership, now=clock.now())
            return count

        done = await ctx.once(enrol)
        bare = await _copy(uri, folder)
    finally:
        await database.close()
        await program.drop(ctx.server, DATABASE)
    return [
        row_of(f"enrolment of {count:,} people", "people/s", [done]),
        Row(
            name="enrolment beside a bare COPY of its rows",
            value=done.seconds / bare,
            unit="times slower",
            goal=GOAL,
            note=f"{done.seconds:,.1f} s and {bare:,.1f} s",
        ),
    ]


async def _copy(uri: str, folder: Path) -> float:
    """Take all rows out, empty the tables, put them back; return the seconds of the last."""
    async with await psycopg.AsyncConnection.connect(uri, autocommit=True) as connection:
        for table in TABLES:
            with (folder / table).open("wb") as file:
                async with connection.cursor().copy(_sql("COPY {} TO STDOUT", table)) as out:
                    async for part in out:
                        file.write(part)
        for table in TABLES:
            await connection.execute(_sql("TRUNCATE {} CASCADE", table))
        await connection.execute("CHECKPOINT")
        began = time.perf_counter()
        async with connection.transaction():
            for table in TABLES:
                with (folder / table).open("rb") as file:
                    async with connection.cursor().copy(_sql("COPY {} FROM STDIN", table)) as into:
                        while part := file.read(1 << 20):
                            await into.write(part)
        return time.perf_counter() - began


def _sql(text: str, table: str) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(table))
