"""What the worker runs: soon after something happened, and every night."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from puntal.activity import operations as activity
from puntal.kit.calendar import local_day
from puntal.kit.db import Database, Transaction
from puntal.programs.document.program import Program
from puntal.programs.errors import NotPublished
from puntal.rules.model import MetricRead
from puntal.segments import operations
from puntal.segments.model import Segments

PATIENCE = """
-- A segment of a million members is one statement, and nobody waits for its answer.
SET LOCAL statement_timeout = '15min'
"""


Follow = Callable[[Collection[UUID]], Awaitable[object]]
"""Told of members about whom something has changed."""


async def reevaluate_changed(
    database: Database, *, program_id: int, now: datetime, follow: Follow | None = None
) -> int:
    """Evaluate whom the outbox names since the last run, and segments whose condition is new, for everybody.

    Run it every 10 seconds at most a minute apart, one at a time per program. Returns how many entered or left.
    `follow` is told of all whom the outbox named, portion by portion, when their segments are up to date.
    """
    async with database.program_transaction(program_id) as tx:
        segments = await _segments(tx, program_id, now)
        new = [] if segments is None else await operations.unanswered(tx, program_id, segments)
    if segments is None or not (segments.dynamic or follow):
        return 0
    changed = await _everybody(database, program_id, segments, new, now)
    more = True
    while more:
        async with database.program_transaction(program_id) as tx:
            changes, more, named = await operations.reevaluate_changed(tx, program_id, segments, now=now)
        changed += len(changes)
        if follow is not None and named:
            await follow(named)
    return changed


async def reevaluate_all(database: Database, *, program_id: int, now: datetime) -> int:
    """Evaluate every dynamic segment for everybody, as the local midnight makes windows, ages and dates move on.

    Returns how many entered or left. A second call changes nothing.
    """
    async with database.program_transaction(program_id) as tx:
        segments = await _segments(tx, program_id, now)
        if segments is not None:
            await operations.unanswered(tx, program_id, segments)
    if segments is None:
        return 0
    return await _everybody(database, program_id, segments, sorted(segments.dynamic), now)


async def keep_sizes(database: Database, *, program_id: int, now: datetime) -> None:
    """Note how many members segments had when yesterday ended; the first call of a day counts."""
    async with database.program_transaction(program_id) as tx:
        segments = await _segments(tx, program_id, now)
        if segments is not None:
            await tx.execute(PATIENCE)
            await operations.keep_sizes(tx, program_id, segments, local_day(segments.zone, now) - timedelta(days=1))


async def backfill(database: Database, *, program_id: int, reads: Sequence[MetricRead], document: Program) -> None:
    """Count again all that `reads` need, in batches of members; a second run changes nothing.

    Run it before the revision that reads them takes effect, so that nothing is decided on zeros, and once more when it
    has: events decided in between by the revision before were not counted. `document` is the new revision.
    """
    last: UUID | None = activity.FIRST
    while last is not None:
        async with database.program_transaction(program_id) as tx:
            await tx.execute(PATIENCE)
            last = await activity.backfill(tx, program_id, reads, document, after=last)


async def _everybody(database: Database, program_id: int, segments: Segments, ids: Sequence[str], now: datetime) -> int:
    """Evaluate each segment in a transaction of its own: others wait for one of them at most."""
    changed = 0
    for id in ids:
        async with database.program_transaction(program_id) as tx:
            await tx.execute(PATIENCE)
            changed += len(await operations.reevaluate(tx, program_id, segments, members=None, now=now, only=[id]))
    return changed


async def _segments(tx: Transaction, program_id: int, now: datetime) -> Segments | None:
    try:
        return (await operations.in_force(tx, program_id, now=now))[1]
    except NotPublished:
        return None
