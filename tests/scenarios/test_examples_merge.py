"""X38 with its own numbers: two members become one, over the public API."""

from __future__ import annotations

from typing import Any

from telling import Teller, gave

MANY = {"internal_reason": "lunch", "reason": "Lunch"}


def a_rule(wallet: str) -> dict[str, Any]:
    award = {"wallet": wallet, "points": 1, "per": "1.00 EUR"}
    return {"id": wallet, "on": "purchase", "only_lines": {"line.category": wallet}, "award": award}


PROGRAM: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "points": {
            "kind": "points",
            "if_already_spent": "debt",
            "limits": {"earn": {"points": 5000, "per": "month"}},
        },
        "status": {"kind": "qualifying"},
    },
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": "calendar_year",
            "keep": "end_of_next_period",
            "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}],
        }
    ],
    "earning": [a_rule("points"), a_rule("status")],
    "rewards": [
        {
            "id": "coffee",
            "kind": "amount_off",
            "value": "1.00 EUR",
            "cost": {"wallet": "points", "points": 100},
            "limit": {"times": 2, "per": "month"},
        }
    ],
}


def worth(category: str, points: int) -> dict[str, Any]:
    return {"amount_minor": 100 * points, "category": category}


async def redeems(story: Teller, member: str, *, status: int = 201) -> dict[str, Any]:
    body = {"member_id": member, "reward": "coffee", "commit": True}
    found: dict[str, Any] = await story.post("redemptions", body, status=status)
    return found


async def test_two_members_become_one(story: Teller) -> None:
    """X38: gold 1,050 and silver 320; 1 and 2 of 2 a month; 4,200 and 1,100 of 5,000; 900 points and a debt of 50."""
    await story.at("2025-03-10", nights=False)
    await story.open(PROGRAM)
    anna, ben = await story.joins("anna@example.com"), await story.joins("ben@example.com")
    await story.buys(anna, worth("points", 4200), worth("status", 1050))
    await story.buys(ben, worth("points", 1100), worth("status", 320))
    await story.buys(ben, worth("points", 50), order="back")
    for member, times, left in ((anna, 1, 900), (ben, 2, 0)):
        for _ in range(times):
            await redeems(story, member)
        spent = {"wallet": "points", "amount": left - await story.balance(member), **MANY}
        await story.post(f"members/{member}/adjustments", spent, status=201)
    await story.refunds("back")
    mine, his = await story.wallet(anna), await story.wallet(ben)
    assert (mine["available"], his["available"], his["debt"]) == (900, 0, 50)
    assert (await story.tier(anna), await story.tier(ben)) == ("gold", "silver")

    merged = await story.post(f"members/{anna}/merge", {"merged_id": ben})

    one = await story.wallet(anna)
    assert (one["available"], one["debt"]) == (850, 0)
    (standing,) = (await story.get(f"members/{anna}/tiers"))["items"]
    assert (standing["tier"], standing["measure"]) == ("gold", 1370)
    # No more this month, and nothing is taken for the 3 and the 5,300.
    assert (await redeems(story, anna, status=409))["type"] == "reward.limit"
    bought = await story.buys(anna, worth("points", 100))
    assert gave(bought).get("points", 0) == 0
    assert (await story.wallet(anna))["available"] == 850
    assert await story.wrong() == {}

    await story.at("2025-04-01")
    await redeems(story, anna)
    await story.buys("ben@example.com", worth("points", 100))
    assert (await story.wallet(anna))["available"] == 850
    assert await story.wrong() == {}

    await story.post(f"merges/{merged['id']}/undo")
    assert (await story.tier(anna), await story.tier(ben)) == ("gold", "silver")
    assert await story.wrong() == {}
