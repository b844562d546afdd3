"""Refunds that come before their order, from a till that does not say whose it was."""

from __future__ import annotations

import asyncio

from selling import Shop, a_refund, an_order


def _of_nobody(order: str, **more: object) -> dict[str, object]:
    return {key: value for key, value in a_refund(order, **more).items() if key != "member"}


async def test_it_waits_for_its_order_and_is_applied_with_it(shop: Shop) -> None:
    """X26, where the refund names no member."""
    early = (await shop.send(_of_nobody("77"))).json()

    paid = (await shop.send(an_order(10_000, id="77"))).json()

    assert (early["code"], early["member_id"]) == ("order.awaited", None)
    assert sum(award["points"] for award in paid["awards"]) == 0
    assert paid["balances"]["points"]["available"] + paid["balances"]["points"]["pending"] == 0


async def test_several_of_them_and_their_order_at_the_same_moment_lose_nothing(shop: Shop) -> None:
    refunds = [_of_nobody("78") | {"id": f"early-{n}"} for n in range(8)]
    for n, refund in enumerate(refunds):
        refund["refund"] = {"order": "78", "id": f"r{n}", "amount_minor": 1_000}

    answers = await asyncio.gather(
        *(shop.send(event) for event in [*refunds[:4], an_order(10_000, id="78"), *refunds[4:]])
    )

    assert {answer.status_code for answer in answers} == {200}
    last = (await shop.send(_of_nobody("78") | {"id": "rest", "refund": {"order": "78", "id": "rest"}})).json()
    assert last["balances"]["points"]["available"] + last["balances"]["points"]["pending"] == 0
