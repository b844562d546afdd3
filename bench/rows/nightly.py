"""A night in which something of everybody's ends, and one in which everybody's tier is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import psycopg

from bench import program
from bench.table import Row
from puntal.entrypoints.nights import run_night
from puntal.entrypoints.programs import Programs
from puntal.kit import clock
from puntal.kit.db import Database

if TYPE_CHECKING:
    from bench.context import Context, Work

DATABASE = "bench_nightly"


class UnexpectedError(RuntimeError):
    """A night did something else than was prepared."""


GIVE_LOTS = """
-- To everybody 100 points that have ended.
WITH given AS (
  INSERT INTO lot (program_id, holder_id, id, wallet, amount, remaining, earned_at, starts_at, ends_at)
  SELECT program_id, id, gen_random_uuid(), 0, 100, 100, %(earned_at)s, %(earned_at)s, %(ends_at)s
  FROM holder
  RETURNING program_id, holder_id
), posted AS (
  INSERT INTO transfer (program_id, holder_id, id, wallet, kind, source, destination, amount, effective_at, recorded_at)
  SELECT program_id, holder_id, gen_random_uuid(), 0, 'points.earned', 'issued', 'available', 100, %(earned_at)s,
    %(earned_at)s
  FROM given
)
UPDATE holder SET available = '{100,0}', pending = '{0,0}', held = '{0,0}', debt = '{0,0}', settled_to = %(earned_at)s,
  due_at = %(ends_at)s
"""

GIVE_TIERS = """
-- To everybody silver, with the points of this year and the last that decide whether it is kept.
UPDATE holder SET review_on = %(day)s, running = json_build_object('tiers', json_build_object('club', json_build_object(
  't', 'silver', 's', %(since)s::text, 'c', json_build_object(%(year)s::text, 400, %(before)s::text, 700))))
"""


async def run(ctx: Context) -> list[Row]:
    """Run both nights once: what they do cannot be done again."""
    prepared = await program.prepare(ctx.server, DATABASE, ctx.members)
    database = await Database.open(prepared.uri, size=4)
    once = replace(ctx, rounds=1)
    today = clock.now().date()
    earned_at = clock.now() - timedelta(days=365)
    try:
        await _execute(prepared.uri, GIVE_LOTS, {"earned_at": earned_at, "ends_at": clock.now() - timedelta(days=2)})
        expiry = await once.alone("nightly expiry", _night(database, prepared, today, "settle"), unit="members/s")
        tomorrow = today + timedelta(days=1)
        names = {
            "day": tomorrow,
            "since": f"{today.year - 1}-06-01",
            "year": str(today.year),
            "before": str(today.year - 1),
        }
        await _execute(prepared.uri, GIVE_TIERS, names)
        tiers = await once.alone("nightly tiers", _night(database, prepared, tomorrow, "tiers"), unit="members/s")
        return [expiry, tiers]
    finally:
        await database.close()
        await program.drop(ctx.server, DATABASE)


def _night(database: Database, prepared: program.Prepared, day: date, step: str) -> Work:
    async def one_round() -> int:
        done = await run_night(database, Programs(), prepared.program_id, day)
        if done[step] != prepared.members:
            raise UnexpectedError(f"{done[step]} of {prepared.members} members in step {step}")
        return done[step]

    return one_round


async def _execute(uri: str, statement: str, names: dict[str, object]) -> None:
    async with await psycopg.AsyncConnection.connect(uri, autocommit=True) as connection:
        await connection.execute(statement.encode(), names)
        await connection.execute("VACUUM (ANALYZE)")
