"""Stored wallets as time passes: holds committed or lapsed, lots that end, a program that closes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from books import a_wallet, madrid
from stored_books import NOON, TERMS, assert_everything_adds_up, earn, wallets

from puntal.kit.ids import new_id
from puntal.ledger import queries as ledger
from puntal.points import operations, policy
from puntal.points.errors import (
    HoldEnded,
    UnknownHold,
)
from puntal.points.model import Cause

if TYPE_CHECKING:
    from puntal.kit.db import Transaction


async def test_a_hold_is_committed_once(tx: Transaction, program_id: int) -> None:
    anna = new_id()
    await earn(tx, program_id, anna, 100)
    made = await operations.hold(
        tx,
        program_id,
        TERMS,
        holder_id=anna,
        wallet="points",
        amount=60,
        reference="gift",
        lapses_at=NOON + timedelta(minutes=30),
        now=NOON,
    )
    during = (await wallets(tx, program_id, anna))["points"]
    await assert_everything_adds_up(tx, program_id)

    spent = await operations.commit(tx, program_id, TERMS, hold_id=made.id, cause=Cause(), now=NOON)
    with pytest.raises(HoldEnded):
        await operations.commit(tx, program_id, TERMS, hold_id=made.id, cause=Cause(), now=NOON)
    with pytest.raises(UnknownHold):
        await operations.release(tx, program_id, TERMS, hold_id=new_id(), now=NOON)
    await assert_everything_adds_up(tx, program_id)
    for part, before in ((20, 0), (40, 20)):
        await operations.give_back(
            tx,
            program_id,
            TERMS,
            holder_id=anna,
            wallet="points",
            transfer_id=spent.id,
            amount=part,
            returned_before=before,
            cause=Cause(),
            now=NOON,
        )

    assert during == (40, 0, 60)
    assert (await wallets(tx, program_id, anna))["points"] == (100, 0, 0)
    await assert_everything_adds_up(tx, program_id)


async def test_holds_lapse_in_batches(tx: Transaction, program_id: int) -> None:
    """X22"""
    people = [new_id() for _ in range(3)]
    for holder in people:
        await earn(tx, program_id, holder, 100)
        await operations.hold(
            tx,
            program_id,
            TERMS,
            holder_id=holder,
            wallet="points",
            amount=60,
            reference="gift",
            lapses_at=NOON + timedelta(days=500),
            now=NOON,
        )
    later = NOON + timedelta(days=501)

    lapsed = [await operations.lapse_due(tx, program_id, TERMS, now=later, limit=2) for _ in range(3)]

    assert lapsed == [2, 1, 0]
    assert (await wallets(tx, program_id, people[0], later))["points"] == (0, 0, 0)
    await assert_everything_adds_up(tx, program_id)


async def test_the_night_settles_everyone_who_is_due(tx: Transaction, program_id: int) -> None:
    people = [new_id() for _ in range(3)]
    for holder in people:
        await earn(tx, program_id, holder, 100)
    later = madrid("2027-04-01 00:00")

    due = [await operations.settle_due(tx, program_id, TERMS, now=later, limit=2) for _ in range(3)]

    assert [holders for holders, _ in due] == [2, 1, 0]
    assert [transfer.kind for _, made in due for transfer in made] == ["points.expired"] * 3
    assert {transfer.effective_at for _, made in due for transfer in made} == {later}
    await assert_everything_adds_up(tx, program_id)


async def test_what_is_due_is_not_shown_before_the_night_has_run(tx: Transaction, program_id: int) -> None:
    anna = new_id()
    await earn(tx, program_id, anna, 100)

    shown = await wallets(tx, program_id, anna, madrid("2027-04-01 00:00"))

    assert shown["points"] == (0, 0, 0)
    assert {balance.account for balance in await ledger.trial_balance(tx, program_id)} == {"issued", "available"}


async def test_a_closed_program_keeps_only_what_was_paid_in(tx: Transaction, program_id: int) -> None:
    anna, ben = new_id(), new_id()
    terms = [a_wallet(kind="money", currency="EUR", available={"after": "14 days"})]
    opened = await operations.open_books(tx, program_id, terms, [anna, ben], now=NOON)
    at_once = (NOON, None, False, None)
    for holder in (anna, ben):
        cause = Cause(event_id=str(holder))
        policy.earn(opened[holder], terms[0], 5, cause=cause, at=NOON, now=NOON)
        policy.earn(opened[holder], terms[0], 7, cause=cause, at=NOON, now=NOON, dates=at_once)
    policy.earn(opened[anna], terms[0], 100, cause=Cause(), at=NOON, now=NOON, origin="paid_in", dates=at_once)
    await opened.write(tx, program_id)

    last = await operations.wind_up(tx, program_id, terms, now=NOON, limit=1)
    assert last is not None
    last = await operations.wind_up(tx, program_id, terms, now=NOON, limit=5, after=last)
    assert last is not None
    assert await operations.wind_up(tx, program_id, terms, now=NOON, after=last) is None

    sums = {balance.account: balance.amount for balance in await ledger.trial_balance(tx, program_id)}
    assert sums == {"available": 100, "pending": 0, "issued": -124, "expired": 14, "cancelled": 10}
    await assert_everything_adds_up(tx, program_id)
