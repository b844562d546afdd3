"""Money at the till: what a wallet would pay of a cart, and printed gift cards that are activated as they are sold."""

from __future__ import annotations

from typing import Any

from counters import DOCUMENT, Counter, Shop, order

from puntal.entrypoints.following import DEFERRED
from puntal.kit import jobs

WALLETS = DOCUMENT["wallets"] | {"monedero": {"kind": "money", "currency": "EUR", "gift_cards": {"min": "10.00 EUR"}}}


async def with_money(shop: Shop) -> tuple[str, Counter]:
    await shop.publish(wallets=WALLETS)
    return str(await shop.joins()), await shop.hire("Marta")


async def posted(shop: Shop, marta: Counter, path: str, body: Any, status: int = 201) -> Any:
    answered = await shop.http.post(f"{shop.path}/{path}", json=body, headers=marta.headers)
    assert answered.status_code == status, answered.text
    return answered.json()


async def test_a_cart_says_what_a_wallet_pays(shop: Shop) -> None:
    """F10, B18: as `POST carts/evaluate` does."""
    anna, marta = await with_money(shop)
    loaded = {"reference": "load-1", "amount": 2500, "means": "cash"}
    await posted(shop, marta, f"members/{anna}/wallets/monedero/load", loaded)

    async def paid(**money: Any) -> tuple[int, int]:
        answer = await marta.does("evaluate", {"member_id": anna, "order": order(4000), "money": money})
        return answer["paid_wallet_minor"], answer["total_minor"]

    assert await paid() == (0, 4000)
    assert await paid(monedero=1000) == (1000, 3000)
    assert await paid(monedero="most") == (2500, 1500)
    for wrong in ({"points": 1}, {"monedero": -1}, {"monedero": "all"}):
        asked = {"member_id": anna, "order": order(4000), "money": wrong}
        assert (await marta.ask("evaluate", asked)).status_code == 422, wrong


async def test_a_cashier_activates_a_printed_card(shop: Shop) -> None:
    """Once per reference; she makes no batches and pays no card out."""
    _, marta = await with_money(shop)
    wanted = {"wallet": "monedero", "count": 2, "name": "Christmas"}
    await posted(shop, marta, "gift-cards/batches", wanted, status=403)
    printed = await shop.http.post(f"{shop.path}/gift-cards/batches", json=wanted)
    assert printed.status_code == 201, printed.text
    queue = jobs.runner(shop.database.uri, connections=2)
    assert DEFERRED, "what a worker knows, known here too"
    async with queue.open_async():
        await jobs.run(queue, jobs.Work(database=shop.database), concurrency=1, wait=False)
    file = await shop.http.get(f"{shop.path}/voucher-batches/{printed.json()['id']}/codes.csv")
    code, other = [line.split(",")[0].strip() for line in file.text.splitlines()[1:3]]

    sold = {"reference": "till-7-0043", "amount": 5000}
    active = await posted(shop, marta, f"gift-cards/{code}/activate", sold)
    again = await posted(shop, marta, f"gift-cards/{code}/activate", sold, status=200)

    assert (active["card"]["remaining"], active["replayed"], again["replayed"]) == (5000, False, True)
    assert again["card"] == active["card"]
    too_little = await posted(shop, marta, f"gift-cards/{other}/activate", {"reference": "x", "amount": 999}, 422)
    assert too_little["type"] == "rewards.card_amount"
    taken = await posted(shop, marta, f"gift-cards/{other}/activate", sold, 409)
    assert taken["type"] == "rewards.sale_reused"
    assert (await posted(shop, marta, f"gift-cards/{code}/payout", {"reference": "y", "means": "cash"}, 403))[
        "type"
    ] == "access.forbidden"
