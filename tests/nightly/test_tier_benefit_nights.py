"""A year with tiers: birthday gifts by night, the gift of a renewal, and a tier that is retired on the way."""

from __future__ import annotations

from nights import PROGRAM, nights, quietly, skip
from telling import Teller

_GIFTS = [
    {"kind": "gift", "wallet": "points", "points": 50, "when": "birthday"},
    {"kind": "gift", "wallet": "points", "points": 7, "when": "renewed"},
]
CLUB = PROGRAM["ladders"][0] | {
    "tiers": [{"id": "base"}, {"id": "silver", "from": 300, "benefits": _GIFTS}, {"id": "gold", "from": 1000}]
}
GIVING = PROGRAM | {
    "ladders": [CLUB],
    "wallets": {"points": {"kind": "points"}, "status": {"kind": "qualifying"}},
    "earning": [PROGRAM["earning"][1]],
}


async def test_a_birthday_at_a_tier_is_given_by_night_and_a_renewal_within_the_order(story: Teller) -> None:
    await story.open(GIVING)
    await quietly(story, "2025-01-02 12:00")
    anna = await story.joins(birthday="1990-03-10")
    ben = await story.joins("ben@example.com", birthday="1991-03-10")
    await story.buys(anna, 30000)
    await skip(story, "2025-03-08")
    await quietly(story, "2025-03-10 07:00")
    assert (await nights(story))["birthdays"] == 2
    assert await nights(story) == {}
    assert [await story.balance(member) for member in (anna, ben)] == [50, 0]

    (birthday,) = [
        one for one in (await story.get(f"members/{anna}/events"))["items"] if one["type"] == "member.birthday"
    ]
    told = await story.get(f"members/{anna}/explain", params={"event": birthday["id"]}, locale="es")
    assert "Regalo de cumpleaños de silver" in str(told)

    await skip(story, "2025-12-30")
    await quietly(story, "2026-01-03 12:00")
    await nights(story)
    await story.buys(anna, 30000)
    # The new year's line, in the grace of the old one: renewed.
    assert await story.balance(anna) == 57
    assert [reason for *_, reason in await story.tier_changes(anna)] == ["reached", "renewed"]
    assert await story.wrong() == {}


async def test_a_retired_tier_lasts_to_its_end_and_its_grace_and_nobody_new_gets_it(story: Teller) -> None:
    await story.open(GIVING)
    await quietly(story, "2025-01-02 12:00")
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await story.buys(anna, 100000)
    tiers = [*CLUB["tiers"][:2], CLUB["tiers"][2] | {"retired": True}]
    await quietly(story, "2025-06-01 12:00")
    await story.publish(GIVING | {"ladders": [CLUB | {"tiers": tiers}]})
    await story.errands()
    await story.buys(ben, 100000)
    assert [await story.tier(member) for member in (anna, ben)] == ["gold", "silver"]

    await skip(story, "2025-12-30")
    await quietly(story, "2026-01-15 12:00")
    await nights(story)
    # In the grace she earns more than its line, and still it ends.
    await story.buys(anna, 200000)
    assert await story.tier(anna) == "gold"
    await skip(story, "2026-01-29")
    await quietly(story, "2026-02-02 12:00")
    await nights(story)
    assert await story.tier(anna) == "silver"
    assert await story.wrong() == {}
