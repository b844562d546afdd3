"""Orders that are paid sell gift cards by themselves: one per item, exactly once; refunds take back what is unused."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from selling import MakeProgram, Shop, a_refund, an_order

from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.ledger import queries as ledger
from puntal.points import queries as points
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.queries import cards
from puntal.rewards.queries import vouchers as queries

SECTIONS: dict[str, Any] = {
    "wallets": {
        "points": {"kind": "points"},
        "status": {"kind": "qualifying"},
        "monedero": {
            "kind": "money",
            "currency": "EUR",
            "gift_cards": {
                "min": "10.00 EUR",
                "max": "200.00 EUR",
                "prefix": "GC",
                "lines": {"line.product": {"in": ["gc-50", "gc-any"]}},
            },
        },
    },
}


@pytest.fixture
async def shop(a_program: MakeProgram) -> Shop:
    return await a_program(**SECTIONS)


def with_cards(*lines: dict[str, Any], id: str | None = None, **event: Any) -> dict[str, Any]:
    """An order with a scarf of 20.00 and these lines."""
    said = an_order(2000, id=id, **event)
    said["order"]["lines"] += [{"product": "gc-50", **line} for line in lines]
    return said


def of(answer: Any) -> dict[str, tuple[str, str]]:
    """Return what was said of each line's cards."""
    reasons = answer.json()["reasons"]
    return {one["rule"]: (one["code"], one["sentence"]) for one in reasons if one["rule"].startswith("gift_card:")}


async def issued(database: Database, shop: Shop) -> list[Voucher]:
    """Return every card, oldest first, having checked that the books agree."""
    async with database.program_transaction(shop.program_id) as tx:
        for check in (
            queries.disagreements,
            cards.disagreements,
            points.disagreements,
            ledger.disagreeing_balances,
        ):
            assert list(await check(tx, shop.program_id)) == []
        found = await queries.listing(tx, shop.program_id, before=UUID(int=2**128 - 1), limit=50, now=clock.now())
    return sorted((one for one in found if one.currency), key=lambda one: (one.amount, one.code))


async def owed(database: Database, shop: Shop) -> dict[str, int]:
    async with database.program_transaction(shop.program_id) as tx:
        found = await ledger.trial_balance(tx, shop.program_id)
    return {each.account: each.amount for each in found if each.wallet == 2 and each.amount}


async def told(database: Database, shop: Shop, kind: str) -> list[dict[str, Any]]:
    async with database.program_transaction(shop.program_id) as tx:
        rows = await tx.execute(
            "SELECT payload FROM outbox WHERE program_id = %s AND kind = %s ORDER BY id", [shop.program_id, kind]
        )
        return [row[0] for row in await rows.fetchall()]


async def test_a_paid_order_sells_a_card_per_item_and_a_retry_none(database: Database, shop: Shop) -> None:
    event = with_cards({"id": "c", "amount_minor": 10000, "quantity": 2}, {"id": "x", "amount_minor": 1500}, id="1001")

    first = await shop.send(event)
    again = await shop.send(event)
    other = await shop.send(event | {"id": "another-id"})

    assert of(first)["gift_card:c"] == ("card_sold", "2 gift cards sold")
    assert again.json()["replayed"] is True
    assert of(other) == {}
    sold = await issued(database, shop)
    assert [(one.amount, one.state, one.member_id) for one in sold] == [
        (1500, "issued", None),
        (5000, "issued", None),
        (5000, "issued", None),
    ]
    assert await owed(database, shop) == {"sold": -11500, "gift_cards": 11500}
    happened = await told(database, shop, "gift_card.sold")
    assert sorted((one["order"], one["line"], one["reference"]) for one in happened) == [
        ("shop:1001", "c", "shop:1001:c:1"),
        ("shop:1001", "c", "shop:1001:c:2"),
        ("shop:1001", "x", "shop:1001:x:1"),
    ]
    assert not any(one.code in str(happened) for one in sold)


