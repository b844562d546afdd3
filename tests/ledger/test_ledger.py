"""The books in a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import psycopg
import pytest
from msgspec.structs import replace

from puntal.kit.ids import new_id
from puntal.ledger import operations, queries
from puntal.ledger.model import Balance, Disagreement, Holder, Transfer

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_transfer(holder: UUID, source: str, destination: str, amount: int, **more: object) -> Transfer:
    return msgspec.convert(
        {
            "id": new_id(),
            "holder_id": holder,
            "wallet": 0,
            "kind": "points.earned",
            "source": source,
            "destination": destination,
            "amount": amount,
            "effective_at": NOON,
            "recorded_at": NOON,
        }
        | more,
        Transfer,
    )


async def annas_row(tx: Transaction, program_id: int) -> Holder:
    anna = new_id()
    return (await operations.open_and_lock(tx, program_id, [anna], now=NOON))[anna]


@pytest.mark.parametrize(
    ("source", "destination", "amount"),
    [("issued", "available", 0), ("issued", "available", -1), ("available", "available", 1)],
)
def test_a_transfer_moves_something_somewhere(source: str, destination: str, amount: int) -> None:
    with pytest.raises(ValueError, match="a transfer"):
        Transfer(new_id(), new_id(), 0, "points.earned", source, destination, amount, NOON, NOON)


async def test_opening_twice_changes_nothing_and_a_row_comes_back_as_written(tx: Transaction, program_id: int) -> None:
    anna = await annas_row(tx, program_id)
    written = replace(anna, available=[30, 0], debt=[0, 5], due_at=NOON, running=msgspec.Raw(b'{"tiers": {"a": 1}}'))
    await operations.write(tx, program_id, holders=[written], transfers=[])

    await operations.open_holders(tx, program_id, [anna.id], now=NOON)
    again = (await operations.lock_holders(tx, program_id, [anna.id]))[anna.id]

    assert (again.available, again.debt, again.due_at, again.settled_to) == ([30, 0], [0, 5], NOON, NOON)
    assert msgspec.json.decode(again.running) == {"tiers": {"a": 1}}


async def test_a_balance_that_is_not_the_sum_of_its_transfers_is_found(tx: Transaction, program_id: int) -> None:
    anna, ben = await annas_row(tx, program_id), await annas_row(tx, program_id)
    transfers = [
        a_transfer(anna.id, "issued", "available", 40),
        a_transfer(anna.id, "available", "redeemed", 10, kind="points.redeemed"),
        a_transfer(ben.id, "debt", "issued", 7, kind="points.reversed"),
    ]
    right = [replace(anna, available=[30], pending=[0], held=[0], debt=[0]), replace(ben, available=[0], debt=[7])]
    await operations.write(tx, program_id, holders=right, transfers=transfers)
    agreeing = await queries.disagreeing_balances(tx, program_id)

    await operations.write(tx, program_id, holders=[replace(right[0], available=[31])], transfers=[])

    assert agreeing == []
    assert await queries.disagreeing_balances(tx, program_id) == [
        Disagreement("balance", anna.id, 0, "available", 30, 31)
    ]
    assert await queries.trial_balance(tx, program_id) == [
        Balance(0, "available", 30),
        Balance(0, "debt", -7),
        Balance(0, "issued", -33),
        Balance(0, "redeemed", 10),
    ]


async def test_the_database_refuses_a_balance_below_zero(tx: Transaction, program_id: int) -> None:
    anna = await annas_row(tx, program_id)

    with pytest.raises(psycopg.errors.CheckViolation):
        async with tx.transaction():
            await operations.write(tx, program_id, holders=[replace(anna, available=[-1])], transfers=[])


async def test_pages_of_transfers_follow_each_other(tx: Transaction, program_id: int) -> None:
    anna = await annas_row(tx, program_id)
    made = [a_transfer(anna.id, "issued", "available", n, note={"n": n}) for n in range(1, 6)]
    await operations.write(tx, program_id, holders=[], transfers=made)

    first = await queries.transfers(tx, program_id, holders=[anna.id], before=None, limit=3)
    rest = await queries.transfers(tx, program_id, holders=[anna.id], before=first[-1].id, limit=3)

    assert [each.amount for each in first + rest] == [5, 4, 3, 2, 1]
    assert first[0] == made[-1]


async def test_checks_go_on_from_a_closed_day(tx: Transaction, program_id: int) -> None:
    anna = await annas_row(tx, program_id)
    for day, balance in ((1, 10), (2, 20), (3, 30)):
        at = NOON.replace(day=day)
        made = a_transfer(anna.id, "issued", "available", 10, recorded_at=at)
        row = replace(anna, available=[balance], pending=[0], held=[0], debt=[0])
        await operations.write(tx, program_id, holders=[row], transfers=[made])
        day_of, night = at.date(), at.replace(hour=23)
        assert await operations.close_day(tx, program_id, day=day_of, recorded_to=night) == 1
        assert await operations.close_day(tx, program_id, day=day_of, recorded_to=night) == 0
    late = a_transfer(anna.id, "available", "redeemed", 5, recorded_at=NOON.replace(day=4))
    await operations.write(tx, program_id, holders=[replace(anna, available=[25])], transfers=[late])
    rows = await (await tx.execute("SELECT day, available FROM checkpoint ORDER BY day")).fetchall()
    agreeing = await queries.disagreeing_since_checkpoint(tx, program_id)

    await tx.execute("UPDATE checkpoint SET available = available + 1 WHERE day = %s", [NOON.replace(day=3).date()])

    assert [(day.day, available) for day, available in rows] == [(2, 20), (3, 30)]
    assert agreeing == []
    assert await queries.disagreeing_since_checkpoint(tx, program_id) == [
        Disagreement("balance", anna.id, 0, "available", 26, 25)
    ]
