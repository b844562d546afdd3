"""What lapses or comes by itself during the day, and what a kill switch voids: in portions, each a transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from puntal.checkout.operations import redemptions
from puntal.entrypoints.programs import Loaded, Programs
from puntal.kit import clock, jobs
from puntal.kit.db import Database, Transaction
from puntal.kit.jobs import Work
from puntal.ledger.queries import NOBODY
from puntal.outbox import operations as outbox
from puntal.rewards.operations import vouchers

VOID = "redemptions.void"
Step = Callable[[Transaction, Loaded, datetime], Awaitable[int]]


async def _holds(tx: Transaction, programs: Loaded, now: datetime) -> int:
    return await redemptions.lapse_due(tx, programs, now=now, recorded_at=clock.now())


async def _held_vouchers(tx: Transaction, programs: Loaded, now: datetime) -> int:
    return await vouchers.lapse_due(tx, programs.program_id, now=now)


async def _vouchers(tx: Transaction, programs: Loaded, now: datetime) -> int:
    return await redemptions.expire_due(tx, programs, now=now, recorded_at=clock.now())


async def _owed_codes(tx: Transaction, programs: Loaded, now: datetime) -> int:
    return await vouchers.settle_owed(tx, programs.program_id, now=now)


_STEPS: tuple[Step, ...] = (_holds, _held_vouchers, _vouchers, _owed_codes)


async def lapse(database: Database, programs: Programs, program_id: int, now: datetime) -> int:
    """End every hold and voucher of a program whose time is over by `now` (program time); returns how many."""
    total = 0
    for step in _STEPS:
        done = 1
        while done:
            async with database.program_transaction(program_id) as tx:
                done = await step(tx, await programs.current(tx, program_id), now)
            total += done
    async with database.program_transaction(program_id) as tx:
        await vouchers.tell_of_owed(tx, program_id, now=clock.now())
    return total


@jobs.job(VOID)
async def void(work: Work, *, program_id: int, ids: Sequence[str]) -> None:
    """Void what is open or unused of what was switched off; a second run finds nothing left."""
    programs = work.part(Programs)
    async with work.database.program_transaction(program_id) as tx:
        switched = await outbox.find(tx, program_id, [UUID(id) for id in ids])
    for row in switched:
        if row.payload["mode"] == "stop_and_void":
            await _void(work.database, programs, program_id, row.payload["target_kind"], row.payload["target_id"])


async def _void(database: Database, programs: Programs, program_id: int, target: str, target_id: str) -> None:
    after: UUID | None = NOBODY
    while after is not None:
        async with database.program_transaction(program_id) as tx:
            loaded = await programs.current(tx, program_id)
            now = clock.now()
            after = await redemptions.void(
                tx,
                loaded,
                target,  # type: ignore[arg-type] # as the slice of programs wrote it
                target_id,
                after=after,
                now=now - loaded.clock_offset,
                recorded_at=now,
            )
    left = 1
    while left:
        async with database.program_transaction(program_id) as tx:
            loaded = await programs.current(tx, program_id)
            left = await redemptions.void_vouchers(
                tx,
                loaded,
                target,  # type: ignore[arg-type] # as the slice of programs wrote it
                target_id,
                now=clock.now() - loaded.clock_offset,
            )
