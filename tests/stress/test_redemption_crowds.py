"""Two hundred members' hands on one reward at once: exactly what is allowed succeeds, and everybody hears why not.

Tried out, each change by itself:

* the conditional update of `budget_usage` without its condition: 56 of a stock of 50 in the first test;
* LOCK_HOLDERS without FOR NO KEY UPDATE: 50 redemptions by 44 members, who may have one each, in the first test.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from stress_shop import document, one, open_program, ready, rows, the_books_add_up

from puntal.checkout.operations import redemptions
from puntal.checkout.operations.redemptions import Redeemed, Wanted
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.kit.errors import Refusal
from puntal.orders.model import Line, Order
from puntal.rewards.model import Ask

MEMBERS = 100
RICH = 60
"""Members who can pay; the others are 30 points short."""
STOCK = 50


def a_program(**reward: Any) -> dict[str, Any]:
    five = {
        "id": "five",
        "kind": "amount_off",
        "value": "5.00 EUR",
        "cost": {"wallet": "points", "points": 500},
        "stock": STOCK,
        "limit": {"times": 1},
    }
    return document(rewards=[five | reward], policies={"hold": "1 hours"})


async def members_of(database: Database, program: int) -> list[UUID]:
    """Let everybody earn; the first of them enough."""
    programs, now = Programs(), clock.now()
    async with database.program_transaction(program) as tx:
        compiled = (await programs.current(tx, program)).newest
    said = [
        {
            "id": f"m{n}",
            "type": "order.paid",
            "occurred_at": now.isoformat(),
            "source": "shop",
            "member": {"external": {"shop": f"c{n}"}},
            "order": {
                "id": f"o{n}",
                "currency": "EUR",
                "lines": [{"id": "1", "amount_minor": 200_000 if n < RICH else 47_000}],
            },
        }
        for n in range(MEMBERS)
    ]
    answers = await Intake(database, programs).run(program, [ready(each, compiled, now) for each in said])
    return [answer.member_id for answer in answers]  # type: ignore[union-attr, misc] # none is refused


async def redeem(database: Database, programs: Programs, program: int, member: UUID, **more: Any) -> str:
    """Ask once, in a transaction of its own; returns the redemption's state or the code of the refusal."""
    now = clock.now()
    try:
        async with database.program_transaction(program) as tx:
            loaded = await programs.current(tx, program)
            wanted = Wanted(member_id=member, ask=Ask("five"), **more)
            done: Redeemed = await redemptions.redeem_reward(tx, loaded, wanted, by="test", now=now, recorded_at=now)
            return done.redemption.state
    except Refusal as refusal:
        return refusal.code


async def a_crowd(database: Database, program: int, members: list[UUID], **more: Any) -> Counter[str]:
    """Everybody asks twice, all at once."""
    programs = Programs()
    asked = [member for member in members for _ in range(2)]
    random.Random(7).shuffle(asked)
    return Counter(await asyncio.gather(*(redeem(database, programs, program, member, **more) for member in asked)))


USED = "SELECT used FROM budget_usage WHERE program_id = %(p)s AND budget = %(budget)s AND measure = %(measure)s"
REDEEMED = """
SELECT count(*), count(DISTINCT member_id), coalesce(sum(units), 0)::bigint
FROM redemption WHERE program_id = %(p)s AND state IN ('held', 'committed')
"""


@pytest.mark.parametrize("commit", [False, True], ids=["held", "in one step"])
async def test_exactly_the_stock_is_given(own_database: Database, *, commit: bool) -> None:
    """C1, C2: 200 parallel redemptions of a reward with stock 50 by 100 members, one each."""
    program = await open_program(own_database, a_program())
    members = await members_of(own_database, program)

    heard = await a_crowd(own_database, program, members, commit=commit)

    state = "committed" if commit else "held"
    assert heard[state] == STOCK
    assert set(heard) <= {state, "reward.limit", "reward.sold_out", "reward.short_of_points"}
    assert sum(heard.values()) == 2 * MEMBERS
    assert await rows(own_database, program, REDEEMED) == [(STOCK, STOCK, STOCK * 500)]
    assert await one(own_database, program, USED, budget="reward:five:stock", measure="times") == STOCK
    await the_books_add_up(own_database, program)


