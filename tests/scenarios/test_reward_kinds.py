"""Kinds of rewards that a shop thinks of itself, and samples."""

from __future__ import annotations

from typing import Any

from telling import POINTS, Teller

COST = {"wallet": "points", "points": 100}
BASE: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points"}},
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
}


async def redeem(story: Teller, member: str, reward: str, *, status: int = 201) -> dict[str, Any]:
    asked = {"member_id": member, "reward": reward, "commit": True}
    found: dict[str, Any] = await story.post("redemptions", asked, status=status)
    return found


async def test_a_kind_of_reward_is_added_by_publishing_it(story: Teller) -> None:
    """G11: no release of ours is needed for a kind that nobody had thought of, with fields that are checked."""
    await story.open(BASE)
    anna = await story.joins()
    await story.buys(anna, 50_000)
    massage = {"id": "massage", "kind": "custom", "type": "treatment", "fields": {"minutes": 50}, "cost": COST}
    kinds = {"treatment": {"label": {"en": "Treatment", "es": "Tratamiento"}, "fields": {"minutes": "number"}}}
    assert (await redeem(story, anna, "massage", status=404))["type"] == "reward.unknown"

    faulty = massage | {"fields": {"minutes": "long"}}
    found = await story.post("program/check", BASE | {"reward_kinds": kinds, "rewards": [faulty]}, status=200)
    assert [fault["path"] for fault in found["faults"]] == ["/rewards/0/fields/minutes"]
    await story.publish(BASE | {"reward_kinds": kinds, "rewards": [massage]})

    offers = (await story.get(f"members/{anna}/offers"))["items"]
    assert [(one["reward"], one["state"]) for one in offers] == [("massage", "available")]
    redeemed = await redeem(story, anna, "massage")
    assert (redeemed["state"], redeemed["reward"]) == ("committed", "massage")
    assert await story.balance(anna) == 400
    assert await story.wrong() == {}


async def test_of_samples_everybody_has_one_while_there_are_any(story: Teller) -> None:
    """G12: a stock of samples, one a member."""
    mini = {
        "id": "mini",
        "kind": "product",
        "product": {"ids": ["cream"], "delivery": "sample"},
        "stock": 2,
        "limit": {"times": 1, "per": "lifetime"},
    }
    await story.open(BASE | {"rewards": [mini]})
    anna, ben, carla = [await story.joins(f"{name}@example.com") for name in ("anna", "ben", "carla")]

    assert (await redeem(story, anna, "mini"))["state"] == "committed"
    assert (await redeem(story, anna, "mini", status=409))["type"] == "reward.limit"
    given = await redeem(story, ben, "mini")
    assert (await redeem(story, carla, "mini", status=409))["type"] == "reward.sold_out"

    await story.post(f"redemptions/{given['id']}/cancel")
    assert (await redeem(story, carla, "mini"))["state"] == "committed", "what goes back is there for the next"
    assert await story.wrong() == {}
