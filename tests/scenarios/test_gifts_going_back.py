"""Rewards that tiers give, when the order that reached the tier comes back (B3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from telling import POINTS, Json, Teller

from puntal.kit import clock, ids
from puntal.rewards.model_vouchers import Ask
from puntal.rewards.operations import vouchers

CLUB: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points"}},
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
    "rewards": [{"id": "five", "kind": "amount_off", "value": "5.00 EUR", "valid": {"for": "60 days"}}],
    "ladders": [
        {
            "id": "club",
            "measure": {"spend": "order.net"},
            "refund_below_line": "at_once",
            "tiers": [
                {"id": "base"},
                {"id": "silver", "from": "100.00 EUR", "benefits": [{"kind": "gift", "reward": "five"}]},
            ],
        }
    ],
}


async def has(story: Teller, member: str) -> list[tuple[str, str]]:
    """State and code of her vouchers."""
    found = (await story.get(f"vouchers?member_id={member}"))["items"]
    return sorted((each["state"], each["code"]) for each in found)


async def states(story: Teller, member: str) -> list[str]:
    return [state for state, _ in await has(story, member)]


async def uses(story: Teller, member: str) -> None:
    ((_, code),) = await has(story, member)
    ask = Ask(code=code, reference="shop", member_id=UUID(member), actor="test")
    async with story.database.program_transaction(story.program_id) as tx:
        await vouchers.take(tx, story.program_id, ask, now=clock.now())


def codes(answer: Json) -> list[str]:
    return [reason["code"] for reason in answer["reasons"]]


async def test_an_unused_gift_goes_back_with_the_whole_order_and_comes_again(story: Teller) -> None:
    await story.open(CLUB)
    anna = await story.joins()
    await story.buys(anna, 10_000, order="A")
    assert await states(story, anna) == ["issued"]
    await story.refunds("A", 2_500)
    assert await states(story, anna) == ["issued"]

    whole = await story.refunds("A")
    assert "voucher_taken" in codes(whole)
    assert await states(story, anna) == ["void"]
    assert codes(await story.refunds("A")) == []
    await story.buys(anna, 10_000, order="B")
    assert await states(story, anna) == ["issued", "void"]
    assert await story.wrong() == {}


async def test_a_used_gift_stays_and_is_the_one_of_its_period(story: Teller) -> None:
    await story.open(CLUB)
    anna = await story.joins()
    await story.buys(anna, 10_000, order="A")
    await uses(story, anna)
    await story.refunds("A")
    assert await states(story, anna) == ["used"]
    await story.buys(anna, 10_000, order="B")
    assert await states(story, anna) == ["used"]
    assert await story.wrong() == {}


async def test_a_withdrawn_refund_gives_it_again_once(story: Teller) -> None:
    await story.open(CLUB)
    anna = await story.joins()
    await story.buys(anna, 10_000, order="A")
    refund = {"order": "A", "id": "r-1"}
    await story.sends("order.refunded", refund=refund)
    assert await states(story, anna) == ["void"]
    for _ in range(2):
        await story.sends("order.refund_withdrawn", refund=refund)
        assert await states(story, anna) == ["issued", "void"]
    await story.refunds("A")
    assert await states(story, anna) == ["void", "void"]
    assert await story.wrong() == {}


async def test_given_and_taken_in_one_batch_nothing_is_issued(story: Teller) -> None:
    await story.open(CLUB)
    anna = await story.joins()
    said = {"occurred_at": story.clock.at.isoformat(), "source": "shop", "member": {"id": anna}}
    lines = [{"id": "1", "amount_minor": 10_000}]
    events = [
        said | {"id": str(ids.new_id()), "type": "order.paid", "order": {"id": "A", "currency": "EUR", "lines": lines}},
        said | {"id": str(ids.new_id()), "type": "order.refunded", "refund": {"order": "A"}},
    ]
    await story.post("events/batch", {"events": events})
    assert await states(story, anna) == []
    await story.buys(anna, 10_000, order="B")
    assert await states(story, anna) == ["issued"]
    assert await story.wrong() == {}
