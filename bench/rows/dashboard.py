"""How long the home screen takes over millions of events, and how fast the sums it reads are made the first time."""

from __future__ import annotations

import itertools
import statistics
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from bench import program
from bench.table import Goal, Row
from puntal.access.model import OrganizationId
from puntal.access.operations import keys
from puntal.entrypoints.programs import Programs
from puntal.insight.api.home import report_home
from puntal.insight.api.routing import Period, Reported
from puntal.insight.operations import rollups
from puntal.kit import clock, ids
from puntal.kit.db import Database

if TYPE_CHECKING:
    from bench.context import Context
    from puntal.engine.model import Compiled
    from puntal.kit.db import Transaction

GOAL = Goal(300, of="value", better="lower")
EVENTS, SHORT_EVENTS = 10_000_000, 100_000
PORTION = 1_000_000
DAYS = 730
OPEN = 500
"""Orders of the last minutes, which no fold has seen for good."""
TIMES = 15
DATABASE = "bench_dashboard"

NUMBER = """
CREATE TEMPORARY TABLE numbered AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, program_id FROM member;
CREATE UNIQUE INDEX ON numbered (n);
ANALYZE numbered
"""

TOLD = """
CREATE TEMPORARY TABLE told AS
SELECT m.program_id, m.id AS member_id, g.n, %(until)s::timestamptz - make_interval(secs => (%(events)s::bigint - g.n)
    * %(step)s::double precision) AS at, 500 + (g.n * 7919) %% 9000 AS net
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g (n)
JOIN numbered m ON m.n = (g.n * 104729 + (g.n / 977) * 31) %% %(members)s::bigint
ORDER BY g.n
"""

FILL = (
    """
INSERT INTO event (program_id, id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint, body,
  outcome)
SELECT program_id, 'e' || n, 'order.paid', 'web', member_id, at, at, 1, '', '{}', '{}' FROM told
""",
    """
INSERT INTO shop_order (program_id, source, order_id, member_id, state, event_id, occurred_at, day, currency,
  net_minor, total_minor, refunded_minor, lines)
SELECT program_id, 'web', n::text, member_id, 'earned', 'e' || n, at, (at AT TIME ZONE 'Europe/Madrid')::date, 'EUR',
  net, net, CASE WHEN n % 23 = 0 THEN net ELSE 0 END, '[]'
FROM told
""",
    """
INSERT INTO transfer (program_id, holder_id, id, wallet, kind, source, destination, amount, effective_at, recorded_at,
  event_id, rule)
SELECT program_id, member_id, gen_random_uuid(), 0, 'points.earned', 'issued', 'available', net / 100, at, at,
  'e' || n, 'purchases'
FROM told
""",
    "DROP TABLE told",
)


async def run(ctx: Context) -> list[Row]:
    """Fill, fold for the first time, and open the home screen."""
    events = SHORT_EVENTS if ctx.short else EVENTS
    prepared = await program.prepare(ctx.server, DATABASE, ctx.members, now=clock.now() - timedelta(days=DAYS - 400))
    await _fill(prepared, events)
    database = await Database.open(prepared.uri, size=4)
    try:
        async with database.program_transaction(prepared.program_id) as tx:
            compiled = (await Programs().current(tx, prepared.program_id)).newest
            await tx.execute(
                "UPDATE program SET nightly_through = %s WHERE id = %s",
                [(clock.now() - timedelta(hours=1)).astimezone(compiled.zone).date(), prepared.program_id],
            )
        began = time.perf_counter()
        more = True
        while more:
            async with database.program_transaction(prepared.program_id) as tx:
                await tx.execute("SET LOCAL statement_timeout = 0")
                more = await rollups.fold(tx, compiled, now=clock.now(), real=clock.now())
        built = time.perf_counter() - began
        await program.settle(database)
        took = [await _open(database, prepared.program_id, compiled) for _ in range(5 if ctx.short else TIMES)]
    finally:
        await database.close()
        await program.drop(ctx.server, DATABASE)
    return [
        Row(
            name=f"home screen over {events:,} events",
            value=statistics.median(took),
            unit="ms",
            goal=GOAL,
            note=f"slowest of {len(took)}: {max(took):,.0f} ms; thirty days beside thirty, {OPEN} orders not folded",
        ),
        Row(name="sums of days made the first time", value=events / built, unit="events/s", note=f"{built:,.1f} s"),
    ]


async def _open(database: Database, program_id: int, compiled: Compiled) -> float:
    async with database.program_transaction(program_id) as tx:
        began = time.perf_counter()
        await report_home(_asked(tx, compiled), Period())
        return (time.perf_counter() - began) * 1000


def _asked(tx: Transaction, compiled: Compiled) -> Reported:
    caller = keys.administrator(OrganizationId(ids.new_id()))
    return Reported(None, tx, compiled, caller, clock.now(), "en")  # type: ignore[arg-type] # only files look at it


async def _fill(prepared: program.Prepared, events: int) -> None:
    """Store so many orders of two years, their events and what they earned; the last ones some minutes ago."""
    until = clock.now()
    step = DAYS * 86_400 / events
    async with await psycopg.AsyncConnection.connect(prepared.uri, autocommit=True) as connection:
        await connection.execute(NUMBER.encode())
        bounds = [*range(0, events, PORTION), events]
        for first, after in itertools.pairwise(bounds):
            said = {
                "first": first,
                "last": after - 1,
                "members": prepared.members,
                "events": events,
                "step": step,
                "until": until,
            }
            await connection.execute(TOLD.encode(), said)
            for statement in FILL:
                await connection.execute(statement.encode())
            await connection.execute("CHECKPOINT")
        # What came in the last minutes.
        said = {"first": events, "last": events + OPEN - 1, "members": prepared.members, "events": events + OPEN}
        await connection.execute(TOLD.encode(), said | {"step": 1.0, "until": until})
        for statement in FILL:
            await connection.execute(statement.encode())
        await connection.execute("VACUUM (ANALYZE)")
