"""Events in batches of 500: through intake in this process, and as `POST events/batch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import program, serving, wrk
from bench.load import BATCH, Stream
from bench.table import Goal, Row
from puntal.kit.db import Database

if TYPE_CHECKING:
    from bench.context import Context

GOAL = Goal(1.0)
BATCHES = 60
SHORT_BATCHES = 6
CONNECTIONS = 4
LEAST_SECONDS = 10
"""wrk counts what was answered, and a batch takes a while where everything else is slow too."""
DATABASE = "bench_batch"


async def run(ctx: Context) -> list[Row]:
    """Measure both ways in."""
    prepared = await program.prepare(ctx.server, DATABASE, ctx.members)
    try:
        return [await _in_process(ctx, prepared), *await _over_http(ctx, prepared)]
    finally:
        await program.drop(ctx.server, DATABASE)


async def _in_process(ctx: Context, prepared: program.Prepared) -> Row:
    database = await Database.open(prepared.uri, size=4)
    stream = Stream(database, prepared)
    try:
        await stream.start()
        count = SHORT_BATCHES if ctx.short else BATCHES
        made = [stream.next_batches(count) for _ in range(ctx.rounds)]
        rounds = iter(made)

        async def one_round() -> int:
            return await stream.take(next(rounds))

        return await ctx.against_pgbench("batches of 500, in one process", one_round, goal=GOAL)
    finally:
        await database.close()


async def _over_http(ctx: Context, prepared: program.Prepared) -> list[Row]:
    key = await serving.make_key(prepared)
    bodies = ctx.disk / "batches"
    wrk.write_bodies(bodies, serving.batch_bodies(prepared, count=8 if ctx.short else 64, size=BATCH))
    rows = []
    for workers in ctx.server_processes:
        async with serving.served(prepared.uri, workers=workers) as server:
            headers = serving.headers(key)

            async def one_round(server: serving.Served = server, headers: dict[str, str] = headers) -> int:
                load = await wrk.run(
                    server.url(f"/v1/programs/{program.SLUG}/events/batch"),
                    bodies,
                    connections=CONNECTIONS,
                    seconds=max(ctx.seconds, LEAST_SECONDS),
                    headers=headers,
                )
                serving.check(load)
                return load.requests * BATCH

            await one_round()
            name = f"POST events/batch of {BATCH}, {workers} server process{'es' if workers > 1 else ''}"
            rows.append(await ctx.against_pgbench(name, one_round, goal=GOAL, server_pid=server.pid))
    return [max(rows, key=lambda row: row.ratio or 0)]
