"""How carts are read: without locks, and with the same statements however many rewards there are."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncCursor
from tills import Till, line, offer

from puntal.checkout.operations import carts
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.ledger import operations as ledger

ANNA = {"email": "anna@example.com"}


def rewards(count: int) -> list[dict[str, Any]]:
    """Every second with a stock, every third for a larger cart, every fourth for points."""
    out = []
    for number in range(count):
        reward: dict[str, Any] = {"id": f"r{number}", "kind": "percent_off", "value": f"{1 + number % 30}%"}
        if number % 2:
            reward["stock"] = 1000
        if number % 3 == 2:
            reward["when"] = {"order.net": {"at_least": f"{20 + number}.00 EUR"}}
        if number % 4 == 3:
            reward |= {"cost": {"wallet": "points", "points": 100}, "limit": {"times": 1, "per": "month"}}
        out.append(reward)
    return out


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the database from now on, without what every transaction begins and ends with."""
    asked: list[str] = []
    execute = AsyncCursor.execute

    async def counting(self: Any, query: Any, *given: Any, **more: Any) -> Any:
        text = query.decode() if isinstance(query, bytes) else str(query)
        if not text.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            asked.append(text)
        return await execute(self, query, *given, **more)

    monkeypatch.setattr(AsyncCursor, "execute", counting)
    return asked


async def test_two_hundred_rewards_cost_no_more_statements_than_two(
    a_till: Callable[..., Awaitable[Till]], statements: list[str]
) -> None:
    counts = [await _fewest_statements(a_till, statements, many) for many in (2, 200)]

    assert counts[0] == counts[1] <= 8, statements


async def _fewest_statements(a_till: Callable[..., Awaitable[Till]], statements: list[str], many: int) -> int:
    """Of three carts: word of what was published can reach the server between two, which then reads it anew once."""
    till = await a_till(rewards=rewards(many), stacking=None)
    await till.join("anna")
    await till.buy("anna", 50_000)
    await till.answer(line("1", 5000), member=ANNA)
    counts = []
    for _ in range(3):
        statements.clear()
        answer = await till.answer(*(line(str(n), 300 + n) for n in range(10)), member=ANNA)
        assert len(answer["rewards"]) == many + 1
        counts.append(len(statements))
    return min(counts)


async def test_a_cart_waits_for_nobody_who_holds_the_member(till: Till, database: Database) -> None:
    anna = await till.join("anna")
    async with database.program_transaction(till.program_id) as tx:
        await ledger.open_and_lock(tx, till.program_id, [UUID(anna)], now=clock.now())

        answer = await asyncio.wait_for(till.answer(line("1", 5000), member=ANNA), 5)

    assert answer["known_as"] == "member"


async def test_what_others_used_up_is_seen_at_once(a_till: Callable[..., Awaitable[Till]]) -> None:
    till = await a_till(rewards=[{"id": "ten", "kind": "percent_off", "value": "10%", "stock": 1}], stacking=None)
    anna = await till.join("anna")
    await till.join("ben")
    ben = {"email": "ben@example.com"}

    before = await till.answer(line("1", 5000), member=ben)
    response = await till.client.post(till.url("/redemptions"), json={"member_id": anna, "reward": "ten"})
    assert response.status_code == 201, response.text
    after = await till.answer(line("1", 5000), member=ben)

    assert offer(before, "ten")["state"] == "used"
    assert (offer(after, "ten")["state"], offer(after, "ten")["code"]) == ("refused", "reward.sold_out")


async def test_members_of_a_pool_pay_with_what_they_have_together(a_till: Callable[..., Awaitable[Till]]) -> None:
    till = await a_till(pools={"household": {"wallets": ["points"], "max": 6}})
    anna, ben = await till.join("anna"), await till.join("ben")
    response = await till.client.post(
        till.url("/pools"), json={"kind": "household", "members": [{"member_id": anna}, {"member_id": ben}]}
    )
    assert response.status_code == 201, response.text

    await till.buy("anna", 30_000)
    await till.buy("ben", 30_000)

    answer = await till.answer(line("1", 5000), member=ANNA, rewards=[{"reward": "five_euro"}])

    assert answer["balances"] == {"points": 600}
    assert offer(answer, "five_euro")["state"] == "used"


async def test_points_that_ended_today_are_not_counted(a_till: Callable[..., Awaitable[Till]]) -> None:
    till = await a_till(wallets={"points": {"kind": "points", "expiry": {"after": "12 months"}}})
    await till.join("anna")
    await till.buy("anna", 50_000)

    now = await till.answer(line("1", 5000), member=ANNA)
    later = await till.answer(line("1", 5000), member=ANNA, params={"at": f"{clock.now().year + 2}-01-01T00:00:00Z"})

    assert (now["balances"], later["balances"]) == ({"points": 500}, {"points": 0})


async def test_the_search_does_not_stop_the_server(
    a_till: Callable[..., Awaitable[Till]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many that may all be combined cannot be tried in time: the answer says so, and others are served meanwhile."""
    many = [{"id": f"r{n}", "kind": "percent_off", "value": f"{2 + n % 7}%", "group": f"g{n % 10}"} for n in range(100)]
    groups = {f"g{n}": {"with": [f"g{m}" for m in range(10) if m != n], "limit": 3} for n in range(10)}
    till = await a_till(rewards=many, stacking={"groups": groups, "limit": 20})
    await till.join("anna")
    threads = []
    evaluate = carts.evaluate

    def seen(known: carts.Known) -> Any:
        threads.append(threading.current_thread())
        return evaluate(known)

    monkeypatch.setattr(carts, "evaluate", seen)

    answer = await till.answer(line("1", 99_999), line("2", 12_345), member=ANNA)

    assert (answer["exact"], len([each for each in answer["rewards"] if each["state"] == "used"])) == (False, 20)
    assert threads != [threading.main_thread()]
