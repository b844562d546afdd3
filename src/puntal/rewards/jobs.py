"""What workers do for rewards: codes by the million, made and ended portion by portion."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from puntal.kit import clock, jobs
from puntal.kit.db import Transaction
from puntal.kit.jobs import Work
from puntal.programs import queries as programs
from puntal.rewards.operations import batches

PATIENCE = """
-- A portion is one statement of some seconds on a small machine, and nobody waits for its answer.
SET LOCAL statement_timeout = '5min'
"""


@jobs.job(batches.GENERATE)
async def generate(work: Work, *, program_id: int, batch_id: str) -> None:
    """Make a batch's codes to the end; cut short, the next run goes on where this one stopped."""
    making = True
    while making:
        async with work.database.program_transaction(program_id) as tx:
            await tx.execute(PATIENCE)
            now = await _program_now(tx, program_id)
            making = (await batches.generate(tx, program_id, UUID(batch_id), now=now)).state == "making"


@jobs.job(batches.END_BATCH)
async def end_batch(work: Work, *, program_id: int, batch_id: str) -> None:
    """End what is left of a void batch; a second run ends nothing."""
    left = True
    while left:
        async with work.database.program_transaction(program_id) as tx:
            now = await _program_now(tx, program_id)
            left = bool(await batches.end_portion(tx, program_id, UUID(batch_id), now=now))


async def _program_now(tx: Transaction, program_id: int) -> datetime:
    head = await programs.head(tx, program_id)
    assert head is not None, "a job is about a program"
    return clock.now() - head.clock_offset