async def test_a_budget_of_money_is_never_passed(own_database: Database) -> None:
    """C3: a cap of money in the way of the stock: 45 x 5.00; lapsed holds give it back to the last cent."""
    program = await open_program(own_database, a_program(budget={"discount": "227.00 EUR", "members": 48}))
    members = await members_of(own_database, program)

    heard = await a_crowd(own_database, program, members)

    assert heard["held"] == 45
    assert set(heard) <= {"held", "reward.limit", "reward.budget", "reward.short_of_points"}
    assert await one(own_database, program, USED, budget="reward:five", measure="discount") == 22_500
    assert await one(own_database, program, USED, budget="reward:five", measure="members") == 45
    await the_books_add_up(own_database, program)

    found = [row[0] for row in await rows(own_database, program, "SELECT id FROM redemption WHERE program_id = %(p)s")]
    programs, now = Programs(), clock.now()

    async def end(id: UUID, turn: int) -> None:
        async with own_database.program_transaction(program) as tx:
            loaded = await programs.current(tx, program)
            step = redemptions.commit if turn % 2 else redemptions.cancel
            try:
                await step(tx, loaded, id, now=now, recorded_at=now)
            except Refusal as refusal:
                assert refusal.code == "redemption.ended"  # noqa: PT017 - the loser of the two

    await asyncio.gather(*(end(id, turn) for id in found for turn in range(2)))

    states = Counter(
        row[0] for row in await rows(own_database, program, "SELECT state FROM redemption WHERE program_id = %(p)s")
    )
    # Whoever cancels after the commit takes it back: it was not used on any order.
    assert set(states) <= {"committed", "cancelled"}
    used = await one(own_database, program, USED, budget="reward:five", measure="discount")
    assert used == 500 * states["committed"]
    await the_books_add_up(own_database, program)


async def test_orders_dearer_than_their_carts_never_pass_a_budget(own_database: Database) -> None:
    """C4: ten carts of 40.00 are held of 500.00; of ten orders of 60.00 at once five fit, to the last cent."""
    rewarded = a_program(budget={"order_value": "500.00 EUR"})
    program = await open_program(own_database, rewarded)
    members = (await members_of(own_database, program))[:10]
    programs, now = Programs(), clock.now()
    async with own_database.program_transaction(program) as tx:
        compiled = (await programs.current(tx, program)).newest
    cart = Order("cart", "EUR", (Line("1", 4000),))
    held = {member: ids.new_id() for member in members}
    heard = await asyncio.gather(
        *(redeem(own_database, programs, program, member, id=id, order=cart) for member, id in held.items())
    )
    assert Counter(heard) == {"held": 10}

    async def order(member: UUID, id: UUID) -> list[str]:
        said = {
            "id": f"p{id}",
            "type": "order.paid",
            "occurred_at": now.isoformat(),
            "source": "shop",
            "member": {"id": str(member)},
            "order": {
                "id": f"p{id}",
                "currency": "EUR",
                "lines": [{"id": "1", "amount_minor": 6000}],
                "discount_minor": 500,
                "redemptions": [str(id)],
            },
        }
        (answer,) = await Intake(own_database, Programs()).run(program, [ready(said, compiled, now)])
        assert not isinstance(answer, Refusal)
        return [str(reason[1]) for reason in answer.outcome.reasons if reason[0] == f"redemption:{id}"]

    told = Counter(code for codes in await asyncio.gather(*(order(*one) for one in held.items())) for code in codes)

    assert told == {"redeemed": 5, "redemption_over_budget": 5}
    assert await one(own_database, program, USED, budget="reward:five", measure="value") == 50_000
    await the_books_add_up(own_database, program)


async def test_who_is_cut_off_and_asks_again_has_it_once(own_database: Database) -> None:
    """Callers die in the middle and retry with the same ids: nothing is taken twice, nothing is lost."""
    program = await open_program(own_database, a_program())
    members = await members_of(own_database, program)
    programs, dice = Programs(), random.Random(3)
    asked = {ids.new_id(): member for member in members[:RICH] for _ in range(2)}

    async def cut_off(id: UUID, member: UUID) -> None:
        asking = asyncio.create_task(redeem(own_database, programs, program, member, id=id))
        await asyncio.sleep(dice.random() / 4)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    await asyncio.gather(*(cut_off(id, member) for id, member in asked.items()))
    await the_books_add_up(own_database, program)
    twice = [(id, member) for id, member in asked.items() for _ in range(2)]
    told = await asyncio.gather(*(redeem(own_database, programs, program, member, id=id) for id, member in twice))
    assert told[::2] == told[1::2], "two of the same id at once hear the same"
    heard = Counter(told[::2])

    assert heard["held"] == STOCK
    assert set(heard) <= {"held", "reward.limit", "reward.sold_out"}
    assert await rows(own_database, program, REDEEMED) == [(STOCK, STOCK, STOCK * 500)]
    await the_books_add_up(own_database, program)
