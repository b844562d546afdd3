"""Simulating a draft: events of a supermarket's year a second, each decided by the live program and by the draft.

What is counted: events that callers sent, once each, though both programs decide them, with what they cause. Reading
the members' past, working out where they stood, and adding up are in the time; starting the two processes is, too.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bench import program
from bench.rows.replay import BASKETS
from bench.table import Goal, Row

if TYPE_CHECKING:
    from bench.context import Context

GOAL = Goal(15_000, of="value")
DATABASE = "bench_simulate"
DAYS = 365


async def run(ctx: Context) -> list[Row]:
    """Replay the year once, then simulate a draft over it, a round each; no budget binds members together."""
    from puntal.insight.simulation import operations, running  # noqa: PLC0415 - only this row needs it
    from puntal.kit import clock  # noqa: PLC0415
    from puntal.kit.db import Database  # noqa: PLC0415
    from puntal.programs import operations as programs  # noqa: PLC0415
    from puntal.programs import queries  # noqa: PLC0415

    uri = await program.fresh(ctx.server, DATABASE)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.rows.replay", uri, str(BASKETS if ctx.short else 0)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    await process.communicate(b"go\n")
    database = await Database.open(uri, size=4)
    rates = []
    try:
        async with database.transaction() as tx:
            ((program_id, offset),) = [
                (row[0], row[1])
                for row in await (await tx.execute("SELECT id, clock_offset_seconds FROM program")).fetchall()
            ]
        async with database.program_transaction(program_id) as tx:
            found = await queries.revision(tx, program_id, 1)
        assert found is not None, "it was published"
        plain = _without_budgets(found[1])
        async with database.program_transaction(program_id) as tx:
            await programs.publish(tx, program_id, plain, by="bench", now=clock.now())
        document = _richer(plain)
        for _ in range(1 if ctx.short else min(ctx.rounds, 3)):
            now = clock.now() - timedelta(seconds=offset)
            async with database.program_transaction(program_id) as tx:
                asked = await operations.start(
                    tx, program_id, document, days=DAYS, note="", by="bench", now=now, defer=False
                )
            began = time.perf_counter()
            await running.run(database, program_id, asked.id, now=now)
            took = time.perf_counter() - began
            async with database.program_transaction(program_id) as tx:
                done = await operations.load(tx, program_id, asked.id)
            assert done.result is not None, "it is done"
            rates.append(done.result["events"] / took)
    finally:
        await database.close()
        await program.drop(ctx.server, DATABASE)
    rates.sort()
    return [Row(name="events simulated under both programs, two processes", value=rates[len(rates) // 2],
                unit="events/s", goal=GOAL)]  # fmt: skip


def _without_budgets(part: Any) -> Any:  # noqa: ANN401 - sections of the document
    """Return a document without shared budgets, so that members do not concern each other."""
    if isinstance(part, dict):
        return {name: _without_budgets(inner) for name, inner in part.items() if name != "budget"}
    return [_without_budgets(inner) for inner in part] if isinstance(part, list) else part


def _richer(document: dict[str, Any]) -> dict[str, Any]:
    """Return the program with an earning rule more."""
    wallet = next(iter(document["wallets"]))
    more = {"id": "bench_more", "on": "purchase", "award": {"wallet": wallet, "points": 5}}
    return document | {"earning": [*document["earning"], more]}
