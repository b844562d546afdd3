"""The front door of orders for intake and the screens. Sets, not loops; the caller commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from puntal.kit.db import Transaction, Written
from puntal.orders import store
from puntal.orders.model import OrderRecord
from puntal.orders.store import OrderId


async def load(tx: Transaction, program_id: int, ids: Collection[OrderId]) -> dict[OrderId, OrderRecord]:
    """Return those of the orders (source, order id) that are known."""
    return await store.load(tx, program_id, ids) if ids else {}


async def lock_unowned(tx: Transaction, program_id: int, ids: Collection[OrderId]) -> dict[OrderId, OrderRecord]:
    """Return orders that no member had a moment ago, locked; one that has a member now is no longer the caller's."""
    return await store.load(tx, program_id, ids, lock=True) if ids else {}


async def owners(tx: Transaction, program_id: int, ids: Collection[OrderId]) -> dict[OrderId, UUID]:
    """Return whose orders they are; without a lock, so look again once the member is locked."""
    return await store.owners(tx, program_id, ids) if ids else {}


async def record(
    tx: Transaction, program_id: int, orders: Sequence[OrderRecord], *, known: Collection[OrderId]
) -> list[Written]:
    """Write orders as decisions left them; the holders of their members, old and new, are locked by the caller.

    `known` are those that were loaded. Where the row counts say less than there were orders, another transaction wrote
    one of the rest meanwhile, under another member's lock: roll back and decide again.
    """
    return await store.save(tx, program_id, orders, known)


async def reassign(
    tx: Transaction, program_id: int, *, source: UUID, target: UUID, only: Collection[str] | None = None
) -> list[str]:
    """Give a member's orders (or those of these keys) to another, for a merge; return their keys, for the undo."""
    return await store.reassign(tx, program_id, source, target, only)
