"""Members of pools in a batch: their pools' rows are locked with theirs, and each is decided on both as one.

The engine knows nothing of it: it sees one member's books, in which the shared wallets happen to be the pool's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from puntal.intake.errors import Again
from puntal.intake.model import Item
from puntal.kit.db import Transaction
from puntal.ledger.model import Holder
from puntal.members import queries as members
from puntal.points import operations as points
from puntal.points.model import Books

if TYPE_CHECKING:
    from puntal.intake.batch import Batch
    from puntal.intake.operations import Programs


async def find(tx: Transaction, programs: Programs, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the pools of those of the members who share; nothing is asked for a program in which nobody can."""
    if not programs.newest.sharing:
        return {}
    return {member: pool for member, (pool, _) in (await members.pools_of(tx, programs.program_id, ids)).items()}


async def enter(
    tx: Transaction, batch: Batch, items: Sequence[Item], holders: Mapping[UUID, Holder], pool_of: Mapping[UUID, UUID]
) -> None:
    """Open the books of the pools; they and their members' have all their lots from now on.

    Raises:
        Again: Somebody joined or left between the look and the lock.
    """
    if not batch.programs.newest.sharing:
        return
    if any(profile.pool_id != pool_of.get(id) for id, profile in batch.profiles.items()):
        raise Again
    if not pool_of:
        return
    newest = batch.programs.newest
    batch.pools = points.Pools(newest.terms, pool_of, holders)
    keys = {(item.event.source, item.event.order_id) for item in items}
    await points.load_lots(
        tx,
        newest.program_id,
        {**{id: batch.books[id] for id in pool_of}, **batch.pools.books},
        now=max(item.now for item in items),
        lots={
            award.lot
            for key, record in batch.orders.items()
            if key in keys
            for award in record.awards
            if award.lot is not None
        },
        cards=newest.stamps,
    )


def together(batch: Batch, member: UUID, now: datetime) -> Books:
    """Return the books to decide on: a member's own or, in a pool, hers and the pool's as one."""
    own = batch.books[member]
    if batch.pools is None or member not in batch.pools.pool_of:
        return own
    return batch.pools.together(member, own, now)


def part(batch: Batch, member: UUID) -> None:
    """Hand what a decision did to shared wallets to the pool, where the next member finds it."""
    if batch.pools is None or member not in batch.pools.pool_of:
        return
    own = batch.pools.part(member, batch.books[member])
    batch.books[member] = own
    batch.running[member].alive, batch.running[member].lapsed = dict(own.alive), dict(own.lapsed)


async def hand_over(tx: Transaction, batch: Batch) -> tuple[list[Books], list[Holder]]:
    """Return the books and rows of pools that the batch changed, to be written with those of members."""
    if batch.pools is None:
        return [], []
    return await batch.pools.hand_over(tx, batch.programs.program_id)
