"""What a worker does for simulations."""

from __future__ import annotations

from uuid import UUID

import structlog

from puntal.insight.simulation import operations, running
from puntal.insight.simulation.operations import SIMULATE
from puntal.kit import clock, jobs
from puntal.kit.errors import Refusal
from puntal.kit.jobs import Work
from puntal.programs import queries as programs

MOST_ATTEMPTS = 3
"""Somebody waits for it: an answer that it cannot be done is better than hours."""
_log = structlog.get_logger(__name__)


@jobs.job(SIMULATE)
async def simulate(work: Work, *, program_id: int, simulation_id: str) -> None:
    """Run a simulation; one that is over is left alone, and one that was cut short begins anew."""
    async with work.database.program_transaction(program_id) as tx:
        head = await programs.head(tx, program_id)
    assert head is not None, "a job is about a program"
    now, id = clock.now() - head.clock_offset, UUID(simulation_id)
    try:
        await running.run(work.database, program_id, id, now=now)
    except Refusal as refusal:
        async with work.database.program_transaction(program_id) as tx:
            await operations.fail(tx, program_id, id, code=refusal.code, now=now)
    except Exception:
        if work.attempt < MOST_ATTEMPTS:
            raise
        _log.exception("simulation.failed", program_id=program_id, simulation_id=simulation_id)
        async with work.database.program_transaction(program_id) as tx:
            await operations.fail(tx, program_id, id, code="insight.simulation_failed", now=now)
