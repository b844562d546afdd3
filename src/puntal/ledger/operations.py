"""The front door of the books: open, lock, write back, append. Sets, not loops; the caller commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.ledger import store
from puntal.ledger.model import Holder, Transfer


async def open_and_lock(
    tx: Transaction, program_id: int, ids: Collection[UUID], *, now: datetime
) -> dict[UUID, Holder]:
    """Return all of the holders, made where they were not, locked until `tx` ends."""
    if not ids:
        return {}
    # All are opened before any is locked, or a row that is made meanwhile would be locked out of order.
    await store.open_holders(tx, program_id, ids, now)
    return await store.lock_holders(tx, program_id, ids)


async def open_holders(tx: Transaction, program_id: int, ids: Collection[UUID], *, now: datetime) -> None:
    """Make sure each holder has a row; doing it again changes nothing."""
    if ids:
        await store.open_holders(tx, program_id, ids, now)


async def lock_holders(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Holder]:
    """Return those of the holders that exist, locked in the order of their ids until `tx` ends."""
    return await store.lock_holders(tx, program_id, ids) if ids else {}


async def read_holders(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Holder]:
    """Return those of the holders that exist, without a lock: for reading and previews."""
    return await store.read_holders(tx, program_id, ids) if ids else {}


async def write(tx: Transaction, program_id: int, *, holders: Sequence[Holder], transfers: Sequence[Transfer]) -> None:
    """Write locked holders back and append what moved: one statement each.

    Refused by the database when a guarded account would fall below zero: that is a defect, and rolls back.
    """
    if holders:
        await store.write_holders(tx, program_id, holders)
    if transfers:
        await store.insert_transfers(tx, program_id, transfers)
