"""Guests who become members by themselves, in programs whose `joining.auto` says so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from puntal.entrypoints.programs import Programs
from puntal.kit.db import Database
from puntal.members import operations as members
from puntal.members import queries
from puntal.segments.jobs import Follow

_PORTION = 500


async def follower(database: Database, programs: Programs, program_id: int, now: datetime) -> Follow | None:
    """Return what lets guests join about whom something has changed; None where nobody joins by herself."""
    async with database.program_transaction(program_id) as tx:
        if not (await programs.current(tx, program_id)).newest.document.joining.auto:
            return None

    async def follow(people: Collection[UUID]) -> None:
        await _admit(database, programs, program_id, people, now)

    return follow


async def admit_all(database: Database, programs: Programs, program_id: int, now: datetime) -> int:
    """Let every guest join who may, in portions, and return how many did; a second call changes nothing."""
    if await follower(database, programs, program_id, now) is None:
        return 0
    joined = 0
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with database.program_transaction(program_id) as tx:
            guests = await queries.waiting_guests(tx, program_id, after=after, now=now, limit=_PORTION)
        joined += await _admit(database, programs, program_id, guests, now)
        after = guests[-1] if len(guests) == _PORTION else None
    return joined


async def _admit(
    database: Database, programs: Programs, program_id: int, people: Collection[UUID], now: datetime
) -> int:
    async with database.program_transaction(program_id) as tx:
        membership = (await programs.current(tx, program_id)).membership
        return len(await members.admit_guests(tx, program_id, people, membership=membership, now=now))
