"""One event a request: how many a second, how long each takes at half that rate, and what the server holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import machine, program, serving, wrk
from bench.table import Goal, Row
from puntal.kit.postgres import ensure_server

if TYPE_CHECKING:
    from pathlib import Path

    from bench.context import Context

RATE = Goal(0.6)
LATENCY = Goal(50, of="value", better="lower")
MEMORY = Goal(300, of="value", better="lower")
CONNECTIONS = (64, 256)
BODIES = 20_000
SHORT_BODIES = 2_000
DATABASE = "bench_http"
PATH = f"/v1/programs/{program.SLUG}/events"
SLOWEST_RATE = 20.0


async def run(ctx: Context) -> list[Row]:
    """Measure throughput and memory in memory, latency on disk."""
    bodies = ctx.disk / "events"
    prepared = await program.prepare(ctx.server, DATABASE, ctx.members)
    try:
        wrk.write_bodies(bodies, serving.single_bodies(prepared, SHORT_BODIES if ctx.short else BODIES))
        measured = [await _throughput(ctx, prepared, bodies, workers) for workers in ctx.server_processes]
    finally:
        await program.drop(ctx.server, DATABASE)
    rates = [max(pair, key=_ratio) for pair in zip(*(rates for rates, _ in measured), strict=True)]
    memory = max((largest for _, largest in measured), key=lambda row: row.value)
    return [*rates, memory, *await _latency(ctx, bodies, min(row.value for row in rates) / 2)]


def _ratio(row: Row) -> float:
    return row.ratio or 0


async def _throughput(ctx: Context, prepared: program.Prepared, bodies: Path, workers: int) -> tuple[list[Row], Row]:
    headers = serving.headers(await serving.make_key(prepared))
    async with serving.served(prepared.uri, workers=workers) as server:
        rows = []
        for connections in CONNECTIONS:

            async def one_round(server: serving.Served = server, connections: int = connections) -> int:
                load = await wrk.run(
                    server.url(PATH), bodies, connections=connections, seconds=ctx.seconds, headers=headers
                )
                serving.check(load)
                return load.requests

            await one_round()
            name = f"POST events, {connections} connections, {_processes(workers)}"
            rows.append(await ctx.against_pgbench(name, one_round, goal=RATE, server_pid=server.pid))
        largest = Row(
            name=f"largest server process under load, {_processes(workers)}",
            value=server.largest_mib(),
            unit="MiB",
            goal=MEMORY,
        )
    return rows, largest


async def _latency(ctx: Context, bodies: Path, rate: float) -> list[Row]:
    """Hold a rate against a server whose commits reach the disk."""
    syncs = machine.fdatasync(ctx.disk)
    note = f"{rate:,.0f} requests/s; fdatasync takes {syncs.median_us:,.0f} us, p99 {syncs.p99_us:,.0f} us"
    on_disk = ensure_server(ctx.disk / "server")
    try:
        prepared = await program.prepare(on_disk, DATABASE, ctx.members)
        headers = serving.headers(await serving.make_key(prepared))
        async with serving.served(prepared.uri, workers=2) as server:
            loads = []
            for _ in range(ctx.rounds + 1):
                load = await wrk.run(
                    server.url(PATH),
                    bodies,
                    connections=CONNECTIONS[0],
                    seconds=ctx.seconds,
                    rate=max(rate, SLOWEST_RATE),
                    headers=headers,
                )
                serving.check(load)
                loads.append(load)
        await program.drop(on_disk, DATABASE)
    finally:
        on_disk.stop()
    # The first one warms up.
    ordered = sorted(loads[1:], key=lambda load: load.p99_ms)
    middle = ordered[len(ordered) // 2]
    return [
        Row(name="POST events at half the rate, on disk: p50", value=middle.p50_ms, unit="ms", note=note),
        Row(name="POST events at half the rate, on disk: p99", value=middle.p99_ms, unit="ms", goal=LATENCY, note=note),
    ]


def _processes(workers: int) -> str:
    return "1 server process" if workers == 1 else f"{workers} server processes"
