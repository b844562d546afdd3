"""What is told of things done at the till, and the list of one's own that can still be undone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from counters import Shop, a_new_id

from puntal.checkout.shapes_till import TillActionOut, TillActionsOut
from puntal.kit import clock


async def test_a_sale_says_what_was_paid_by_whom_and_what_it_earned(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")

    sold = await marta.sells(anna, 9000)

    TillActionOut.model_validate(sold)
    assert (sold["amount_minor"], sold["currency"], sold["used"]) == (9000, "EUR", [])
    assert (sold["first_name"], sold["ending"]) == ("Anna", "0123")
    assert sold["earned"] == [{"wallet": "points", "units": 90, "pending": 0, "available_at": None}]


async def test_points_that_come_later_say_from_when(shop: Shop) -> None:
    await shop.publish(wallets=later("14 days"))
    anna = await shop.joins()
    marta = await shop.hire("Marta")

    sold = await marta.sells(anna, 9000)

    (earned,) = sold["earned"]
    assert (earned["units"], earned["pending"]) == (90, 90)
    assert timedelta(days=12) < datetime.fromisoformat(earned["available_at"]) - clock.now() <= timedelta(days=15)


async def test_ones_own_are_listed_with_what_was_redeemed_and_undone(shop: Shop) -> None:
    """F10: nobody else's, in the language of whoever asks."""
    anna = await shop.joins()
    marta, ben = await shop.hire("Marta"), await shop.hire("Ben")
    sold = await marta.sells(anna, 60_000)
    coffee = await marta.redeems(anna, reward="coffee")
    gone = await marta.undoes(await marta.sells(None, 500))
    await ben.sells(anna, 700)

    found = await marta.does("actions", method="GET", locale="es")

    TillActionsOut.model_validate(found)
    assert [each["id"] for each in found["items"]] == [gone["id"], coffee["id"], sold["id"]]
    undone, redeemed, sale = found["items"]
    assert (undone["state"], undone["first_name"], undone["earned"]) == ("undone", None, [])
    assert (redeemed["used"], redeemed["redemptions"][0]["units"], redeemed["first_name"]) == (["Un café"], 100, "Anna")
    assert (sale["amount_minor"], sale["earned"][0]["units"]) == (60_000, 600)
    assert (found["wallets"][0]["name"], found["wallets"][0]["one"]) == ("puntos", "punto")


async def test_the_list_is_read_page_by_page(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    made = [await marta.sells(anna, 1000 + n) for n in range(5)]
    seen: list[Any] = []
    path = "actions?limit=2"
    while True:
        found = await marta.does(path, method="GET")
        seen += found["items"]
        if found["next"] is None:
            break
        path = f"actions?limit=2&cursor={found['next']}"
    assert [each["id"] for each in seen] == [each["id"] for each in reversed(made)]


async def test_what_can_no_longer_be_undone_and_what_is_only_set_aside_is_not_listed(shop: Shop) -> None:
    await shop.publish(till={"undo_within": "1 minute"})
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 60_000)
    await marta.redeems(anna, reward="coffee", hold=True)
    assert [each["kind"] for each in (await marta.does("actions", method="GET"))["items"]] == ["sale"]

    async with shop.database.program_transaction(shop.program_id) as tx:
        await tx.execute("UPDATE till_action SET undo_until = recorded_at")

    assert (await marta.does("actions", method="GET"))["items"] == []


async def test_a_sale_with_a_reward_names_it(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 60_000)
    held = await marta.redeems(anna, reward="coffee", hold=True)

    sold = await marta.sells(anna, 1000, redemptions=[held["id"]])

    assert sold["used"] == ["A coffee"]
    (first, *_) = (await marta.does("actions", method="GET"))["items"]
    assert (first["id"], first["used"], first["member_id"]) == (sold["id"], ["A coffee"], anna)


async def test_a_reward_for_a_cart_says_what_is_lacking_for_it(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 12_000)
    (five,) = [
        each for each in (await marta.does("lookup", {"text": "7700123"}))["rewards"] if each["state"] == "with_order"
    ]
    assert (five["reward"], five["points"], five["short_by"]) == ("five_euro", 300, 180)


async def test_a_cursor_of_another_list_is_refused(shop: Shop) -> None:
    marta = await shop.hire("Marta")
    refused = await marta.ask(f"actions?cursor={a_new_id()}", method="GET")
    assert refused.json()["type"] == "request.bad_cursor"


def later(span: str) -> dict[str, Any]:
    return {"points": {"kind": "points", "available": {"after": span}}}
