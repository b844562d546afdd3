"""Running a program's nights: step by step, portion by portion, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from puntal.entrypoints.programs import Loaded, Programs
from puntal.insight import operations as insight
from puntal.kit import clock
from puntal.kit.calendar import midnight
from puntal.kit.db import Database, Transaction
from puntal.nightly import operations as nightly
from puntal.segments import operations as segments

_SUNDAY = 7

Step = Callable[[Transaction, Loaded, date], Awaitable[int]]


def _recorded(step: Callable[..., Awaitable[int]]) -> Step:
    async def run(tx: Transaction, programs: Loaded, day: date) -> int:
        return await step(tx, programs, day, recorded_at=clock.now())

    return run


_STEPS: dict[str, tuple[Step, bool]] = {
    "settle": (nightly.settle, True),
    "holds": (_recorded(nightly.lapse_holds), True),
    "vouchers": (_recorded(nightly.expire_vouchers), True),
    "tiers": (_recorded(nightly.review_tiers), True),
    "birthdays": (_recorded(nightly.birthdays), False),
    "anniversaries": (_recorded(nightly.anniversaries), False),
    "guests": (nightly.lapse_guests, True),
    "reminders": (_recorded(nightly.remind), False),
}
"""What to run, and whether to repeat it until nothing is left."""


async def run_due(database: Database, programs: Programs, program_id: int, now: datetime) -> dict[str, int]:
    """Run every night that is due up to `now` (program time); returns how much each step did.

    Another worker on the same program leaves it alone. Cut short, the next call goes on where it stopped.
    """
    counts: dict[str, int] = {}
    async with database.program_transaction(program_id) as guard:
        # It waits while the steps work in transactions of their own.
        await guard.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        if not await nightly.alone(guard, program_id):
            return counts
        loaded = await programs.current(guard, program_id)
        days = await nightly.due_days(guard, loaded.newest, now)
        for day in days:
            for step, done in (await run_night(database, programs, program_id, day)).items():
                counts[step] = counts.get(step, 0) + done
    return counts


async def run_night(
    database: Database, programs: Programs, program_id: int, day: date, *, history: bool = False
) -> dict[str, int]:
    """Run one night. In `history` nobody is reminded of anything, and steps with nothing due are skipped."""
    counts: dict[str, int] = {}
    async with database.program_transaction(program_id) as tx:
        loaded = await programs.current(tx, program_id)
        finished = await nightly.finished(tx, program_id, day)
        due_at, review_on = await nightly.next_due(tx, program_id) if history else (None, None)
    idle = set()
    if history:
        idle.add("reminders")
        if due_at is None or due_at > midnight(loaded.newest.zone, day):
            idle.add("settle")
        if review_on is None or review_on > day:
            idle.add("tiers")
    if nightly.is_closed(loaded.newest, day) and "close" not in finished:
        await _close(database, programs, program_id, day)
        async with database.program_transaction(program_id) as tx:
            await nightly.finish(tx, program_id, day, "close", {}, clock.now())
    for step in _STEPS:
        if step in finished or step in idle:
            continue
        counts[step] = await _repeat(database, programs, program_id, day, step, noted=not history)
    async with database.program_transaction(program_id) as tx:
        if history:
            # A live program's budgets are kept every minute; a replay passes each midnight once.
            over = day - timedelta(days=1)
            await insight.keep_budgets(tx, loaded.newest, now=midnight(loaded.newest.zone, day), day=over)
            if over.isoweekday() == _SUNDAY:
                await _keep_segments(tx, loaded, over)
        await nightly.through(tx, program_id, day)
    return counts


async def _keep_segments(tx: Transaction, loaded: Loaded, over: date) -> None:
    """Note who would have been in which segment: counting everybody takes long, so once a week will do."""
    known = segments.read_segments(loaded.newest.document, loaded.newest.wallets)
    await segments.keep_counts(tx, loaded.newest.program_id, known, over)


async def _close(database: Database, programs: Programs, program_id: int, day: date) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with database.program_transaction(program_id) as tx:
            loaded = await programs.current(tx, program_id)
            after = await nightly.end_rewards(tx, loaded, day, after, recorded_at=clock.now())
    left = 1
    while left:
        async with database.program_transaction(program_id) as tx:
            left = await nightly.end_vouchers(tx, await programs.current(tx, program_id), day)
    after = UUID(int=0)
    while after is not None:
        async with database.program_transaction(program_id) as tx:
            after = await nightly.close(tx, await programs.current(tx, program_id), day, after)


async def _repeat(database: Database, programs: Programs, program_id: int, day: date, step: str, *, noted: bool) -> int:
    """Run a step until nothing is left; that it is done is noted with its last portion."""
    run, repeat = _STEPS[step]
    total = 0
    while True:
        async with database.program_transaction(program_id) as tx:
            done = await run(tx, await programs.current(tx, program_id), day)
            total += done
            over = not repeat or not done
            if over and noted:
                await nightly.finish(tx, program_id, day, step, {"count": total}, clock.now())
        if over:
            return total
