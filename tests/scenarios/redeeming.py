"""A program with rewards, and how the members of the scenarios earn points and redeem them."""

from __future__ import annotations

from typing import Any

from telling import POINTS, Teller

from puntal.kit import ids

COST = {"wallet": "points", "points": 500}

BASE: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "locales": ["es", "en"],
    "wallets": {
        "points": {"kind": "points", "worth": {"value": "0.01 EUR", "step": 100}},
        "purse": {"kind": "money", "currency": "EUR"},
    },
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
    "rewards": [
        {
            "id": "five",
            "kind": "amount_off",
            "name": {"es": "5 euros", "en": "5 euros off"},
            "value": "5.00 EUR",
            "cost": {"wallet": "points", "points": 500},
            "stock": 3,
            "budget": {"discount": "12.00 EUR", "members": 2, "points": 5000},
            "limit": {"times": 2, "per": "month"},
        },
        {
            "id": "voucher",
            "kind": "amount_off",
            "value": "5.00 EUR",
            "cost": {"wallet": "points", "points": 500},
            "valid": {"for": "30 days"},
        },
        {"id": "back", "kind": "credit", "into": "purse", "value": "3.00 EUR", "cost": COST | {"points": 300}},
        {"id": "towel", "kind": "product", "product": {"ids": ["towel"], "delivery": "shipped"}, "stock": 1},
    ],
}  # fmt: skip


def with_wallet(**points: Any) -> dict[str, Any]:
    """The program with other terms of its points."""
    return BASE | {"wallets": BASE["wallets"] | {"points": BASE["wallets"]["points"] | points}}


def with_reward(**fields: Any) -> dict[str, Any]:
    """The program with its first reward changed."""
    return BASE | {"rewards": [BASE["rewards"][0] | fields, *BASE["rewards"][1:]]}


async def earns(story: Teller, member: str, points: int) -> str:
    """Buy for so many euros; returns the order."""
    order = f"O{ids.new_id()}"
    await story.buys(member, points * 100, order=order)
    return order


async def redeem(story: Teller, member: str, reward: str = "five", *, status: int = 201, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await story.post(
        "redemptions", {"member_id": member, "reward": reward, **more}, status=status
    )
    return found


async def used(story: Teller, reward: str = "five") -> dict[str, int]:
    """What is used of a reward's room, by name and measure."""
    items = (await story.get("rewards"))["items"]
    room = next(each["room"] for each in items if each["id"] == reward)
    return {f"{each['name']} {each['measure']}": each["used"] for each in room}


NOTHING = {"stock redemptions": 0, "budget members": 0, "budget discount": 0, "budget points": 0}
ONE = {"stock redemptions": 1, "budget members": 1, "budget discount": 500, "budget points": 500}


async def pays(story: Teller, member: str, minor: int, *redemptions: str, **header: Any) -> tuple[str, dict[str, Any]]:
    """Buy one thing, naming redemptions; returns the order and the answer."""
    order = f"O{ids.new_id()}"
    header |= {"redemptions": list(redemptions)}
    return order, await story.buys(member, minor, order=order, header=header)
