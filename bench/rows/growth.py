"""What an event costs when few are stored, and when millions are: processor time, ours and the database's."""

from __future__ import annotations

import os
import statistics
from typing import TYPE_CHECKING

import psycopg

from bench import program
from bench.load import BATCH, Stream
from bench.machine import cpu_seconds
from bench.table import Goal, Row
from puntal.kit.db import Database

if TYPE_CHECKING:
    from bench.context import Context

GOAL = Goal(1.2, of="value", better="lower")
FEW, MANY = 10_000, 2_000_000
SHORT_FEW, SHORT_MANY = 2_000, 50_000
MEASURED_BATCHES = 10
WARMING_BATCHES = 200
DATABASE = "bench_growth"
LARGEST_CHUNK = 20
"""Copies of everything between two checkpoints, so that the log does not fill the memory."""

NUMBER = """
CREATE TEMPORARY TABLE numbered AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM member;
CREATE UNIQUE INDEX ON numbered (n);
CREATE UNIQUE INDEX ON numbered (id);
CREATE TEMPORARY TABLE told AS
  SELECT e.program_id, e.id AS event, o.order_id, o.source, e.type, n.n, e.member_id, e.occurred_at, e.recorded_at,
    o.day, o.net_minor, o.total_minor
  FROM event e
  JOIN shop_order o ON o.program_id = e.program_id AND o.event_id = e.id
  JOIN numbered n ON n.id = e.member_id;
ANALYZE numbered;
ANALYZE told
"""

_COPIES = """
FROM told t
CROSS JOIN generate_series(%(first)s::integer, %(last)s::integer) AS copy (n)
JOIN numbered m ON m.n = (t.n + copy.n * 5003) %% %(members)s::integer
"""
"""What happened to one member had happened to another some days before; words are left out, they are read by nobody."""

FILL = (
    f"""
INSERT INTO event (program_id, id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint, body,
  outcome)
SELECT t.program_id, t.event || '-' || copy.n, t.type, t.source, m.id, t.occurred_at - copy.n * interval '1 day',
  t.recorded_at, 1, md5(t.event), '{{}}', '{{"status":"awarded"}}'
{_COPIES}""",
    f"""
INSERT INTO shop_order (program_id, source, order_id, member_id, state, event_id, occurred_at, day, currency,
  net_minor, total_minor, lines)
SELECT t.program_id, t.source, t.order_id || '-' || copy.n, m.id, 'earned', t.event || '-' || copy.n,
  t.occurred_at - copy.n * interval '1 day', t.day - copy.n, 'EUR', t.net_minor, t.total_minor, '[]'
{_COPIES}""",
    f"""
INSERT INTO transfer (program_id, holder_id, id, wallet, kind, source, destination, amount, effective_at, recorded_at,
  event_id, rule)
SELECT t.program_id, m.id, gen_random_uuid(), 0, 'points.earned', 'issued', 'available', 10,
  t.occurred_at - copy.n * interval '1 day', t.recorded_at, t.event || '-' || copy.n, 'filler' || part
{_COPIES}CROSS JOIN generate_series(1, 4) AS part
""",
    f"""
INSERT INTO lot (program_id, holder_id, id, wallet, amount, remaining, expired, earned_at, starts_at, ends_at, event_id)
SELECT t.program_id, m.id, gen_random_uuid(), 0, 20, 0, 20, t.occurred_at - copy.n * interval '1 day', t.occurred_at,
  t.occurred_at, t.event || '-' || copy.n
{_COPIES}CROSS JOIN generate_series(1, 2) AS part
""",
    f"""
INSERT INTO activity (program_id, member_id, metric, key, day, count, amount)
SELECT DISTINCT ON (m.id, t.day - copy.n) t.program_id, m.id, 'orders', '', t.day - copy.n, 1, t.net_minor
{_COPIES}ON CONFLICT DO NOTHING
""",
)


async def run(ctx: Context) -> list[Row]:
    """Measure, fill, measure again."""
    few, many = (SHORT_FEW, SHORT_MANY) if ctx.short else (FEW, MANY)
    prepared = await program.prepare(ctx.server, DATABASE, ctx.members)
    database = await Database.open(prepared.uri, size=4)
    stream = Stream(database, prepared)
    try:
        await stream.start()
        missing = max(0, few - stream.following)
        await stream.take(stream.next_batches(-(-missing // BATCH)))
        at_few = await _cost(ctx, stream)
        stored = stream.following
        copies = -(-(many - stored) // stored)
        await _fill(prepared, copies)
        # Plans are made anew for tables of another size, as autovacuum would have them made; and each page that is
        # touched for the first time since the filling's checkpoint goes to the log whole, which is no cost of growth.
        await stream.take(stream.next_batches(8 if ctx.short else WARMING_BATCHES))
        at_many = await _cost(ctx, stream)
    finally:
        await database.close()
        await program.drop(ctx.server, DATABASE)
    return [
        Row(
            name=f"cost of an event: {stored * (copies + 1):,} stored against {stored:,}",
            value=at_many / at_few,
            unit="times",
            goal=GOAL,
            note=f"{at_many:,.0f} us and {at_few:,.0f} us of processor time",
        )
    ]


async def _cost(ctx: Context, stream: Stream) -> float:
    """Return microseconds of processor time per event, the median of several measurements."""
    costs = []
    for _ in range(max(3, ctx.rounds)):
        batches = stream.next_batches(4 if ctx.short else MEASURED_BATCHES)
        before = cpu_seconds(os.getpid()) + cpu_seconds(ctx.server.pid)
        done = await stream.take(batches)
        costs.append((cpu_seconds(os.getpid()) + cpu_seconds(ctx.server.pid) - before) * 1e6 / done)
    return statistics.median(costs)


async def _fill(prepared: program.Prepared, copies: int) -> None:
    async with await psycopg.AsyncConnection.connect(prepared.uri, autocommit=True) as connection:
        await connection.execute(NUMBER.encode())
        for first in range(1, copies + 1, LARGEST_CHUNK):
            last = min(first + LARGEST_CHUNK - 1, copies)
            for statement in FILL:
                await connection.execute(
                    statement.encode(), {"first": first, "last": last, "members": prepared.members}
                )
            await connection.execute("CHECKPOINT")
        await connection.execute("VACUUM (ANALYZE)")
