"""A tier that ends by night: the rule that hears of it runs once, whatever runs twice."""

from __future__ import annotations

from nights import PROGRAM, nights, quietly, rows, skip
from telling import Teller

SORRY = {"id": "sorry", "on": "tier.lost", "award": {"wallet": "points", "points": 25}}
MISSED = PROGRAM | {
    "wallets": {"points": {"kind": "points"}, "status": {"kind": "qualifying"}},
    "ladders": [PROGRAM["ladders"][0] | {"downgrade": {"to": "one_below"}}],
    "earning": [PROGRAM["earning"][1], SORRY],
}


async def test_a_fall_by_night_is_heard_once(story: Teller) -> None:
    await story.open(MISSED)
    await quietly(story, "2025-01-02 12:00")
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await story.buys(anna, 30000)
    await skip(story, "2025-12-30")
    await quietly(story, "2026-01-01 07:00")
    assert (await nights(story))["tiers"] == 1
    assert await nights(story) == {}
    assert [await story.balance(member) for member in (anna, ben)] == [25, 0]
    assert [reason for *_, reason in await story.tier_changes(anna)] == ["reached", "fallen"]

    await story.buys(anna, 100)
    heard = await rows(story, "SELECT count(*) FROM event WHERE program_id = %(id)s AND type = 'tier.lost'")
    assert heard == [(1,)]
    assert await story.wrong() == {}


async def test_a_fall_after_a_refund_is_heard_with_the_next_night(story: Teller) -> None:
    await story.open(MISSED)
    await quietly(story, "2025-01-02 12:00")
    anna = await story.joins()
    await story.buys(anna, 30000, order="A")
    await story.refunds("A")
    assert await story.balance(anna) == 0
    await skip(story, "2025-01-02")
    await quietly(story, "2025-01-03 07:00")
    await nights(story)
    assert await story.balance(anna) == 25
    assert await story.wrong() == {}