async def test_the_shop_asks_for_the_codes_of_an_order(shop: Shop) -> None:
    await shop.send(with_cards({"id": "c", "amount_minor": 5000}, id="1001"))

    found = (await shop.get("gift-cards", params={"order": "shop:1001"})).json()

    assert [(one["line"], one["card"]["amount"], one["card"]["code"][:2]) for one in found] == [("c", 5000, "GC")]
    assert (await shop.get("gift-cards", params={"order": "shop:1002"})).json() == []


async def test_the_same_order_under_two_ids_at_once_sells_once(database: Database, shop: Shop) -> None:
    event = with_cards({"id": "c", "amount_minor": 5000}, id="1001")
    nobody = {key: value for key, value in event.items() if key != "member"}

    for said in (event, nobody | {"order": event["order"] | {"id": "1002"}}):
        answers = await asyncio.gather(*(shop.send(said | {"id": str(ids.new_id())}) for _ in range(6)))
        assert {answer.status_code for answer in answers} <= {200, 201}

    assert [one.amount for one in await issued(database, shop)] == [5000, 5000]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param({"amount_minor": 900}, "card_amount", id="too little"),
        pytest.param({"amount_minor": 40100, "quantity": 2}, "card_amount", id="too much"),
        pytest.param({"amount_minor": 10**7, "quantity": 1001}, "cards_too_many", id="too many"),
    ],
)
async def test_what_is_not_sold_is_said(database: Database, shop: Shop, line: dict[str, Any], code: str) -> None:
    answer = await shop.send(with_cards({"id": "c", **line}))

    assert of(answer)["gift_card:c"][0] == code
    assert await issued(database, shop) == []
    assert len(await told(database, shop, "gift_card.not_sold")) == (code == "card_amount")


async def test_a_line_that_the_shop_sold_a_card_on_sells_none_by_itself(database: Database, shop: Shop) -> None:
    event = with_cards({"id": "c", "amount_minor": 10000, "quantity": 2}, id="1001")
    await shop.send(event | {"id": "1001-made", "type": "order.created"})
    sale = {"wallet": "monedero", "amount": 5000, "reference": "s-1", "order": "shop:1001", "line": "c"}
    assert (await shop.client.post(f"{shop.at}/gift-cards", json=sale)).status_code == 201

    answer = await shop.send(event)

    assert of(answer)["gift_card:c"][0] == "card_apart"
    assert len(await issued(database, shop)) == 1


async def test_a_full_refund_voids_unused_cards_and_its_withdrawal_restores_them(
    database: Database, shop: Shop
) -> None:
    await shop.send(with_cards({"id": "c", "amount_minor": 10000, "quantity": 2}, id="1001"))

    answer = await shop.send(a_refund("1001", refund={"order": "1001", "id": "r-1"}))

    assert of(answer)["gift_card:c"] == ("card_returned", "100.00 EUR taken back from gift cards")
    assert [(one.state, one.ended_because) for one in await issued(database, shop)] == [("void", "refund")] * 2
    assert await owed(database, shop) == {"sold": -10000, "paid_out": 10000}
    assert len(await told(database, shop, "gift_card.returned")) == 2
    (code, *_) = [one.code for one in await issued(database, shop)]
    paid = await shop.client.post(f"{shop.at}/gift-cards/{code}/redeem", json={"reference": "o-2"})
    assert paid.json()["type"] == "rewards.voucher_void"

    withdrawn = {"id": "w-1", "type": "order.refund_withdrawn", "refund": {"order": "1001", "id": "r-1"}}
    answer = await shop.send(a_refund("1001", **withdrawn))

    assert of(answer)["gift_card:c"] == ("card_restored", "100.00 EUR put back on gift cards")
    assert [(one.state, one.remaining) for one in await issued(database, shop)] == [("issued", 5000)] * 2
    assert await owed(database, shop) == {"sold": -10000, "gift_cards": 10000}


