"""C4: budgets of order value count the orders that came, not the carts that were held, and are never passed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from telling import POINTS, Teller, why_not

HUNDRED = {"order_value": "100.00 EUR"}
BASE: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points"}},
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
    "rewards": [
        {"id": "five", "kind": "amount_off", "value": "5.00 EUR", "cost": {"wallet": "points", "points": 100}}
        | {"budget": HUNDRED | {"discount": "1000.00 EUR"}},
        {"id": "code", "kind": "amount_off", "value": "5.00 EUR", "valid": {"for": "30 days"}, "budget": HUNDRED},
    ],
}


def cart(amount: int) -> dict[str, Any]:
    return {"order": {"currency": "EUR", "lines": [{"id": "1", "amount_minor": amount}]}}


async def holds(story: Teller, member: str, amount: int, **more: Any) -> str:
    body = {"member_id": member, "reward": "five", **cart(amount), **more}
    return str((await story.post("redemptions", body, status=201))["id"])


async def used(story: Teller, reward: str = "five") -> int:
    """What is used of the budget, in minor units."""
    items = (await story.get("rewards"))["items"]
    room = next(each["room"] for each in items if each["id"] == reward)
    return next(int(each["used"]) for each in room if each["measure"] == "order_value")


async def orders(story: Teller, member: str, amount: int, *held: str, order: str = "o1", **more: Any) -> dict[str, Any]:
    header = {"redemptions": list(held), "discount_minor": 500 * len(held)}
    return await story.buys(member, amount, order=order, header=header, **more)


def said(answer: dict[str, Any], id: str) -> list[str]:
    return why_not(answer, f"redemption:{id}")


async def opened(story: Teller, **reward: Any) -> str:
    await story.open(BASE | {"rewards": [BASE["rewards"][0] | reward, BASE["rewards"][1]]})
    anna = await story.joins()
    await story.buys(anna, 2_000_000)
    return anna


async def test_what_the_order_takes_beyond_the_cart_is_charged(story: Teller) -> None:
    anna = await opened(story)
    held = await holds(story, anna, 4000)
    assert await used(story) == 4000

    answer = await orders(story, anna, 7000, held)

    assert said(answer, held) == ["redeemed"]
    assert await used(story) == 7000
    # It says so itself, and a retry of the order takes nothing more.
    await orders(story, anna, 7000, held)
    assert await used(story) == 7000
    assert await story.wrong() == {}


async def test_the_order_as_it_was_held_counts_what_was_reserved(story: Teller) -> None:
    """Its rewards took off 10.00: the cart was held without them."""
    anna = await opened(story)
    first, second = await holds(story, anna, 4000), await holds(story, anna, 4000)

    await orders(story, anna, 4000, first, second)

    assert await used(story) == 8000
    assert await story.wrong() == {}


async def test_a_cheaper_order_gives_back_what_it_did_not_need(story: Teller) -> None:
    anna = await opened(story)
    held = await holds(story, anna, 9000)

    await orders(story, anna, 3000, held)

    assert await used(story) == 3000
    await holds(story, anna, 7000)
    assert await story.wrong() == {}


async def test_an_order_dearer_than_there_is_room_for_does_not_use_the_reward(story: Teller) -> None:
    """It is said, nothing is taken, and what was held is still hers."""
    anna = await opened(story)
    held, other = await holds(story, anna, 4000), await holds(story, anna, 4000)
    before = await story.wallet(anna)

    answer = await orders(story, anna, 6001, held)

    assert said(answer, held) == ["redemption_over_budget"]
    assert next(each["by"] for each in answer["reasons"] if each["code"] == "redemption_over_budget") == "reward:five"
    found = await story.get(f"redemptions/{held}")
    assert (found["state"], found["order"]) == ("held", None)
    wallet = await story.wallet(anna)
    assert (wallet["held"], wallet["available"]) == (before["held"], before["available"] + 55)
    assert await used(story) == 8000
    assert await story.wrong() == {}

    # Room that another gives back is room for it, to the last cent.
    await story.post(f"redemptions/{other}/cancel")
    assert said(await orders(story, anna, 10_000, held, order="o2"), held) == ["redeemed"]
    assert await used(story) == 10_000
    assert await story.wrong() == {}


async def test_what_was_redeemed_in_one_step_is_asked_too(story: Teller) -> None:
    anna = await opened(story)
    made = await holds(story, anna, 4000, commit=True)

    assert said(await orders(story, anna, 10_001, made), made) == ["redemption_over_budget"]
    assert said(await orders(story, anna, 8000, made, order="o2"), made) == ["redeemed"]

    assert await used(story) == 8000
    assert await story.wrong() == {}


async def test_committing_by_hand_says_what_the_order_came_to(story: Teller) -> None:
    anna = await opened(story)
    held = await holds(story, anna, 4000)

    refused = await story.post(f"redemptions/{held}/commit", {"order_minor": 10_001}, status=409)
    assert (refused["type"], refused["by"]) == ("reward.budget", "reward:five")
    assert (await story.get(f"redemptions/{held}"))["state"] == "held"
    assert await used(story) == 4000
    done = await story.post(f"redemptions/{held}/commit", {"order_minor": 10_000, "discount_minor": 400})

    assert (done["state"], done["discount_minor"]) == ("committed", 400)
    assert await used(story) == 10_000
    await story.post(f"redemptions/{held}/cancel")
    assert await used(story) == 0
    assert await story.wrong() == {}


async def test_lines_added_later_count_as_far_as_there_is_room(story: Teller) -> None:
    """An order is a fact: the budget is full, and the decision says that it is passed."""
    anna = await opened(story)
    held = await holds(story, anna, 4000)
    await orders(story, anna, 4000, held)
    lines = [{"id": "1", "amount_minor": 4000}, {"id": "2", "amount_minor": 3000}]
    header = {"id": "o1", "currency": "EUR", "discount_minor": 500, "redemptions": [held]}

    more = await story.sends("order.updated", anna, order=header | {"lines": lines})
    assert said(more, held) == []
    assert await used(story) == 7000
    lines.append({"id": "3", "amount_minor": 9000})
    most = await story.sends("order.updated", anna, order=header | {"lines": lines})

    assert said(most, held) == ["redemption_over_budget"]
    assert await used(story) == 10_000
    assert await story.wrong() == {}


async def test_a_code_kept_for_later_counts_the_order_it_is_used_on(story: Teller) -> None:
    """Nothing is known of an order when it is issued; where there is no room the code stays unused."""
    anna = await opened(story)
    codes = []
    for _ in range(2):
        made = await story.post("redemptions", {"member_id": anna, "reward": "code", "commit": True}, status=201)
        codes.append((made["id"], made["vouchers"][0]["code"]))
    assert await used(story, "code") == 0
    (first, code), (second, other) = codes

    await story.buys(anna, 6500, order="o1", header={"vouchers": [code], "discount_minor": 500})
    assert await used(story, "code") == 6500
    refused = await story.buys(anna, 4501, order="o2", header={"vouchers": [other], "discount_minor": 500})

    assert said(refused, second) == ["redemption_over_budget"]
    assert not why_not(refused, f"voucher:…{other[-4:]}")
    assert await used(story, "code") == 6500
    assert (await story.get(f"redemptions/{second}"))["order"] is None
    fits = await story.buys(anna, 3500, order="o3", header={"vouchers": [other], "discount_minor": 500})
    assert why_not(fits, f"voucher:…{other[-4:]}") == ["redeemed"]
    assert (await story.get(f"redemptions/{second}"))["order"] == "shop:o3"
    assert await used(story, "code") == 10_000
    assert (await story.get(f"redemptions/{first}"))["order"] == "shop:o1"
    assert await story.wrong() == {}


async def test_an_order_in_another_currency_uses_no_reward(story: Teller) -> None:
    anna = await opened(story)
    held = await holds(story, anna, 4000)
    line = {"id": "1", "amount_minor": 4000}

    answer = await story.sends(
        "order.paid", anna, order={"id": "o1", "currency": "USD", "lines": [line], "redemptions": [held]}
    )

    assert said(answer, held) == ["redemption_other_currency"]
    assert (await story.get(f"redemptions/{held}"))["state"] == "held"
    assert await used(story) == 4000


async def test_a_lapsed_hold_gives_the_cart_back(story: Teller) -> None:
    anna = await opened(story)
    await holds(story, anna, 9000)
    story.clock.at += timedelta(hours=1)

    await holds(story, anna, 9500)

    assert await used(story) == 9500
    assert await story.wrong() == {}
