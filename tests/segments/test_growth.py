"""How many members a segment had, day by day (D2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from audience import DOCUMENT, WINTER, a_member

from puntal.programs.document.program import Program
from puntal.segments import jobs, operations
from puntal.segments.errors import SegmentNotFound
from puntal.segments.policy import read_segments

if TYPE_CHECKING:
    from puntal.kit.db import Database

Publish = Callable[..., Awaitable[None]]
SEGMENTS = read_segments(Program.model_validate(DOCUMENT), {"points": 0})
A_DAY = timedelta(days=1)


async def growth(database: Database, program_id: int, segment: str, days: int, at: int) -> list[tuple[date, int]]:
    async with database.program_transaction(program_id) as tx:
        now = WINTER + at * A_DAY
        return await operations.growth(tx, program_id, SEGMENTS, segment, days=days, now=now)


async def test_each_night_keeps_how_many_there_were_when_the_day_ended(
    database: Database, program_id: int, publish: Publish
) -> None:
    await publish()
    today = WINTER.date()
    for night in range(3):
        now = WINTER + night * A_DAY
        await jobs.keep_sizes(database, program_id=program_id, now=now)
        async with database.program_transaction(program_id) as tx:
            await a_member(tx, program_id, country="DE")
        await jobs.reevaluate_all(database, program_id=program_id, now=now)
        # Whoever comes a second time counts another moment: the first stands.
        await jobs.keep_sizes(database, program_id=program_id, now=now)

    assert await growth(database, program_id, "germans", 90, 2) == [
        (today - A_DAY, 0),
        (today, 1),
        (today + A_DAY, 2),
        (today + 2 * A_DAY, 3),
    ]
    assert await growth(database, program_id, "germans", 2, 2) == [(today + A_DAY, 2), (today + 2 * A_DAY, 3)]
    with pytest.raises(SegmentNotFound):
        await growth(database, program_id, "nobody", 90, 2)


async def test_a_past_that_is_lived_again_is_counted_without_anybody_entering(
    database: Database, program_id: int, publish: Publish
) -> None:
    await publish()
    day = WINTER.date() - 7 * A_DAY
    async with database.program_transaction(program_id) as tx:
        await a_member(tx, program_id, country="DE")
        await a_member(tx, program_id, country="DE", name="Ben")
        await operations.keep_counts(tx, program_id, SEGMENTS, day)
        inside = await (await tx.execute("SELECT count(*) FROM segment_member")).fetchone()
        told = await (await tx.execute("SELECT count(*) FROM outbox WHERE kind LIKE 'segment.%%'")).fetchone()

    assert (inside, told) == ((0,), (0,))
    assert (await growth(database, program_id, "germans", 90, 0))[0] == (day, 2)