async def test_a_partial_refund_takes_its_part_and_a_used_card_keeps_what_was_spent(
    database: Database, shop: Shop
) -> None:
    await shop.send(with_cards({"id": "c", "amount_minor": 10000, "quantity": 2}, id="1001"))
    spent = (await issued(database, shop))[0]
    at = f"{shop.at}/gift-cards/{spent.code}"
    assert (await shop.client.post(f"{at}/redeem", json={"reference": "o-2", "amount": 2000})).status_code == 201

    one_of_two = {"order": "1001", "id": "r-1", "lines": [{"id": "c", "amount_minor": 5000}]}
    answer = await shop.send(a_refund("1001", refund=one_of_two))

    assert of(answer)["gift_card:c"] == ("card_returned", "50.00 EUR taken back from gift cards")
    states = {one.code == spent.code: (one.state, one.remaining) for one in await issued(database, shop)}
    assert states == {True: ("issued", 3000), False: ("void", 0)}

    answer = await shop.send(a_refund("1001", id="r-2-event", refund={"order": "1001", "id": "r-2"}))

    said = [(one["code"], one["sentence"]) for one in answer.json()["reasons"] if one["rule"] == "gift_card:c"]
    assert said == [
        ("card_returned", "30.00 EUR taken back from gift cards"),
        ("card_spent", "20.00 EUR not moved: the gift card was used or has ended"),
    ]
    assert await owed(database, shop) == {"sold": -10000, "spent": 2000, "paid_out": 8000}
    (refused,) = await told(database, shop, "gift_card.not_returned")
    assert (refused["order"], refused["line"], refused["amount"]) == ("shop:1001", "c", 2000)
    again = await shop.client.post(f"{at}/refund", json={"reference": "b", "payment": "order-refund:r-2-event"})
    assert again.json()["type"] == "rewards.use_unknown"


async def test_an_order_that_was_cancelled_before_it_was_paid_sells_nothing_that_stays(
    database: Database, shop: Shop
) -> None:
    await shop.send(a_refund("1001", type="order.cancelled", order_id="1001", refund=None))
    answer = await shop.send(with_cards({"id": "c", "amount_minor": 5000}, id="1001"))

    assert answer.status_code in {200, 201}, answer.text
    assert sum(one.remaining for one in await issued(database, shop)) == 0


async def test_lines_that_are_added_sell_more_and_lines_that_go_take_back(database: Database, shop: Shop) -> None:
    await shop.send(with_cards({"id": "c", "amount_minor": 5000}, id="1001"))
    two = with_cards({"id": "c", "amount_minor": 10000, "quantity": 2}, id="1001", type="order.updated")

    more = await shop.send(two | {"id": "u-1"})
    fewer = await shop.send(with_cards(id="1001", type="order.updated") | {"id": "u-2"})

    assert of(more)["gift_card:c"] == ("card_sold", "1 gift cards sold")
    assert of(fewer)["gift_card:c"][0] == "card_returned"
    assert [one.state for one in await issued(database, shop)] == ["void", "void"]


async def test_an_order_of_nobody_sells_cards_and_takes_back_named_lines(database: Database, shop: Shop) -> None:
    event = with_cards({"id": "c", "amount_minor": 5000}, id="1001")
    del event["member"]
    answer = await shop.send(event)
    assert of(answer)["gift_card:c"][0] == "card_sold"

    back = {"order": "1001", "id": "r-1", "lines": [{"id": "c", "amount_minor": 2000}]}
    answer = await shop.send(a_refund("1001", refund=back))

    assert of(answer)["gift_card:c"] == ("card_returned", "20.00 EUR taken back from gift cards")
    assert [(one.state, one.remaining) for one in await issued(database, shop)] == [("issued", 3000)]


async def test_while_the_wallet_is_stopped_no_card_is_sold(database: Database, shop: Shop) -> None:
    switch = {"target_kind": "wallet", "target_id": "monedero", "mode": "stop_new", "reason": "audit"}
    answer = await shop.client.post(f"{shop.at}/kill-switches", json=switch)
    assert answer.status_code in {200, 201}, answer.text

    answer = await shop.send(with_cards({"id": "c", "amount_minor": 5000}))

    assert of(answer)["gift_card:c"][0] == "card_not_now"
    assert await issued(database, shop) == []
