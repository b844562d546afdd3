"""Who shares with whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from puntal.kit.db import Transaction

POOL_MEMBERS = """
-- Who shares with a pool.
SELECT member_id, adult, joined_at FROM pool_member
WHERE program_id = %(program_id)s AND pool_id = %(pool)s
ORDER BY joined_at, member_id
"""

POOLS_OF = """
-- Which pools some members share with, and whether they may spend there.
SELECT member_id, pool_id, adult FROM pool_member
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""


class Pooled(Struct, frozen=True):
    """One member of a pool."""

    member_id: UUID
    adult: bool
    joined_at: datetime


async def pool_members(tx: Transaction, program_id: int, pool: UUID) -> list[Pooled]:
    """Return who shares with the pool."""
    cursor = await tx.execute(POOL_MEMBERS, {"program_id": program_id, "pool": pool})
    return [Pooled(*row) for row in await cursor.fetchall()]


async def pools_of(tx: Transaction, program_id: int, members: Iterable[UUID]) -> dict[UUID, tuple[UUID, bool]]:
    """Return those of the members who share with a pool: the pool, and whether they are adults, who may spend."""
    cursor = await tx.execute(POOLS_OF, {"program_id": program_id, "members": list(members)})
    return {member: (pool, adult) for member, pool, adult in await cursor.fetchall()}
