"""Whose wallets a request is about: merged members answer as their survivor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.members import operations as members
from puntal.members import queries
from puntal.members.errors import UnknownMember
from puntal.points.errors import MemberNotActive


async def holders_of(tx: Transaction, program_id: int, member_id: UUID) -> list[UUID]:
    """Return the holder of a member's wallets, first, and those merged into it, whose transfers it reads.

    Raises:
        UnknownMember: Nobody here has that id.
    """
    (holder,) = await _find(tx, program_id, [member_id])
    return [holder, *await queries.redirected_to(tx, program_id, holder)]


async def lock_members(
    tx: Transaction, program_id: int, member_ids: Sequence[UUID], *, now: datetime, active: bool
) -> list[UUID]:
    """Return the holders of several members' wallets, locked, in the order asked.

    Args:
        active: Only for members who may spend: neither paused, blocked, nor gone.

    Raises:
        UnknownMember: Nobody here has one of the ids.
        MemberNotActive: Not allowed in her state, or she was merged a moment ago.
    """
    found = await _find(tx, program_id, member_ids)
    await ledger.open_and_lock(tx, program_id, found, now=now)
    # Whoever merges, pauses or blocks a member holds her row too: from here on nothing changes.
    profiles = await members.load(tx, program_id, found)
    for id in found:
        status = profiles[id].status
        if status in {"merged", "erased"} or (active and status != "active"):
            raise MemberNotActive(status=status)
    return found


async def _find(tx: Transaction, program_id: int, member_ids: Sequence[UUID]) -> list[UUID]:
    """Return the members themselves or, of those that were merged, their survivors."""
    profiles = await members.load(tx, program_id, member_ids)
    if not all(member_id in profiles for member_id in member_ids):
        raise UnknownMember
    return [profiles[member_id].merged_into or member_id for member_id in member_ids]
