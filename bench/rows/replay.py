"""A supermarket's year, basket by basket, with the nights in between, in a process of its own."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil

from bench import program
from bench.table import Goal, Row

if TYPE_CHECKING:
    from bench.context import Context

RATE = Goal(0.8)
MEMORY = Goal(500, of="value", better="lower")
BASKETS = 10_000
DATABASE = "bench_replay"
SAMPLE_SECONDS = 0.25
READY = "ready"


class ReplayFailedError(RuntimeError):
    """The process that replays ended badly."""


async def run(ctx: Context) -> list[Row]:
    """Replay once a round, each time into an empty database; starting the process is not timed."""
    # A year is long enough to be its own median.
    once = replace(ctx, rounds=1)
    rows, largest = [], 0.0
    for _ in range(1 if ctx.short else min(ctx.rounds, 2)):
        uri = await program.fresh(ctx.server, DATABASE)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.rows.replay", uri, str(BASKETS if ctx.short else 0)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None, "it is a pipe"
        await process.stdout.readuntil(READY.encode())
        watching = asyncio.create_task(_largest(process.pid))

        async def one_round(process: asyncio.subprocess.Process = process) -> int:
            output, _ = await process.communicate(b"go\n")
            if process.returncode:
                raise ReplayFailedError(f"it ended with {process.returncode}")
            return int(json.loads(output.splitlines()[-1])["events"])

        rows.append(await once.against_pgbench("replay of a supermarket's year", one_round, goal=RATE))
        largest = max(largest, await watching)
    await program.drop(ctx.server, DATABASE)
    memory = Row(name="largest process while replaying", value=largest, unit="MiB", goal=MEMORY)
    return [max(rows, key=lambda row: row.ratio or 0), memory]


async def _largest(pid: int) -> float:
    largest = 0.0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            largest = max(largest, process.memory_info().rss / 1024**2)
            await asyncio.sleep(SAMPLE_SECONDS)
    return largest


async def _replay(uri: str, baskets: int) -> int:
    """Do it, in this process; return how many events that were."""
    from puntal.entrypoints.demo import journey  # noqa: PLC0415 - only the process that replays needs Arrow
    from puntal.entrypoints.demo.command import BEGINNING  # noqa: PLC0415
    from puntal.entrypoints.programs import Programs  # noqa: PLC0415
    from puntal.entrypoints.replay import Replay  # noqa: PLC0415
    from puntal.kit import garbage  # noqa: PLC0415
    from puntal.kit.db import Database  # noqa: PLC0415
    from puntal.programs import templates  # noqa: PLC0415

    database = await Database.open(uri, size=4)
    try:
        document = templates.load_template("supermarket", currency="USD", timezone="America/New_York")
        program_id = await program.publish(database, document, now=BEGINNING)
        garbage.settle()
        print(READY, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        events = itertools.islice(journey.events(), baskets or None)
        done = await Replay(database, Programs(), program_id).run(events)
        if done.refused:
            raise ReplayFailedError(f"refused: {done.refused[:3]}")
        return done.events
    finally:
        await database.close()


if __name__ == "__main__":
    print(json.dumps({"events": asyncio.run(_replay(sys.argv[1], int(sys.argv[2])))}))
