"""What is told happened, and is told once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from puntal.kit import ids
from puntal.outbox import operations
from puntal.outbox.model import Happening

if TYPE_CHECKING:
    from puntal.kit.db import Database, Transaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_happening(kind: str = "member.enrolled", **more: object) -> Happening:
    return Happening(id=ids.new_id(), kind=kind, effective_at=NOON, recorded_at=NOON, **more)  # type: ignore[arg-type]


async def test_rows_come_out_oldest_first_and_only_until_marked(tx: Transaction, program_id: int) -> None:
    rows = [a_happening(payload={"number": at}) for at in range(5)]
    await operations.append(tx, program_id, rows[::-1])
    await operations.append(tx, program_id, rows[:2])

    first = await operations.claim(tx, program_id, limit=3)
    await operations.mark(tx, program_id, [row.id for row in first], now=NOON)

    assert first == rows[:3]
    assert await operations.claim(tx, program_id) == rows[3:]
    assert await operations.any_waiting(tx, program_id)


async def test_two_relays_never_hold_the_same_row(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        await operations.append(tx, program_id, [a_happening() for _ in range(4)])

    async with database.program_transaction(program_id) as one, database.program_transaction(program_id) as two:
        mine = await operations.claim(one, program_id, limit=2)
        theirs = await operations.claim(two, program_id, limit=4)
        await operations.mark(one, program_id, [row.id for row in mine], now=NOON)

    assert (len(mine), len(theirs)) == (2, 2)
    assert {row.id for row in mine}.isdisjoint(row.id for row in theirs)
    async with database.program_transaction(program_id) as tx:
        assert await operations.claim(tx, program_id) == theirs


async def test_a_forgotten_members_rows_keep_no_words(tx: Transaction, program_id: int) -> None:
    anna = ids.new_id()
    await operations.append(tx, program_id, [a_happening(member_id=anna, payload={"name": "Anna"})])

    await operations.forget(tx, program_id, [anna])

    assert [row.payload for row in await operations.held_about(tx, program_id, [anna])] == [{}]
