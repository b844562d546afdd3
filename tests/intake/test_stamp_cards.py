"""A full stamp card gives a voucher in the same event, and a refund takes it back while it is unused (X34)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from selling import MakeProgram, Shop, a_refund, an_order

from puntal.checkout.operations import redemptions
from puntal.entrypoints.programs import Programs
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.rewards.model_vouchers import Ask, Voucher
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as queries

SECTIONS: dict[str, Any] = {
    "wallets": {
        "coffees": {"kind": "stamps", "card": {"size": 9, "reward": "free_coffee"}},
        "status": {"kind": "qualifying"},
    },
    "earning": [
        {"id": "stamp", "on": "purchase", "award": {"wallet": "coffees", "points": 1, "per": "item"}},
        {"id": "status", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "0.10 EUR"}},
    ],
    "rewards": [
        {
            "id": "free_coffee",
            "kind": "product",
            "product": {"ids": ["coffee"]},
            "listed": False,
            "ladder": "club",
            "valid": {"for": "30 days", "by_tier": {"silver": "60 days"}},
            "voucher": {"prefix": "CAFE"},
        }
    ],
}


async def issued(database: Database, shop: Shop) -> list[Voucher]:
    async with database.program_transaction(shop.program_id) as tx:
        assert await queries.disagreements(tx, shop.program_id) == []
        return await queries.listing(tx, shop.program_id, before=UUID(int=2**128 - 1), limit=50, now=clock.now())


async def stamps(shop: Shop, member: UUID) -> int:
    wallet = (await shop.get(f"members/{member}/wallets")).json()["items"][0]
    return int(wallet["balance"])


async def buy(shop: Shop, coffees: int) -> tuple[str, UUID]:
    order = str(ids.new_id())
    answer = await shop.send(an_order(*[250] * coffees, id=order))
    assert answer.status_code in {200, 201}, answer.text
    return order, UUID(answer.json()["member_id"])


@pytest.fixture
async def shop(a_program: MakeProgram) -> Shop:
    return await a_program(**SECTIONS)


async def test_a_full_card_gives_one_voucher_and_its_refund_voids_it(database: Database, shop: Shop) -> None:
    """X34: card of 9; 8 stamps + 3 coffees: 1 voucher + 2 stamps; the 3 refunded: voucher void, 8 stamps."""
    await buy(shop, 8)
    order, anna = await buy(shop, 3)
    (voucher,) = await issued(database, shop)

    assert await stamps(shop, anna) == 2
    assert (voucher.state, voucher.member_id, voucher.reward) == ("issued", anna, "free_coffee")
    assert voucher.code.startswith("CAFE")
    assert voucher.terms.benefit["product"] == {"ids": ["coffee"]}
    assert voucher.ends_at is not None

    await shop.send(a_refund(order))
    (voucher,) = await issued(database, shop)

    assert (voucher.state, voucher.ended_because) == ("void", "refund")
    assert await stamps(shop, anna) == 8


async def test_as_often_as_fits(database: Database, shop: Shop) -> None:
    _, anna = await buy(shop, 20)

    assert len(await issued(database, shop)) == 2
    assert await stamps(shop, anna) == 2


async def test_one_that_was_used_stays_used(database: Database, shop: Shop) -> None:
    await buy(shop, 8)
    order, anna = await buy(shop, 3)
    (voucher,) = await issued(database, shop)
    async with database.program_transaction(shop.program_id) as tx:
        ask = Ask(code=voucher.code, reference="ticket-1", member_id=anna, actor="key:test")
        await vouchers.take(tx, shop.program_id, ask, now=clock.now())

    await shop.send(a_refund(order))
    (voucher,) = await issued(database, shop)

    assert voucher.state == "used"
    assert await stamps(shop, anna) == 0


async def test_the_same_event_again_gives_nothing_more(database: Database, shop: Shop) -> None:
    order = an_order(*[250] * 9)
    first, second = await shop.send(order), await shop.send(order)

    assert (first.json().get("replayed", False), second.json()["replayed"]) == (False, True)
    assert len(await issued(database, shop)) == 1


async def test_a_card_that_fills_and_comes_apart_in_one_batch_gives_nothing(database: Database, shop: Shop) -> None:
    order = str(ids.new_id())
    await shop.send_many([an_order(*[250] * 9, id=order), a_refund(order)])

    assert await issued(database, shop) == []


async def test_a_kill_switch_returns_the_stamps_and_no_card_is_finished_while_it_is_set(
    database: Database, shop: Shop
) -> None:
    """B23: what is voided returns what it cost; lifting lets new ones through and reissues none."""
    _, anna = await buy(shop, 10)
    switch = {"target_kind": "reward", "target_id": "free_coffee", "mode": "stop_and_void", "reason": "No milk"}
    made = await shop.client.post(f"{shop.at}/kill-switches", json=switch)
    assert made.status_code in {200, 201}, made.text
    async with database.program_transaction(shop.program_id) as tx:
        programs = await Programs().current(tx, shop.program_id)
        await redemptions.void_vouchers(tx, programs, "reward", "free_coffee", now=clock.now())
        await redemptions.void_vouchers(tx, programs, "reward", "free_coffee", now=clock.now())
    (voucher,) = await issued(database, shop)

    assert (voucher.state, voucher.ended_because) == ("void", "switch")
    assert await stamps(shop, anna) == 10

    await buy(shop, 1)
    assert [one.state for one in await issued(database, shop)] == ["void"]
    assert await stamps(shop, anna) == 11

    await shop.client.delete(f"{shop.at}/kill-switches/{made.json()['id']}")
    await buy(shop, 1)
    assert sorted(one.state for one in await issued(database, shop)) == ["issued", "void"]
    assert await stamps(shop, anna) == 3


async def test_staff_void_a_cards_voucher_and_the_stamps_come_back(database: Database, shop: Shop) -> None:
    _, anna = await buy(shop, 9)
    (voucher,) = await issued(database, shop)

    path, body = f"{shop.at}/vouchers/{voucher.code}/void", {"reason": "Wrong card"}
    answers = [await shop.client.post(path, json=body) for _ in range(2)]

    assert [answer.json()["state"] for answer in answers] == ["void", "void"]
    assert await stamps(shop, anna) == 9
    assert [one.state for one in await issued(database, shop)] == ["void"]


async def test_it_lives_as_long_as_her_tier_says(database: Database, shop: Shop) -> None:
    await buy(shop, 4)
    await buy(shop, 14)

    lives = [one.ends_at - one.valid_from for one in await issued(database, shop) if one.ends_at is not None]

    assert [span.days for span in lives] == [60, 60]
