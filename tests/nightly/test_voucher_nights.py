"""Vouchers in the night: each member is reminded of the end of her own (G9), and what has ended ends once."""

from __future__ import annotations

from uuid import UUID

from nights import PROGRAM, nights, quietly, rows
from telling import Teller

from puntal.kit.ids import new_id
from puntal.rewards.operations import vouchers

REWARDS = [
    {"id": "welcome", "kind": "percent_off", "value": "5%", "valid": {"for": "1 month"}, "voucher": {}},
]


async def give(story: Teller, member: UUID) -> None:
    async with story.database.program_transaction(story.program_id) as tx:
        program = (await story.app.state.programs.current(tx, story.program_id)).newest
        issue = vouchers.issue_of(
            program.rewards["welcome"],
            id=new_id(),
            revision=program.revision,
            currency=program.currency,
            zone=program.zone,
            now=story.clock.at,
            origin="direct",
            member_id=member,
        )
        await vouchers.issue(tx, story.program_id, [issue], now=story.clock.at)


async def reminders(story: Teller) -> list[tuple[object, ...]]:
    return await rows(
        story,
        "SELECT member_id, payload->>'in', payload->>'ends_on' FROM outbox"
        " WHERE program_id = %(id)s AND kind = 'voucher.expiring' ORDER BY effective_at, member_id",
    )


async def test_each_is_reminded_of_her_own_end(story: Teller) -> None:
    """G9."""
    await story.open(PROGRAM | {"rewards": REWARDS})
    await quietly(story, "2025-03-03 12:00")
    anna = UUID(str(await story.joins()))
    await give(story, anna)
    await nights(story)
    await quietly(story, "2025-03-13 12:00")
    ben = UUID(str(await story.joins("ben@example.com")))
    await give(story, ben)

    for day in ("2025-03-28 01:00", "2025-03-28 02:00", "2025-04-07 01:00"):
        await quietly(story, day)
        await nights(story)

    assert await reminders(story) == [
        (anna, "30 days", "2025-04-04"),
        (ben, "30 days", "2025-04-14"),
        (anna, "7 days", "2025-04-04"),
        (ben, "7 days", "2025-04-14"),
    ]
    states = await rows(story, "SELECT member_id, state FROM voucher WHERE program_id = %(id)s ORDER BY id")
    assert states == [(anna, "expired"), (ben, "issued")]
    assert await story.wrong() == {}
