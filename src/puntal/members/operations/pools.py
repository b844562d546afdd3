"""Households: who shares with whom. What they share is `points`' business, and moves with the console."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from puntal.kit import ids as new
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.members import queries, store
from puntal.members.errors import AlreadyPooled, NotPooled, PoolFull, UnknownMember, UnknownPool, UnknownPoolKind
from puntal.members.operations.changes import held, tell, tell_all
from puntal.members.person import Membership
from puntal.members.store import changes


async def create_pool(
    tx: Transaction,
    program_id: int,
    kind: str,
    members: Mapping[UUID, bool],
    *,
    membership: Membership,
    now: datetime,
    pool: UUID | None = None,
) -> UUID:
    """Open a pool with its first members (True: an adult, who may spend) and return its id.

    Raises:
        UnknownPoolKind: The document declares no such kind.
        UnknownMember: One of them is nobody, or no member any more.
        AlreadyPooled: One of them shares with another pool.
        PoolFull: They are more than the document allows.
    """
    if kind not in membership.pools:
        raise UnknownPoolKind(kind=kind)
    chosen = pool or new.new_id()
    await changes.run(tx, changes.INSERT_POOL, program_id, id=chosen, kind=kind, now=now)
    await ledger.open_holders(tx, program_id, [chosen], now=now)
    await join_pool(tx, program_id, chosen, members, membership=membership, now=now)
    return chosen


async def join_pool(
    tx: Transaction,
    program_id: int,
    pool: UUID,
    members: Mapping[UUID, bool],
    *,
    membership: Membership,
    now: datetime,
) -> None:
    """Let members share with a pool from now on. Once in, twice is once.

    What they have already in shared wallets is the pool's, and remembered as theirs, from their next event or command.

    Raises:
        UnknownPool: There is none of that id.
        UnknownMember: One of them is nobody, or no member any more.
        AlreadyPooled: One of them shares with another pool.
        PoolFull: They would be more than the document allows.
    """
    profiles = await store.load(tx, program_id, members, lock=True)
    if any(member not in profiles or profiles[member].status not in {"active", "paused"} for member in members):
        raise UnknownMember
    if any(profile.pool_id not in {None, pool} for profile in profiles.values()):
        raise AlreadyPooled
    found = await changes.run(tx, changes.LOCK_POOL, program_id, pool=pool)
    if not found:
        raise UnknownPool
    kind = membership.pools.get(found[0][0])
    joined = await changes.join_pool(tx, program_id, pool, members, now)
    [(count,)] = await changes.run(tx, changes.COUNT_POOL, program_id, pool=pool)
    if kind is not None and count > kind.max:
        raise PoolFull(most=kind.max)
    await tell_all(tx, program_id, "member.pooled", sorted(joined), now, {"pool_id": pool})


async def leave_pool(tx: Transaction, program_id: int, member: UUID, *, now: datetime) -> UUID:
    """Take a member out of her pool and return the pool. Her lots are the caller's to move, before or after.

    Raises:
        UnknownMember: No such member.
        NotPooled: She shares with nobody.
    """
    await held(tx, program_id, member)
    left = await changes.run(tx, changes.LEAVE_POOL, program_id, member=member)
    if not left:
        raise NotPooled
    pool: UUID = left[0][0]
    await tell(tx, program_id, "member.unpooled", member, now, {"pool_id": pool})
    return pool


async def pool_members(tx: Transaction, program_id: int, pool: UUID) -> list[queries.Pooled]:
    """Return who shares with the pool."""
    return await queries.pool_members(tx, program_id, pool)
