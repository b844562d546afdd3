"""Units moved between stored wallets: sent, converted, merged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from books import madrid
from stored_books import NOON, TERMS, assert_everything_adds_up, earn, some_terms, wallets

from puntal.kit.ids import new_id
from puntal.points import operations, policy, queries
from puntal.points.errors import (
    HoldsOpen,
    InsufficientPoints,
    NotConvertible,
    NotTransferable,
    OverCap,
    SameHolder,
    UnknownWallet,
)
from puntal.points.model import Cause, Terms

if TYPE_CHECKING:
    from puntal.kit.db import Transaction


async def test_a_transfer_moves_lots_with_their_ends(tx: Transaction, program_id: int) -> None:
    anna, ben = new_id(), new_id()
    await earn(tx, program_id, anna, 100)

    await operations.transfer(
        tx, program_id, TERMS, giver_id=anna, receiver_id=ben, wallet="points", amount=30, now=NOON
    )

    books = await operations.read_books(tx, program_id, TERMS, [ben], now=NOON)
    (view, *_) = queries.view(books[ben], TERMS)
    assert [(end.amount, end.at) for end in view.ends] == [(30, madrid("2027-04-01 00:00"))]
    assert (await wallets(tx, program_id, anna))["points"] == (70, 0, 0)
    await assert_everything_adds_up(tx, program_id)


async def test_what_a_transfer_refuses(tx: Transaction, program_id: int) -> None:
    anna, ben = new_id(), new_id()
    await earn(tx, program_id, anna, 100)
    capped = some_terms(limits={"balance": 20})

    async def transfer(to: UUID, wallet: str, amount: int, terms: list[Terms] = TERMS) -> None:
        await operations.transfer(
            tx, program_id, terms, giver_id=anna, receiver_id=to, wallet=wallet, amount=amount, now=NOON
        )

    with pytest.raises(SameHolder):
        await transfer(anna, "points", 1)
    with pytest.raises(NotTransferable):
        await transfer(ben, "miles", 1)
    with pytest.raises(UnknownWallet):
        await transfer(ben, "gold", 1)
    with pytest.raises(InsufficientPoints):
        await transfer(ben, "points", 101)
    with pytest.raises(OverCap):
        await transfer(ben, "points", 21, capped)


async def test_conversion_keeps_ends_and_balances(tx: Transaction, program_id: int) -> None:
    anna = new_id()
    await earn(tx, program_id, anna, 100)

    with pytest.raises(NotConvertible):
        await operations.convert(
            tx, program_id, TERMS, holder_id=anna, wallet="miles", into="points", amount=3, now=NOON
        )
    await operations.convert(tx, program_id, TERMS, holder_id=anna, wallet="points", into="miles", amount=60, now=NOON)

    found = await wallets(tx, program_id, anna)
    assert (found["points"][0], found["miles"][0]) == (40, 40)
    await assert_everything_adds_up(tx, program_id)


async def test_merging_moves_lots_and_pays_debt(tx: Transaction, program_id: int) -> None:
    """X38: 900 points and a debt of 50."""
    anna, ben = new_id(), new_id()
    lot = await earn(tx, program_id, anna, 900)
    spent = await earn(tx, program_id, ben, 50)
    opened = await operations.open_books(tx, program_id, TERMS, [ben], now=NOON)
    policy.spend(opened[ben], TERMS[0], 50, kind="points.redeemed", cause=Cause(), at=NOON, now=NOON)
    policy.take_back(opened[ben], TERMS[0], spent, 50, cause=Cause(), at=NOON, now=NOON)
    await opened.write(tx, program_id)
    await earn(tx, program_id, ben, 5, wallet=1)
    made = await operations.hold(
        tx,
        program_id,
        TERMS,
        holder_id=ben,
        wallet="miles",
        amount=5,
        reference="gift",
        lapses_at=NOON + timedelta(hours=1),
        now=NOON,
    )

    with pytest.raises(HoldsOpen):
        await operations.reassign(tx, program_id, TERMS, giver_id=ben, receiver_id=anna, now=NOON)
    await operations.release(tx, program_id, TERMS, hold_id=made.id, now=NOON)
    moved = await operations.reassign(tx, program_id, TERMS, giver_id=ben, receiver_id=anna, now=NOON)

    assert spent in moved
    assert lot not in moved
    assert await wallets(tx, program_id, anna) == {"points": (850, 0, 0), "miles": (5, 0, 0), "stamps": (0, 0, 0)}
    assert await wallets(tx, program_id, ben) == {"points": (0, 0, 0), "miles": (0, 0, 0), "stamps": (0, 0, 0)}
    await assert_everything_adds_up(tx, program_id)
