"""Many at once on few wallets: nothing deadlocks, nothing is spent twice, everything adds up."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from books import a_wallet, madrid

from puntal.kit.ids import new_id
from puntal.ledger import queries as ledger
from puntal.points import operations, policy, queries
from puntal.points.errors import InsufficientPoints
from puntal.points.model import Cause

if TYPE_CHECKING:
    from puntal.kit.db import Database

NOON = madrid("2026-03-01 12:00")
TERMS = [a_wallet(transferable=True)]
PEOPLE = 3
EACH = 100


async def test_parallel_transfers_and_redemptions(database: Database, program_id: int) -> None:
    people = [new_id() for _ in range(PEOPLE)]
    async with database.program_transaction(program_id) as tx:
        opened = await operations.open_books(tx, program_id, TERMS, people, now=NOON)
        for holder in people:
            policy.earn(opened[holder], TERMS[0], EACH, cause=Cause(event_id="start"), at=NOON, now=NOON)
        await opened.write(tx, program_id)
    spent = 0

    async def worker(seed: int) -> None:
        nonlocal spent
        dice = random.Random(seed)
        for _ in range(15):
            giver, receiver = dice.sample(people, 2)
            try:
                if dice.random() < 0.5:
                    await give(giver, receiver, dice.randrange(1, 40))
                else:
                    amount = dice.randrange(1, 20)
                    await redeem(giver, amount)
                    spent += amount
            except InsufficientPoints:
                continue

    async def give(giver: UUID, receiver: UUID, amount: int) -> None:
        async with database.program_transaction(program_id) as tx:
            await operations.transfer(
                tx, program_id, TERMS, giver_id=giver, receiver_id=receiver, wallet="points", amount=amount, now=NOON
            )

    async def redeem(holder: UUID, amount: int) -> None:
        until = NOON + timedelta(minutes=30)
        async with database.program_transaction(program_id) as tx:
            held = await operations.hold(
                tx,
                program_id,
                TERMS,
                holder_id=holder,
                wallet="points",
                amount=amount,
                reference="gift",
                lapses_at=until,
                now=NOON,
            )
        async with database.program_transaction(program_id) as tx:
            await operations.commit(tx, program_id, TERMS, hold_id=held.id, cause=Cause(), now=NOON)

    await asyncio.gather(*(worker(seed) for seed in range(8)))

    async with database.program_transaction(program_id) as tx:
        totals = await ledger.holder_totals(tx, program_id)
        assert totals[0] == {"available": PEOPLE * EACH - spent, "pending": 0, "held": 0, "debt": 0}
        assert await ledger.disagreeing_balances(tx, program_id) == []
        assert await queries.disagreements(tx, program_id) == []


async def test_one_hold_is_committed_by_one(database: Database, program_id: int) -> None:
    anna = new_id()
    async with database.program_transaction(program_id) as tx:
        opened = await operations.open_books(tx, program_id, TERMS, [anna], now=NOON)
        policy.earn(opened[anna], TERMS[0], EACH, cause=Cause(event_id="start"), at=NOON, now=NOON)
        await opened.write(tx, program_id)
        held = await operations.hold(
            tx,
            program_id,
            TERMS,
            holder_id=anna,
            wallet="points",
            amount=EACH,
            reference="gift",
            lapses_at=NOON + timedelta(minutes=30),
            now=NOON,
        )

    async def commit() -> None:
        async with database.program_transaction(program_id) as tx:
            await operations.commit(tx, program_id, TERMS, hold_id=held.id, cause=Cause(), now=NOON)

    outcomes = await asyncio.gather(*(commit() for _ in range(6)), return_exceptions=True)

    assert sum(outcome is None for outcome in outcomes) == 1
