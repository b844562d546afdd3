"""Ending vouchers: their time, a kill switch, staff, a refund, the end of the program."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.ledger.queries import NOBODY
from puntal.rewards.model_vouchers import Because, Voucher
from puntal.rewards.operations.vouchers import books
from puntal.rewards.operations.vouchers.writing import happening, lock_cards, open_vouchers, write
from puntal.rewards.policy import vouchers as policy
from puntal.rewards.store import vouchers as store

END_PORTION = 500


async def due(tx: Transaction, program_id: int, *, now: datetime, limit: int = END_PORTION) -> list[Voucher]:
    """Return some vouchers whose time is over and that nobody holds; unlocked, for whoever locks holders first."""
    return await store.due(tx, program_id, now=now, limit=limit)


async def unused_of_reward(
    tx: Transaction, program_id: int, reward: str, *, after: UUID = NOBODY, limit: int = END_PORTION
) -> list[Voucher]:
    """Return some of what is left of a reward, in the order of ids, unlocked."""
    return await store.unused_of_reward(tx, program_id, reward, after=after, limit=limit)


async def unused_of_anything(
    tx: Transaction, program_id: int, *, after: UUID = NOBODY, limit: int = END_PORTION
) -> list[Voucher]:
    """Return some of what is left in the program but money, in the order of ids, unlocked."""
    return await store.unused(tx, program_id, after=after, limit=limit)


async def unused_of_causes(tx: Transaction, program_id: int, causes: Collection[str]) -> list[Voucher]:
    """Return what is left of what redemptions or events gave, unlocked."""
    return await store.unused_of_causes(tx, program_id, causes)


async def end(
    tx: Transaction,
    program_id: int,
    ids: Collection[UUID],
    *,
    state: Literal["expired", "void"] = "void",
    because: Because,
    now: datetime,
) -> list[Voucher]:
    """End what is left of vouchers, and when voiding what is held of them; used ones stay.

    Doing it again changes nothing. What they cost is for the caller to return: of those with a `cause`, the redemption
    knows.

    Args:
        tx: Whoever also moves points has locked the holders already.
        program_id: The program.
        ids: Which.
        state: `void` leaves alone what was paid for, which is owed; `expired` only ends those whose time is over and
            that nobody holds.
        because: For the record and the webhook.
        now: When.

    Returns:
        Those it ended.
    """
    await lock_cards(tx, program_id, (await store.load(tx, program_id, ids)).values())
    records = await open_vouchers(tx, program_id, ids, now=now)
    if state == "void":
        records = await books.without_sold(tx, program_id, records)
    ended = [record.voucher for record in records.values() if policy.end(record, state, because, now)]
    told = [happening(f"voucher.{state}", one, now, because=because) for one in ended]
    await write(tx, program_id, records.values(), told)
    return ended


async def expire(tx: Transaction, program_id: int, ids: Collection[UUID], *, now: datetime) -> list[Voucher]:
    """Expire those of the vouchers whose time is over and that nobody holds; returns them."""
    return await end(tx, program_id, ids, state="expired", because="expired", now=now)


async def lapse_due(tx: Transaction, program_id: int, *, now: datetime, limit: int = END_PORTION) -> int:
    """Let go what was held for too long of up to `limit` vouchers; returns of how many."""
    found = await store.load(tx, program_id, await store.overdue_holds(tx, program_id, now=now, limit=limit))
    await lock_cards(tx, program_id, found.values())
    records = await open_vouchers(tx, program_id, found, now=now)
    await write(tx, program_id, records.values())
    return len(records)
