"""Recognising people by what callers send (E6, D5)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from puntal.kit import ids as new
from puntal.members import operations
from puntal.members.errors import NotValid
from puntal.members.model import Ids, Match

if TYPE_CHECKING:
    from puntal.kit.db import Database, Transaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=90)


async def open_guests(tx: Transaction, program_id: int, *asks: Ids, **more: Any) -> list[UUID]:
    return await operations.open_unknown(tx, program_id, asks, as_="guest", now=NOON, claim_until=LATER, **more)


async def test_a_stranger_is_nobody(tx: Transaction, program_id: int) -> None:
    assert await operations.resolve(tx, program_id, [Ids(email="anna@example.com"), Ids()]) == [
        Match(None),
        Match(None),
    ]


async def test_a_guest_is_found_again_by_each_identity_however_it_is_written(tx: Transaction, program_id: int) -> None:
    asked = Ids(email="anna@example.com", phone="+34 612 345 678", card="AB-12 34", external={"shopify": "77"})
    [anna] = await open_guests(tx, program_id, asked)

    found = await operations.resolve(
        tx,
        program_id,
        [
            Ids(email=" ANNA@example.com "),
            Ids(phone="612 34 56 78"),
            Ids(card="ab1234"),
            Ids(external={"shopify": "77"}),
            Ids(id=anna),
            Ids(external={"woo": "77"}),
        ],
        region="ES",
    )

    assert found == [Match(anna)] * 5 + [Match(None)]
    profile = (await operations.load(tx, program_id, [anna]))[anna]
    assert (profile.status, profile.enrolled_at, profile.claim_until) == ("guest", None, LATER)


async def test_the_first_identity_in_the_programs_order_decides_and_the_other_member_is_reported(
    tx: Transaction, program_id: int
) -> None:
    [anna, ben] = await open_guests(tx, program_id, Ids(email="anna@example.com"), Ids(phone="+34612345678"))
    both = Ids(email="anna@example.com", phone="+34612345678")

    [by_email] = await operations.resolve(tx, program_id, [both], ["email", "phone"])
    [by_phone] = await operations.resolve(tx, program_id, [both], ["phone", "email"])
    [card_only] = await operations.resolve(tx, program_id, [both], ["card"])

    assert (by_email, by_phone, card_only) == (Match(anna, ben), Match(ben, anna), Match(None))
    await operations.report_conflicts(tx, program_id, [by_email, by_phone], now=NOON)
    cursor = await tx.execute("SELECT times FROM merge_candidate WHERE program_id = %s", [program_id])
    assert await cursor.fetchall() == [(1,)]


async def test_a_shared_device_tells_who_is_meant_only_when_nothing_else_does(tx: Transaction, program_id: int) -> None:
    [anna] = await open_guests(tx, program_id, Ids(email="anna@example.com", device="tablet"))

    found = await operations.resolve(
        tx, program_id, [Ids(device="tablet"), Ids(email="ben@example.com", device="tablet")]
    )

    assert found == [Match(anna), Match(None)]


async def test_several_orders_of_one_stranger_open_one_guest(tx: Transaction, program_id: int) -> None:
    opened = await open_guests(
        tx,
        program_id,
        Ids(email="anna@example.com"),
        Ids(phone="+34612345678"),
        Ids(email="ben@example.com"),
        Ids(email="Anna@example.com", phone="+34612345678"),
    )

    assert opened[0] == opened[1] == opened[3] != opened[2]
    assert len(await operations.load(tx, program_id, opened)) == 2


async def test_a_merged_member_answers_with_her_survivor(tx: Transaction, program_id: int) -> None:
    """D5."""
    [anna, old] = await open_guests(tx, program_id, Ids(email="anna@example.com"), Ids(card="1"))
    await tx.execute(
        "UPDATE member SET merged_into = %s, status = 'merged' WHERE program_id = %s AND id = %s",
        [anna, program_id, old],
    )

    assert await operations.resolve(tx, program_id, [Ids(id=old), Ids(id=new.new_id())]) == [Match(anna), Match(None)]


async def test_what_cannot_be_an_identity_is_named(tx: Transaction, program_id: int) -> None:
    with pytest.raises(NotValid) as refusal:
        await operations.resolve(
            tx, program_id, [Ids(email="anna", phone="12", card=" ", external={"Shop Ify": "1", "woo": ""})]
        )

    assert [fault.path for fault in refusal.value.faults] == [
        "/email",
        "/phone",
        "/card",
        "/external/Shop Ify",
        "/external/woo",
    ]


async def test_parallel_first_orders_of_one_person_open_one_guest(database: Database, program_id: int) -> None:
    """E6: twelve tills at once, each with another part of who she is."""

    async def order(at: int) -> UUID:
        ask = Ids(email="anna@example.com", card=f"card {at}") if at % 2 else Ids(email="anna@example.com")
        async with database.program_transaction(program_id) as tx:
            [match] = await operations.resolve(tx, program_id, [ask])
            if match.member_id is not None:
                return match.member_id
            await asyncio.sleep(0.02)
            return (await open_guests(tx, program_id, ask))[0]

    opened = await asyncio.gather(*(order(at) for at in range(12)))

    assert len(set(opened)) == 1
    async with database.program_transaction(program_id) as tx:
        cursor = await tx.execute("SELECT count(*) FROM member WHERE program_id = %s", [program_id])
        assert await cursor.fetchone() == (1,)
        cursor = await tx.execute("SELECT DISTINCT member_id FROM identity WHERE program_id = %s", [program_id])
        assert await cursor.fetchall() == [(opened[0],)]


async def test_batches_that_meet_the_same_strangers_in_opposite_order_do_not_deadlock(
    database: Database, program_id: int
) -> None:
    asks = [Ids(email=f"person{at}@example.com") for at in range(60)]

    async def batch(order: list[Ids]) -> dict[str | None, UUID]:
        async with database.program_transaction(program_id) as tx:
            opened = await open_guests(tx, program_id, *order)
        return {ask.email: member for ask, member in zip(order, opened, strict=True)}

    first, *others = await asyncio.gather(*(batch(asks[::step]) for step in (1, -1, 1, -1)))

    assert all(other == first for other in others)
