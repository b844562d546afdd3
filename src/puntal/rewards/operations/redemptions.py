"""Redemptions as rows: finding, writing, handing over, forgetting. What they do to wallets is the checkout's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.ledger.queries import NOBODY
from puntal.rewards.errors import RedemptionIdReused, UnknownRedemption
from puntal.rewards.model import Redemption
from puntal.rewards.store import redemptions as store
from puntal.rewards.store import waiting

PORTION = 200
"""Redemptions that end in one transaction."""


async def load(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Redemption]:
    """Return those of the redemptions that are there, by id; to change them, lock their members and load again."""
    return await store.load(tx, program_id, ids)


async def find(tx: Transaction, program_id: int, id: UUID) -> Redemption:
    """Return a redemption.

    Raises:
        UnknownRedemption: There is none of the id.
    """
    found = (await store.load(tx, program_id, [id])).get(id)
    if found is None:
        raise UnknownRedemption
    return found


async def add(tx: Transaction, program_id: int, new: Redemption) -> None:
    """Write a new redemption.

    Raises:
        RedemptionIdReused: Another member's has the id; roll back.
    """
    if not await store.insert(tx, program_id, [new]):
        raise RedemptionIdReused(id=str(new.id))


async def save(tx: Transaction, program_id: int, changed: Sequence[Redemption]) -> None:
    """Write how redemptions are now; their members are locked by the caller."""
    await store.update(tx, program_id, changed)


async def overdue(tx: Transaction, program_id: int, *, now: datetime, limit: int = PORTION) -> list[UUID]:
    """Return holds whose time is over, the oldest first; unlocked."""
    return await store.overdue(tx, program_id, now=now, limit=limit)


async def overdue_of(tx: Transaction, program_id: int, member_id: UUID, *, now: datetime) -> list[UUID]:
    """Return a member's holds whose time is over; unlocked."""
    return await store.overdue_of(tx, program_id, member_id, now=now)


async def voidable(
    tx: Transaction,
    program_id: int,
    *,
    rewards: Collection[str] | None = None,
    wallet: int | None = None,
    channel: str | None = None,
    source: str | None = None,
    after: UUID = NOBODY,
    limit: int = PORTION,
) -> list[UUID]:
    """Return a page of what is open or unused, in the order of ids; every filter may be missing."""
    return await store.voidable(
        tx, program_id, rewards=rewards, wallet=wallet, channel=channel, source=source, after=after, limit=limit
    )


async def of_orders(tx: Transaction, program_id: int, orders: Collection[str]) -> list[Redemption]:
    """Return what was used on some orders, by their keys."""
    return await store.of_orders(tx, program_id, orders)


async def reassign(
    tx: Transaction, program_id: int, *, source: UUID, target: UUID, only: Collection[UUID] | None = None
) -> list[UUID]:
    """Hand a member's redemptions to another, for a merge; returns which, for the undo."""
    if only is None:
        await waiting.reassign(tx, program_id, source=source, target=target)
    return await store.reassign(tx, program_id, source=source, target=target, only=only)


async def held_about(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Redemption]:
    """Return every redemption of these members, oldest first."""
    return await store.of_members(tx, program_id, members)


async def forget(tx: Transaction, program_id: int, members: Collection[UUID]) -> None:
    """Empty what was noted about erased members; that they redeemed stays."""
    await store.forget(tx, program_id, members)
    await waiting.forget(tx, program_id, members)
