"""D5: a merge undone leaves everybody what is hers, whatever happened in between."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from telling import MADRID, Teller

from puntal.console import running
from puntal.kit import ids
from puntal.ledger import operations as ledger
from puntal.limits.model import Counter

ANNA, BEN = "anna@example.com", "ben@example.com"


def a_document(policy: str) -> dict[str, Any]:
    value = {"limit": {"value": "400.00 EUR", "times": 6, "per": "month"}}
    budget = {"budget": {"points": 100_000, "members": 50, "order_value": "100000.00 EUR"}}
    return {
        "puntal": 1,
        "name": "Aurora",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
        "joining": {"unknown_customer": "enrol"},
        "policies": {"merge_undo": "400 days"},
        "orders": {"late_events": "400 days"},
        "wallets": {
            "points": {"kind": "points", "if_already_spent": policy, "expiry": {"after": "2 months"}},
            "status": {"kind": "qualifying"},
            "stamps": {"kind": "stamps", "card": {"size": 4}},
        },
        "ladders": [
            {
                "id": "club",
                "measure": {"earned": "status"},
                "window": "calendar_year",
                "keep": "end_of_next_period",
                "tiers": [{"id": "base"}, {"id": "silver", "from": 150}, {"id": "gold", "from": 400}],
            },
            {
                "id": "spenders",
                "measure": {"spend": "order.net"},
                "window": {"rolling": "3 months"},
                "keep": {"months": 1},
                "tiers": [{"id": "none"}, {"id": "big", "from": "300.00 EUR"}],
            },
        ],
        "segments": {"busy": {"when": {"member.orders.last_90_days": {"at_least": 3}}}},
        "events": {"review.written": {"fields": {"product": "text"}, "once_per": "product"}},
        "earning": [
            {"id": "base", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}, **value},
            {"id": "tier", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}},
            {"id": "stamp", "on": "purchase", "award": {"wallet": "stamps", "points": 1, "per": "item"}},
            {"id": "double", "on": "purchase", "multiply": {"rules": ["base"], "times": 2}, **budget},
            {"id": "rich", "on": "purchase", "when": {"member.spend.last_30_days": {"over": "150.00 EUR"}},
             "award": {"wallet": "points", "points": 20}},
            {"id": "review", "on": "review.written", "award": {"wallet": "points", "points": 10}},
        ],
    }  # fmt: skip


class Life:
    """What two people do at a shop, by chance."""

    def __init__(self, story: Teller, seed: int) -> None:
        self.story = story
        self.chance = random.Random(seed)
        self.orders: dict[str, list[dict[str, Any]]] = {}
        self.refunds: list[tuple[str, str]] = []

    async def step(self, who: str, doing: str) -> None:
        chance = self.chance
        match doing:
            case "buy":
                order = f"o{len(self.orders)}"
                amounts = [chance.randrange(100, 15_000) for _ in range(chance.randrange(1, 4))]
                lines = [{"id": str(n), "amount_minor": amount} for n, amount in enumerate(amounts)]
                self.orders[order] = lines
                await self.story.sends("order.paid", who, order={"id": order, "currency": "EUR", "lines": lines})
            case "more":
                order = chance.choice(list(self.orders))
                line = {"id": f"m{len(self.orders[order])}", "amount_minor": chance.randrange(100, 9_000)}
                self.orders[order].append(line)
                body = {"id": order, "currency": "EUR", "lines": self.orders[order]}
                await self.story.sends("order.updated", who, order=body)
            case "refund":
                order, id = chance.choice(list(self.orders)), str(ids.new_id())
                amount = chance.choice([None, chance.randrange(100, 9_000)])
                refund = {"order": order, "id": id} | ({} if amount is None else {"amount_minor": amount})
                await self.story.sends("order.refunded", refund=refund)
                self.refunds.append((order, id))
            case "withdraw" if self.refunds:
                order, id = self.refunds.pop(chance.randrange(len(self.refunds)))
                await self.story.sends("order.refund_withdrawn", refund={"order": order, "id": id})
            case "review":
                await self.story.sends("review.written", who, data={"product": f"p{chance.randrange(4)}"})
            case "wait":
                later = self.story.clock.at + timedelta(days=chance.randrange(3, 40))
                await self.story.at(f"{later.astimezone(MADRID):%Y-%m-%d %H:%M}")

    async def spend(self, member: str) -> None:
        have = (await self.story.wallet(member))["available"]
        if have:
            amount = -self.chance.randrange(1, have + 1)
            words = {"wallet": "points", "amount": amount, "internal_reason": "spent", "reason": "spent"}
            await self.story.post(f"members/{member}/adjustments", words, status=201)


async def state(story: Teller, member: str) -> Any:
    async with story.database.program_transaction(story.program_id) as tx:
        found = await ledger.read_holders(tx, story.program_id, [UUID(member)])
    return running.read(next(iter(found.values())).running)


@pytest.mark.parametrize("policy", ["stop_at_zero", "debt", "only_pending"])
@pytest.mark.parametrize("seed", range(4))
async def test_each_has_her_own_again(story: Teller, seed: int, policy: str) -> None:
    await story.at("2025-10-20", nights=False)
    await story.open(a_document(policy))
    anna, ben = await story.joins(ANNA), await story.joins(BEN)
    life = Life(story, seed)
    before = ["buy", "buy", "refund", "buy", "review", "withdraw", "buy", "wait"]
    for doing in before:
        await life.step(life.chance.choice([ANNA, BEN]), doing)
    await life.step(ANNA, "buy")
    await life.step(BEN, "buy")
    merge = await story.post(f"members/{anna}/merge", {"merged_id": ben})
    assert await story.wrong() == {}

    doings = ["buy", "more", "refund", "refund", "withdraw", "review", "wait", "spend"]
    for _ in range(9):
        doing = life.chance.choice(doings)
        if doing == "spend":
            await life.spend(anna)
        else:
            await life.step(life.chance.choice([ANNA, BEN]), doing)
    assert await story.wrong() == {}

    await story.post(f"merges/{merge['id']}/undo")

    assert await story.wrong() == {}
    # It goes on as if they had never been one.
    for doing in ("buy", "refund", "withdraw", "wait", "withdraw"):
        await life.step(life.chance.choice([ANNA, BEN]), doing)
        assert await story.wrong() == {}, doing
    for order in life.orders:
        await story.refunds(order)
    assert await story.wrong() == {}
    for member in (anna, ben):
        left = await state(story, member)
        assert (left.totals.orders, left.totals.spend, left.totals.items) == (0, 0, 0)
        assert left.totals.earned.get("status", 0) == 0
        assert {c for key, windows in left.used.items() for c in map(tuple_of, windows.values())} <= {(0, 0, 0)}
        assert {amount for standing in left.tiers.values() for amount in standing.counts.values()} <= {0}


def tuple_of(counter: Counter) -> tuple[int, int, int]:
    return counter.times, counter.points, counter.value
