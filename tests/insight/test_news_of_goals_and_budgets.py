"""Staff who may read reports are told of budgets near their end and of goals, each once, whether or not they look."""

from __future__ import annotations

from typing import Any

import pytest
from telling import POINTS, Teller

from puntal.access import queries
from puntal.access.model import NewStaff, Staff
from puntal.access.operations import keys, notifications, staff
from puntal.entrypoints.figures import keep_figures
from puntal.kit import clock, ids

Json = dict[str, Any]
PROGRAM: Json = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "joining": {"unknown_customer": "enrol"},
    "wallets": {"points": {"kind": "points"}},
    "earning": [
        {"id": "purchases", "on": "purchase", "award": POINTS, "budget": {"points": 100}},
    ],
}


@pytest.fixture
async def shop(story: Teller) -> Teller:
    await story.open(PROGRAM)
    await story.joins("anna@example.com")
    return story


async def hired(shop: Teller, name: str, role: str) -> Staff:
    async with shop.database.transaction() as tx:
        by = keys.administrator(await queries.organization_of(tx, shop.program_id))
        person = NewStaff(email=f"{name}-{ids.new_id()}@example.org", name=name, role=role, locale="en")
        return await staff.add(tx, person, by=by, password=None, now=clock.now())


async def kept(shop: Teller) -> None:
    """What a worker does every minute, twice."""
    for _ in range(2):
        await keep_figures(shop.database, shop.app.state.programs, shop.program_id, now=shop.clock.at)


async def news(shop: Teller, person: Staff) -> list[str]:
    async with shop.database.program_transaction(shop.program_id) as tx:
        found = await notifications.listed(tx, shop.program_id, person.id, unread=True, before=None, limit=50)
    return [one.text("en") for one in reversed(found)]


async def test_a_budget_near_its_end_and_used_up(shop: Teller) -> None:
    ben, cashier = await hired(shop, "ben", "analyst"), await hired(shop, "carla", "cashier")
    await shop.buys("anna@example.com", 7_900)
    await kept(shop)
    assert await news(shop, ben) == []

    await shop.buys("anna@example.com", 1_000)
    await kept(shop)
    assert await news(shop, ben) == ["A budget is near its end: 89 % of that of “Purchases” is used"]

    await shop.buys("anna@example.com", 5_000)
    await kept(shop)
    assert (await news(shop, ben))[1:] == ["A budget is used up: “Purchases” gives nothing more in this period"]
    assert await news(shop, cashier) == []


async def test_a_goal_that_is_reached_and_one_that_is_missed(shop: Teller) -> None:
    ben = await hired(shop, "ben", "marketer")
    today = shop.clock.at.date()
    goal = {"metric": "sales", "from": f"{today}", "through": f"{today}"}
    await shop.call("POST", "goals", json={**goal, "name": "A good day", "target": 2_000}, status=201)
    await shop.call("POST", "goals", json={**goal, "name": "A better day", "target": 1_000_000}, status=201)
    await shop.buys("anna@example.com", 1_000)
    await kept(shop)
    assert await news(shop, ben) == []

    await shop.buys("anna@example.com", 1_000)
    await kept(shop)
    assert await news(shop, ben) == ["The goal “A good day” is reached"]

    await shop.at(f"{today.replace(day=today.day + 1)} 10:00")
    await kept(shop)
    assert (await news(shop, ben))[1:] == ["The goal “A better day” was missed: it ended at 0 % of the way"]
