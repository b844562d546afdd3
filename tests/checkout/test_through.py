"""From the question to the paid order: what was answered can be held, and what was promised comes."""

from __future__ import annotations

from typing import Any

from tills import Till, line, offer

from puntal.kit import clock, ids

ANNA = {"email": "anna@example.com"}


async def test_what_is_answered_can_be_held_and_is_paid_so(till: Till) -> None:
    """B8: a reward and points as payment on one cart; the order spends both and earns what was promised."""
    anna = await till.join("anna")
    await till.buy("anna", 200_000)
    lines = [line("1", 4999), line("2", 1001, quantity=3), line("3", 333)]
    picked = [{"reward": "five_euro"}, {"reward": "pay:points", "points": 1200}]
    cart = await till.answer(*lines, member=ANNA, rewards=picked, shipping_minor=490)
    order = {"currency": "EUR", "lines": lines, "shipping_minor": 490}

    assert {each["reward"] for each in cart["rewards"] if each["state"] == "used"} == {
        "five_euro",
        "free_shipping",
        "pay:points",
    }
    assert cart["total_minor"] == 6333 - 500 - 1200
    held = [await _hold(till, anna, used, order) for used in cart["rewards"] if used["state"] == "used"]
    paid = await _pay(till, cart, order, held)

    points = {each["wallet"]: each["points"] for each in paid["awards"] if each["rule"] == "purchases"}
    assert points == cart["earns"]["points"] == {"points": 46}
    assert paid["balances"]["points"]["available"] == 2000 - 400 - 1200 + 46
    again = await till.answer(*lines, member=ANNA)
    assert again["balances"] == {"points": 446}


async def test_what_was_taken_meanwhile_is_refused_when_held(till: Till) -> None:
    anna = await till.join("anna")
    await till.buy("anna", 50_000)
    lines = [line("1", 4999)]
    order = {"currency": "EUR", "lines": lines}
    used = offer(await till.answer(*lines, member=ANNA, rewards=[{"reward": "five_euro"}]), "five_euro")

    await _hold(till, anna, used, order)
    second = await till.client.post(till.url("/redemptions"), json=_wanted(anna, used, order))
    now = offer(await till.answer(*lines, member=ANNA, rewards=[{"reward": "five_euro"}]), "five_euro")

    assert (second.status_code, second.json()["type"]) == (409, "reward.short_of_points")
    assert (now["state"], now["code"], now["short_by"]) == ("refused", "reward.short_of_points", 300)
    assert now["message"] == "300 more are needed"


def _wanted(member: str, used: Any, order: Any) -> dict[str, Any]:
    return {
        "id": str(ids.new_id()),
        "member_id": member,
        "reward": used["reward"],
        "portions": used["portions"],
        "discount_minor": used["discount_minor"],
        "channel": "online",
        "order": order,
    }


async def _hold(till: Till, member: str, used: Any, order: Any) -> str:
    response = await till.client.post(till.url("/redemptions"), json=_wanted(member, used, order))
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def _pay(till: Till, cart: Any, order: Any, held: list[str]) -> Any:
    lines = [
        said | {"discount_minor": answered["discount_minor"]}
        for said, answered in zip(order["lines"], cart["lines"], strict=True)
    ]
    event = {
        "id": str(ids.new_id()),
        "type": "order.paid",
        "occurred_at": clock.now().isoformat(),
        "channel": "online",
        "member": ANNA,
        "order": {
            "id": "O1",
            "currency": "EUR",
            "lines": lines,
            "shipping_minor": cart["shipping"]["net_minor"],
            "paid_points_minor": cart["paid_points_minor"],
            "redemptions": held,
        },
    }
    response = await till.client.post(till.url("/events"), json=event)
    assert response.status_code == 200, response.text
    return response.json()
