"""Leaving a pool with what is one's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.kit.db import Transaction
from puntal.members import operations as members
from puntal.points import operations as points


async def leave(tx: Transaction, compiled: Compiled, member: UUID, *, now: datetime) -> list[UUID]:
    """Take a member out of her pool together with the lots she earned, and return them. Debt stays with the pool.

    Spent lots go with her too, so that a refund of her orders finds them and never another's.

    Raises:
        UnknownMember: No such member.
        NotPooled: She shares with nobody.
        HoldsOpen: A redemption from her lots is under way.
    """
    pool = await members.leave_pool(tx, compiled.program_id, member, now=now)
    return await points.reassign(
        tx, compiled.program_id, compiled.terms, giver_id=pool, receiver_id=member, now=now, earner_id=member
    )
