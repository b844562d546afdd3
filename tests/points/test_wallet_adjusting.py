"""Stored wallets adjusted by staff, alone or with a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stored_books import NOON, TERMS, a_caller, assert_everything_adds_up, wallets

from puntal.access.model import ApprovalId
from puntal.kit.db import ProgramId
from puntal.kit.ids import new_id
from puntal.ledger import queries as ledger
from puntal.points import operations
from puntal.points.errors import (
    InsufficientPoints,
)
from puntal.points.model import Terms

if TYPE_CHECKING:
    from puntal.kit.db import Transaction


async def test_adjusting_gives_reasons_and_takes_no_more_than_there_is(tx: Transaction, program_id: int) -> None:
    """F10"""
    anna = new_id()

    async def adjust(amount: int, *, allow_debt: bool = False) -> tuple[object, ...]:
        made = await operations.adjust(
            tx,
            program_id,
            TERMS,
            holder_id=anna,
            wallet="points",
            amount=amount,
            public_reason="Perdón",
            internal_reason="late parcel",
            by=a_caller(),
            now=NOON,
            allow_debt=allow_debt,
        )
        assert all(line.note is not None and line.note["reason"] == "Perdón" for line in made.transfers[:1])
        return tuple((line.source, line.destination, line.amount) for line in made.transfers)

    given = await adjust(40)
    with pytest.raises(InsufficientPoints) as refusal:
        await adjust(-50)
    owed = await adjust(-50, allow_debt=True)

    assert given == (("adjusted", "available", 40),)
    assert refusal.value.short_by == 10
    assert owed == (("available", "adjusted", 40), ("debt", "adjusted", 10))
    assert await wallets(tx, program_id, anna) == {"points": (-10, 0, 0), "miles": (0, 0, 0), "stamps": (0, 0, 0)}
    await assert_everything_adds_up(tx, program_id)
    forgiven = await operations.write_off(
        tx, program_id, TERMS, holder_id=anna, wallet="points", amount=None, reason="old", actor="staff:1", now=NOON
    )
    assert forgiven == 10
    await assert_everything_adds_up(tx, program_id)


async def test_above_the_roles_limit_a_second_person_is_asked(tx: Transaction, program_id: int) -> None:
    """F10"""
    anna, carla = new_id(), a_caller(limit=100)

    asked = await operations.adjust(
        tx,
        program_id,
        TERMS,
        holder_id=anna,
        wallet="points",
        amount=101,
        public_reason="Perdón",
        internal_reason="",
        by=carla,
        now=NOON,
    )
    rows = await (await tx.execute("SELECT action, payload->>'amount', state FROM approval")).fetchall()

    assert asked.transfers == ()
    assert asked.approval_id is not None
    assert rows == [("points.adjust", "101", "waiting")]
    assert await ledger.trial_balance(tx, program_id) == []


async def test_an_approved_adjustment_is_done(tx: Transaction, program_id: int) -> None:
    from puntal.access.operations import approvals  # noqa: PLC0415 - only here

    anna = new_id()
    asked = await operations.adjust(
        tx,
        program_id,
        TERMS,
        holder_id=anna,
        wallet="points",
        amount=101,
        public_reason="Perdón",
        internal_reason="",
        by=a_caller(limit=100),
        now=NOON,
    )
    assert asked.approval_id is not None

    async def current(tx: Transaction, program_id: int) -> list[Terms]:  # noqa: ARG001 - the shape
        return TERMS

    await approvals.decide(
        tx,
        program_id=ProgramId(program_id),
        id=ApprovalId(asked.approval_id),
        approve=True,
        by=a_caller(),
        actions={operations.ADJUST: operations.adjusting(current)},
        now=NOON,
    )

    assert (await wallets(tx, program_id, anna))["points"] == (101, 0, 0)
    await assert_everything_adds_up(tx, program_id)
