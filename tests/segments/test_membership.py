"""Who is in a segment, and when that changes (D1, D2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from audience import DOCUMENT, WINTER, a_member, spent

from puntal.activity import operations as activity
from puntal.kit import ids
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.programs.document.program import Program
from puntal.segments import jobs, operations, queries
from puntal.segments.policy import read_segments

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Database, Transaction

Publish = Callable[..., Awaitable[None]]
SEGMENTS = read_segments(Program.model_validate(DOCUMENT), {"points": 0})


async def inside(database: Database, program_id: int, segment: str) -> set[UUID]:
    async with database.program_transaction(program_id) as tx:
        rows = await queries.belonging(tx, program_id, segment, after=activity.FIRST, limit=1000)
    return {row.member_id for row in rows}


async def told(database: Database, program_id: int) -> set[tuple[str, str, UUID]]:
    async with database.program_transaction(program_id) as tx:
        rows = await outbox.claim(tx, program_id, limit=1000)
        await outbox.mark(tx, program_id, [row.id for row in rows], now=WINTER)
    return {
        (row.kind, row.payload["segment"], row.member_id)
        for row in rows
        if row.kind.startswith("segment.") and row.member_id is not None
    }


async def happened_to(tx: Transaction, program_id: int, member: UUID, now: datetime) -> None:
    row = Happening(id=ids.new_id(), kind="points.earned", member_id=member, effective_at=now, recorded_at=now)
    await outbox.append(tx, program_id, [row])


async def test_spending_over_1000_last_year_enters_and_the_turn_of_the_year_leaves(
    database: Database, program_id: int, publish: Publish
) -> None:
    """D1: over $1000 in the last calendar year; the window rolls off at the program's midnight."""
    await publish()
    async with database.program_transaction(program_id) as tx:
        anna, ben = await a_member(tx, program_id), await a_member(tx, program_id, name="Ben")
        await activity.record(
            tx,
            program_id,
            [
                spent(anna, date(2025, 1, 1), 60_000),
                spent(anna, date(2025, 12, 31), 40_001),
                spent(ben, date(2025, 12, 31), 100_000),
                spent(ben, date(2026, 1, 1), 500_000),
            ],
        )

    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER)
    assert await inside(database, program_id, "big_spenders") == {anna}
    assert await told(database, program_id) == set()

    last_night = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    await jobs.reevaluate_all(database, program_id=program_id, now=last_night)
    assert await inside(database, program_id, "big_spenders") == {anna}

    await jobs.reevaluate_all(database, program_id=program_id, now=last_night + timedelta(minutes=1))
    assert await inside(database, program_id, "big_spenders") == {ben}
    assert {news for news in await told(database, program_id) if news[1] == "big_spenders"} == {
        ("segment.left", "big_spenders", anna),
        ("segment.entered", "big_spenders", ben),
    }


async def test_an_order_shows_on_the_next_run_and_rolls_off_after_thirty_days(
    database: Database, program_id: int, publish: Publish
) -> None:
    """D1: visible within a minute of the order; a rolling window ends at local midnight."""
    await publish()
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id)
    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER)

    async with database.program_transaction(program_id) as tx:
        await activity.record(tx, program_id, [spent(anna, date(2026, 1, 15), 100_001)])
        await happened_to(tx, program_id, anna, WINTER)
    assert await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER + timedelta(seconds=10)) == 1
    assert await inside(database, program_id, "recent_spenders") == {anna}
    assert await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER + timedelta(seconds=20)) == 0

    await jobs.reevaluate_all(database, program_id=program_id, now=datetime(2026, 2, 13, 22, 59, tzinfo=UTC))
    assert await inside(database, program_id, "recent_spenders") == {anna}
    await jobs.reevaluate_all(database, program_id=program_id, now=datetime(2026, 2, 13, 23, 0, tzinfo=UTC))
    assert await inside(database, program_id, "recent_spenders") == set()
    assert await told(database, program_id) == {
        ("segment.entered", "recent_spenders", anna),
        ("segment.left", "recent_spenders", anna),
    }


async def test_a_new_german_is_included_and_so_is_who_moves(
    database: Database, program_id: int, publish: Publish
) -> None:
    """D2: nobody has to be put into the segment."""
    await publish()
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id, country="DE", spend=6_000)
        ben = await a_member(tx, program_id, country="ES", spend=6_000, name="Ben")
        await a_member(tx, program_id, country="DE", status="erased")
        guest = await a_member(tx, program_id, country="DE", status="guest")
    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER)
    assert await inside(database, program_id, "germans") == {anna}
    assert await inside(database, program_id, "guests") == {guest}

    async with database.program_transaction(program_id) as tx:
        carla = await a_member(tx, program_id, country="DE", name="Carla")
        await tx.execute("UPDATE member SET country = 'DE' WHERE program_id = %s AND id = %s", [program_id, ben])
        await tx.execute("UPDATE member SET country = 'FR' WHERE program_id = %s AND id = %s", [program_id, anna])
        for member in (anna, ben, carla):
            await happened_to(tx, program_id, member, WINTER)
    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER)

    assert await inside(database, program_id, "germans") == {ben, carla}
    assert await inside(database, program_id, "rich_germans") == {ben}
    assert await told(database, program_id) == {
        ("segment.entered", "germans", carla),
        ("segment.entered", "germans", ben),
        ("segment.entered", "rich_germans", ben),
        ("segment.left", "germans", anna),
        ("segment.left", "rich_germans", anna),
    }


async def test_another_condition_is_asked_of_everybody_and_a_dropped_segment_is_emptied(
    database: Database, program_id: int, publish: Publish
) -> None:
    await publish()
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id, country="DE")
        ben = await a_member(tx, program_id, country="AT", name="Ben")
        await operations.add_members(tx, program_id, SEGMENTS, "friends", [ben], now=WINTER)
    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER)
    await told(database, program_id)

    later = WINTER + timedelta(days=1)
    segments: dict[str, Any] = {"germans": {"when": {"member.country": {"in": ["DE", "AT"]}}}}
    await publish(later, segments=segments)
    await jobs.reevaluate_changed(database, program_id=program_id, now=later)

    assert await inside(database, program_id, "germans") == {anna, ben}
    assert await told(database, program_id) == {("segment.entered", "germans", ben)}
    assert await inside(database, program_id, "guests") == set()
    assert await inside(database, program_id, "friends") == {ben}, "a list survives revisions"


async def test_a_revision_that_is_still_to_come_changes_nothing_yet(
    database: Database, program_id: int, publish: Publish
) -> None:
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id, country="DE")
    assert await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER) == 0

    await publish(WINTER + timedelta(days=1))
    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER)
    assert await inside(database, program_id, "germans") == set()

    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER + timedelta(days=1))
    assert await inside(database, program_id, "germans") == {anna}


async def test_evaluating_twice_at_once_tells_once(database: Database, program_id: int, publish: Publish) -> None:
    await publish()
    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER)
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id, country="DE")

    async with database.program_transaction(program_id) as one:
        first = await operations.reevaluate(one, program_id, SEGMENTS, members=[anna], now=WINTER)
    async with database.program_transaction(program_id) as two:
        second = await operations.reevaluate(two, program_id, SEGMENTS, members=None, now=WINTER)

    assert [change.segment for change in first] == ["germans"]
    assert second == []
