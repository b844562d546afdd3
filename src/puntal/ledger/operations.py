"""The front door of the books: open, lock, write back, append. Sets, not loops; the caller commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.ledger import queries, store
from puntal.ledger.model import Holder, Transfer


async def open_and_lock(
    tx: Transaction, program_id: int, ids: Collection[UUID], *, now: datetime
) -> dict[UUID, Holder]:
    """Return all of the holders, made where they were not, locked until `tx` ends."""
    if not ids:
        return {}
    found = await store.lock_holders(tx, program_id, ids)
    if len(found) < len(set(ids)):
        # Hardly ever: whoever joins gets a row at once. A row made meanwhile is locked out of order; should two
        # batches meet so, the database ends one of them, and it runs again.
        await store.open_holders(tx, program_id, ids, now)
        found = await store.lock_holders(tx, program_id, ids)
    return found


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


async def close_day(tx: Transaction, program_id: int, *, day: date, recorded_to: datetime) -> int:
    """Write what every account held by the transfers recorded before an instant; later checks start from there.

    Doing it again, or for an earlier day, changes nothing.

    Args:
        recorded_to: The first instant of recording after the day, in real time and some minutes ago: a
            transaction that is still open must not record anything before it.

    Returns:
        How many accounts were written.
    """
    before = await queries.latest_checkpoint(tx, program_id)
    if before is not None and (before[0] >= day or before[1] >= recorded_to):
        return 0
    return await store.close_day(tx, program_id, day=day, recorded_to=recorded_to, before=before)


async def reopen_days(tx: Transaction, program_id: int) -> None:
    """Forget what closed days added up to: the next closing starts from the first transfer."""
    await store.reopen_days(tx, program_id)
